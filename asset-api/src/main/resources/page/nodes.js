// The nodes of a run, a line each.
'use strict';

netbase.nodes = (() => {
  const { create, fill, opener, status, time, foreign, error, table } = netbase.elements;
  const format = netbase.format;

  const HEADINGS = ['Node', 'Status', 'Error', 'Tasks', 'Queued', 'Started', 'Finished', 'Took', 'Executes'];
  const COUNTED = ['pending', 'running', 'completed', 'failed', 'cancelled', 'skipped'];

  /** How many tasks stand how, those that are none left out. */
  const counts = tasks => {
    const told = COUNTED.filter(word => tasks[word] > 0).map(word => format.count(tasks[word]) + ' ' + word);
    return format.count(tasks.total) + (told.length > 0 ? ': ' + told.join(', ') : '');
  };

  const executes = node => {
    if (!node) {
      return format.NONE;
    }
    if (format.known(node.workflow)) {
      return create('span', {}, ['workflow ', foreign(node.workflow), ', version ' + node.version]);
    }
    return create('span', { title: 'package ' + node.package_nanoid + ', SHA-256 ' + node.sha256 }, [
      node.agent_type + ' ', foreign(node.relative_path + ' ' + node.package_version),
    ]);
  };

  /** Two rows: the node, and below it, once opened, its tasks. */
  const rows = (runId, nodeOf, key) => {
    const detailId = 'node-' + key;
    const detailCell = create('td', { colspan: HEADINGS.length });
    const detail = create('tr', { id: detailId, hidden: true }, [detailCell]);
    const line = create('tr');
    let section = null;
    const tasks = opener(key, detailId, open => {
      detail.hidden = !open;
      section = open ? netbase.tasks.section(runId, key, nodeOf) : null;
      fill(detailCell, open ? [section.element] : []);
      if (open) {
        section.load();
      }
    });
    const head = create('th', { scope: 'row' }, [tasks.element]);
    line.appendChild(head);
    const write = node => {
      while (line.lastChild !== head) {
        line.removeChild(line.lastChild);
      }
      [
        status(node.status),
        error(node.error) || format.NONE,
        counts(node.tasks),
        time(node.queued_at),
        time(node.started_at),
        time(node.finished_at),
        format.between(node.started_at, node.finished_at),
        executes(nodeOf(key)),
      ].forEach(cell => line.appendChild(create('td', {}, [cell])));
    };
    return { elements: [line, detail], write, reload: () => (section === null ? undefined : section.load()) };
  };

  /** The section of a run's nodes. */
  const section = (runId, nodeOf) => {
    const nodes = table('Nodes', HEADINGS);
    const known = new Map();
    const show = lines =>
      lines.forEach(node => {
        if (!known.has(node.node)) {
          const made = rows(runId, nodeOf, node.node);
          known.set(node.node, made);
          made.elements.forEach(element => nodes.body.appendChild(element));
        }
        known.get(node.node).write(node);
      });
    /** Asks anew for the opened tasks of these nodes. */
    const reload = keys => Promise.all(Array.from(keys).filter(key => known.has(key)).map(key => known.get(key).reload()));
    const load = () => netbase.api.all('/runs/' + encodeURIComponent(runId) + '/nodes').then(show);
    return { element: nodes.element, load, reload, keys: () => known.keys() };
  };

  return { section, counts };
})();
