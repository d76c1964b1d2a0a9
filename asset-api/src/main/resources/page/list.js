// The runs there are, newest first.
'use strict';

netbase.list = (() => {
  const { create, fill, status, time, foreign, runLink, pager } = netbase.elements;
  const format = netbase.format;

  const SIZE = 50;
  const HEADINGS = ['Run', 'Status', 'Workflow', 'Started by', 'Created', 'Finished', 'Took', 'Tasks'];
  const STATUSES = ['PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED'];

  const row = run =>
    create('tr', {}, [create('th', { scope: 'row' }, [runLink(run.run_id)])].concat([
      status(run.status),
      foreign(run.workflow + ' ' + run.version),
      run.trigger.type,
      time(run.created_at),
      time(run.finished_at),
      format.between(run.started_at, run.finished_at),
      netbase.nodes.counts(run.tasks),
    ].map(cell => create('td', {}, [cell]))));

  /** A table of runs, a line each. */
  const table = (label, runs) => {
    const made = netbase.elements.table(label, HEADINGS);
    fill(made.body, runs.map(row));
    return made.element;
  };

  /** Shows the list with what narrows it. */
  const show = (content, say, failed) => {
    const workflow = create('input', { id: 'workflow', autocomplete: 'off', spellcheck: 'false' });
    const standing = create('select', { id: 'standing' }, [create('option', { value: '' }, ['any'])]
      .concat(STATUSES.map(word => create('option', { value: word }, [word]))));
    const rows = create('div');
    let page = 0;
    const load = () =>
      netbase.api
        .json('/runs?size=' + SIZE + '&page=' + page
          + (workflow.value === '' ? '' : '&workflow=' + encodeURIComponent(workflow.value))
          + (standing.value === '' ? '' : '&status=' + standing.value))
        .then(list => {
          say(list.total === 0 ? 'There are no such runs.' : '');
          fill(rows, [table('Runs', list.items)]);
          pages.show(list);
        });
    const anew = () => {
      page = 0;
      load().catch(failed);
    };
    const pages = pager('runs', wanted => {
      page = wanted;
      load().catch(failed);
    });
    const filters = create('form', { class: 'filters' }, [
      create('label', { for: 'workflow' }, ['Workflow']), workflow,
      create('label', { for: 'standing' }, ['Status']), standing,
      create('button', { type: 'submit' }, ['List']),
    ]);
    filters.addEventListener('submit', event => {
      event.preventDefault();
      anew();
    });
    fill(content, [
      create('h1', {}, ['Runs']), create('p', { class: 'hint' }, ['All times are UTC.']), filters, rows, pages.element,
    ]);
    anew();
    return () => {};
  };

  return { show, table };
})();
