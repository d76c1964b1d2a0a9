// What a task's attempts used, and what the task took and gave.
'use strict';

netbase.attempts = (() => {
  const { create, fill, button, status, time, foreign, block, error, terms, table, pager } = netbase.elements;
  const format = netbase.format;

  const SIZE = 20;
  const SHA256 = /^[0-9a-f]{64}$/;
  const PHASES = [['queued', 'queued_us'], ['loading', 'loading_us'], ['instantiating', 'instantiating_us'],
    ['running', 'running_us']];
  const HEADINGS = ['Attempt', 'Status', 'Error', 'Fuel used of limit', 'Peak memory of limit', 'Bytes in', 'Bytes out',
    'Workspace', 'Where the time went', 'Queued', 'Started', 'Finished', 'Worker'];

  /** Four stretches whose lengths are to each other as the times; the words beside them say the same. */
  const bar = usage =>
    create('span', { class: 'bar', 'aria-hidden': 'true' }, PHASES.map(([name, field]) => {
      const stretch = create('span', { 'data-phase': name });
      stretch.style.flexGrow = String(usage[field] || 0);
      return stretch;
    }));

  const times = usage =>
    format.known(usage)
      ? create('div', { class: 'times' }, [
        bar(usage),
        create('span', {}, [PHASES.map(([name, field]) => name + ' ' + format.micros(usage[field])).join(', ')]),
      ])
      : format.NONE;

  /** A figure and, where it has a limit, the limit and the share of it. */
  const figure = (used, limit, write) => {
    if (!format.known(used)) {
      return format.NONE;
    }
    const share = format.share(used, limit);
    return create('span', { title: format.count(used) }, [
      format.of(used, limit, write) + (share === '' ? '' : ' (' + share + ')'),
    ]);
  };

  /** SQL and containers have neither fuel nor linear memory; their zeros are no figures. */
  const measured = (node, used, limit, write) =>
    node && node.agent_type && node.agent_type !== 'WASM' ? 'not measured' : figure(used, limit, write);

  const row = (attempt, node) => {
    const usage = attempt.usage || {};
    const memoryLimit = node ? node.memory_limit_bytes : null;
    const cells = [
      status(attempt.status),
      error(attempt.error) || format.NONE,
      measured(node, attempt.fuel_used, usage.fuel_limit, format.count),
      measured(node, attempt.peak_memory_bytes, memoryLimit, format.bytes),
      figure(usage.input_bytes, null, format.bytes),
      figure(usage.output_bytes, null, format.bytes),
      figure(usage.workspace_bytes, null, format.bytes),
      times(attempt.usage),
      time(attempt.queued_at),
      time(attempt.started_at),
      time(attempt.finished_at),
      format.known(attempt.worker_id) ? foreign(attempt.worker_id) : format.NONE,
    ];
    return create('tr', {}, [create('th', { scope: 'row' }, [attempt.attempt])]
      .concat(cells.map(cell => create('td', {}, [cell]))));
  };

  /** Hands a file to its reader to keep; it is never opened as a page of this service. */
  const save = (sha256, name, said) => {
    said.textContent = 'Fetching…';
    netbase.api.blob('/artifacts/' + sha256).then(
      content => {
        const address = URL.createObjectURL(new Blob([content], { type: 'application/octet-stream' }));
        const link = create('a', { href: address, download: name });
        document.body.appendChild(link);
        link.click();
        link.remove();
        setTimeout(() => URL.revokeObjectURL(address), 60000);
        said.textContent = '';
      },
      problem => {
        said.textContent = 'Not fetched: ' + problem.detail;
      },
    );
  };

  const artifactLine = (sha256, path, size) => {
    const said = create('span', { role: 'status' });
    const name = path.split('/').pop() || sha256;
    return create('li', {}, [
      foreign(path), format.known(size) ? ', ' + format.bytes(size) + ' ' : ' ',
      SHA256.test(sha256)
        ? button('Download', () => save(sha256, name, said), { 'aria-label': 'Download ' + path })
        : 'without a valid digest',
      ' ', said,
    ]);
  };

  /** The files that a task left, or the one artifact that lists them all where they are many. */
  const artifacts = left => {
    if (Array.isArray(left)) {
      return left.length === 0
        ? null
        : create('ul', {}, left.map(one => artifactLine(String(one.sha256), String(one.path), one.size_bytes)));
    }
    return value(left, 'artifacts.json');
  };

  /** A value as text, or, where it was too large to be in the answer, what fetches it. */
  const value = (json, name) => {
    if (!format.known(json)) {
      return null;
    }
    const reference = typeof json === 'object' ? json.$artifact : undefined;
    return typeof reference === 'string' && SHA256.test(reference) && Object.keys(json).length === 1
      ? create('ul', {}, [artifactLine(reference, name, null)])
      : block(format.value(json));
  };

  /** What a task wrote to stderr: asked for when somebody wants to see it. */
  const logs = path => {
    const element = create('div');
    const show = () =>
      netbase.api.text(path + '/logs').then(
        text => fill(element, [read, text === '' ? create('p', {}, ['Nothing was written to stderr.']) : block(text)]),
        problem => fill(element, [read, create('p', { class: 'error' }, [problem.detail])]),
      );
    const read = button('Read the logs (stderr of the current attempt)', show);
    return fill(element, [read]);
  };

  /**
   * The section of one task. It asks for the attempts when it is made, and again at every update.
   *
   * @param runId the run
   * @param nodeOf gives what is known of what a node executes, or undefined
   */
  const section = (runId, nodeOf) => {
    const element = create('section', { class: 'attempts' });
    const said = create('p', { role: 'status' });
    const parts = create('div');
    let stderr = null;
    let page = 0;
    let task = null;
    const load = () => {
      const path = '/runs/' + encodeURIComponent(runId) + '/tasks/' + task.task_instance_id;
      return netbase.api.json(path + '/attempts?size=' + SIZE + '&page=' + page).then(
        list => {
          said.textContent = list.total === 0 ? 'Nothing was attempted.' : '';
          fill(attempts.body, list.items.map(attempt => row(attempt, nodeOf(task.node))));
          pages.show(list);
        },
        problem => {
          said.textContent = 'The attempts could not be read: ' + problem.detail;
        },
      );
    };
    const attempts = table('Attempts', HEADINGS);
    const pages = pager('attempts', wanted => {
      page = wanted;
      load();
    });
    fill(element, [said, attempts.element, pages.element, parts]);
    const update = shown => {
      task = shown;
      stderr = stderr || logs('/runs/' + encodeURIComponent(runId) + '/tasks/' + task.task_instance_id);
      fill(parts, [stderr, terms([
        ['Group', format.known(task.group_id) ? foreign(task.group_id) : null],
        ['Files it left', artifacts(task.artifacts)],
        ['Output', value(task.output, 'output.json')],
        ['Inputs', value(task.inputs, 'inputs.json')],
      ])]);
      return load();
    };
    return { element, update };
  };

  return { section, value };
})();
