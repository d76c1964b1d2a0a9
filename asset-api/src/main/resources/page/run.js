// One run: what it is, its nodes, and what changes while it goes on.
'use strict';

netbase.run = (() => {
  const { create, fill, status, time, foreign, block, error, runLink, terms } = netbase.elements;
  const format = netbase.format;

  const REFRESH_MS = 500;
  const ENDED = ['COMPLETED', 'FAILED', 'CANCELLED'];

  /** What started a run: its kind, and whatever else the trigger tells. */
  const trigger = started => {
    const { type } = started;
    const rest = Object.entries(started).filter(([name]) => name !== 'type');
    return rest.length === 0
      ? type
      : create('span', {}, [type, ' ', foreign('(' + rest
        .map(([name, value]) => name + ': ' + (typeof value === 'object' ? JSON.stringify(value) : value))
        .join(', ') + ')')]);
  };

  /** Content that is folded away, and stays as its reader left it when it changes; not there while there is none. */
  const fold = title => {
    const holder = create('div');
    const element = create('details', { hidden: true }, [create('summary', {}, [title]), holder]);
    const show = content => {
      element.hidden = !format.known(content);
      fill(holder, [content]);
    };
    return { element, show };
  };

  const head = run =>
    terms([
      ['Status', status(run.status)],
      ['Workflow', [foreign(run.workflow), ', version ' + run.version]],
      ['Started by', trigger(run.trigger)],
      ['Priority', run.priority === 0 ? null : String(run.priority)],
      ['Created', time(run.created_at)],
      ['Started', time(run.started_at)],
      ['Finished', time(run.finished_at)],
      ['Took', format.known(run.finished_at) ? format.between(run.started_at, run.finished_at) : null],
      ['Tasks', netbase.nodes.counts(run.tasks)],
      ['Retries', run.retries > 0 ? String(run.retries) : null],
      ['Part of', format.known(run.parent_run_id) ? runLink(run.parent_run_id) : null],
      ['Repeats', format.known(run.rerun_of) ? runLink(run.rerun_of) : null],
      ['Error', error(run.error)],
    ]);

  const digests = made =>
    terms([
      ['SHA-256 of the inputs', made.inputs_sha256],
      ['SHA-256 of the output', made.output_sha256],
      ['Engines', made.engines.length > 0 ? foreign(made.engines.join(', ')) : null],
      ['Repeats exactly', made.exact ? 'yes' : null],
      ['Files and configurations', block(format.value(made.nodes))],
    ]);

  /** Runs a task now, or when the one that goes on has ended; many wishes meanwhile are one. */
  const atMostOnce = task => {
    let timer = null;
    let busy = false;
    let again = false;
    const begin = () => {
      timer = null;
      busy = true;
      const done = () => {
        busy = false;
        if (again) {
          again = false;
          wish();
        }
      };
      task().then(done, done);
    };
    const wish = () => {
      if (busy) {
        again = true;
      } else if (timer === null) {
        timer = setTimeout(begin, REFRESH_MS);
      }
    };
    return wish;
  };

  /**
   * Shows a run and follows it.
   *
   * @param say tells the reader how the page stands
   * @param failed gets the problem that keeps the page from being shown
   */
  const show = (runId, content, say, failed) => {
    const path = '/runs/' + encodeURIComponent(runId);
    const executed = new Map();
    const changedNodes = new Set();
    const about = create('div');
    const output = fold('Output');
    const inputs = fold('Inputs');
    const provenance = fold('What it was made of');
    const parts = create('div');
    const nodes = netbase.nodes.section(runId, key => executed.get(key));
    let current = null;

    const ended = () => current !== null && ENDED.includes(current.status);

    const loadRun = () =>
      netbase.api.json(path).then(run => {
        current = run;
        document.title = run.status + ' – ' + run.workflow + ' – Netbase';
        fill(about, [head(run)]);
        output.show(netbase.attempts.value(run.output, 'output.json'));
        inputs.show(netbase.attempts.value(run.inputs, 'inputs.json'));
      });

    /** The service computes digests for it, so it is asked for while there may be more in it, and at the end. */
    const loadProvenance = () =>
      executed.size > 0 && !ended()
        ? Promise.resolve()
        : netbase.api.json(path + '/provenance').then(made => {
          made.nodes.forEach(node => executed.set(node.node, node));
          provenance.show(digests(made));
        });

    const loadParts = () =>
      netbase.api.json('/runs?size=50&parent=' + encodeURIComponent(runId)).then(list =>
        fill(parts, list.total === 0 ? [] : [netbase.list.table('Runs that are part of this one', list.items)]));

    const refresh = () => {
      const nodesOfTasks = Array.from(changedNodes);
      changedNodes.clear();
      return loadRun()
        .then(loadProvenance)
        .then(() => Promise.all([nodes.load(), loadParts()]))
        .then(() => nodes.reload(nodesOfTasks))
        .then(() => {
          if (ended()) {
            say('The run has ended.');
          }
        });
    };
    const soon = atMostOnce(() => refresh().catch(problem => say('Could not be brought up to date: ' + problem.detail)));

    const told = event => {
      if (event.name === 'task') {
        changedNodes.add(event.data.node);
      }
      soon();
    };
    const changed = (state, problem) => {
      if (state === 'live') {
        say('Following the run.');
      } else if (state === 'broken' && !ended()) {
        say('Not following: ' + (problem ? problem.detail : 'the connection ended') + '. Trying again.');
        Array.from(nodes.keys()).forEach(key => changedNodes.add(key));
        soon();
      } else if (state === 'over') {
        soon();
      } else if (state === 'refused') {
        failed(problem);
      }
    };

    say('Asking…');
    let stop = () => {};
    let stopped = false;
    refresh().then(
      () => {
        if (stopped) {
          return;
        }
        fill(content, [
          create('h1', {}, ['Run ', create('code', {}, [runId])]),
          create('p', { class: 'hint' }, ['All times are UTC.']),
          about, output.element, inputs.element, nodes.element, parts, provenance.element,
        ]);
        if (!ended()) {
          stop = netbase.stream.follow(runId, told, changed);
        }
      },
      failed,
    );
    return () => {
      stopped = true;
      stop();
    };
  };

  return { show };
})();
