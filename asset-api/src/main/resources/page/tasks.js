// The tasks of one node, a page at a time.
'use strict';

netbase.tasks = (() => {
  const { create, fill, opener, status, time, error, runLink, table, pager } = netbase.elements;
  const format = netbase.format;

  const SIZE = 20;
  const HEADINGS = ['Task', 'Status', 'Error', 'Attempt', 'Started', 'Finished', 'Took', 'Fuel used', 'Peak memory',
    'Sub-run'];

  const name = task =>
    'Task ' + task.task_instance_id + (format.known(task.index) ? ', element ' + task.index : '');

  /** Two rows: the task, and below it, once opened, its attempts. */
  const rows = (runId, nodeOf, first) => {
    const detailId = 'task-' + first.task_instance_id;
    const detailCell = create('td', { colspan: HEADINGS.length });
    const detail = create('tr', { id: detailId, hidden: true }, [detailCell]);
    const line = create('tr');
    let task = first;
    let section = null;
    const attempts = opener(name(first), detailId, open => {
      detail.hidden = !open;
      if (!open) {
        section = null;
        fill(detailCell, []);
        return;
      }
      section = netbase.attempts.section(runId, nodeOf);
      fill(detailCell, [section.element]);
      section.update(task);
    });
    const head = create('th', { scope: 'row' }, [attempts.element]);
    const write = () => {
      const node = nodeOf(task.node);
      const isMeasured = !node || !node.agent_type || node.agent_type === 'WASM';
      const figures = [
        status(task.status),
        error(task.error) || format.NONE,
        task.attempt,
        time(task.started_at),
        time(task.finished_at),
        format.between(task.started_at, task.finished_at),
        isMeasured ? format.count(task.fuel_used) : 'not measured',
        isMeasured ? format.bytes(task.peak_memory_bytes) : 'not measured',
        format.known(task.child_run_id) ? runLink(task.child_run_id) : format.NONE,
      ];
      if (line.firstChild === null) {
        line.appendChild(head);
      }
      while (line.lastChild !== head) {
        line.removeChild(line.lastChild);
      }
      figures.forEach(figure => line.appendChild(create('td', {}, [figure])));
    };
    const update = shown => {
      const changed = JSON.stringify(shown) !== JSON.stringify(task);
      task = shown;
      write();
      if (section !== null && changed) {
        section.update(task);
      }
    };
    write();
    return { elements: [line, detail], update, open: attempts.open };
  };

  /**
   * The section of one node's tasks.
   *
   * @param runId the run
   * @param node the node's key
   * @param nodeOf gives what is known of what a node executes, or undefined
   */
  const section = (runId, node, nodeOf) => {
    const said = create('p', { role: 'status' });
    const tasks = table('Tasks of ' + node, HEADINGS);
    const known = new Map();
    let page = 0;
    const show = list => {
      said.textContent = list.total === 0 ? 'This node has no task yet.' : '';
      const fresh = list.items.filter(task => !known.has(task.task_instance_id));
      list.items.forEach(task => {
        if (known.has(task.task_instance_id)) {
          known.get(task.task_instance_id).update(task);
        }
      });
      fresh.forEach(task => {
        const made = rows(runId, nodeOf, task);
        known.set(task.task_instance_id, made);
        made.elements.forEach(element => tasks.body.appendChild(element));
      });
      if (list.total === 1 && fresh.length === 1) {
        known.get(fresh[0].task_instance_id).open();
      }
      pages.show(list);
    };
    const load = () =>
      netbase.api
        .json('/runs/' + encodeURIComponent(runId) + '/tasks?node=' + encodeURIComponent(node) + '&size=' + SIZE
          + '&page=' + page)
        .then(show, problem => {
          said.textContent = 'The tasks could not be read: ' + problem.detail;
        });
    const pages = pager('tasks of ' + node, wanted => {
      page = wanted;
      known.clear();
      fill(tasks.body, []);
      load();
    });
    return { element: create('section', { class: 'tasks' }, [said, tasks.element, pages.element]), load };
  };

  return { section };
})();
