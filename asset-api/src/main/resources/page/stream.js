// Follows a run's events. An EventSource cannot send a token, so its protocol is read here.
'use strict';

netbase.stream = (() => {
  const FIRST_WAIT_MS = 1000;
  const LONGEST_WAIT_MS = 30000;

  /** Takes the text of Server-Sent Events in pieces of any size, and tells each event once it is whole. */
  const reader = tell => {
    let rest = '';
    let event = { id: null, name: 'message', data: [] };
    const line = text => {
      if (text === '') {
        if (event.data.length > 0) {
          tell({ id: event.id, name: event.name, data: netbase.api.parse(event.data.join('\n')) });
        }
        event = { id: event.id, name: 'message', data: [] };
        return;
      }
      const colon = text.indexOf(':');
      const field = colon < 0 ? text : text.slice(0, colon);
      const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '');
      if (field === 'id') {
        event.id = value;
      } else if (field === 'event') {
        event.name = value;
      } else if (field === 'data') {
        event.data.push(value);
      }
    };
    return piece => {
      const lines = (rest + piece).split('\n');
      rest = lines.pop();
      lines.forEach(text => line(text.replace(/\r$/, '')));
    };
  };

  /** Reads an answer to its end; a browser without readable streams gets it all then. */
  const read = (response, feed) => {
    if (!response.body) {
      return response.text().then(feed);
    }
    const body = response.body.getReader();
    const decoder = new TextDecoder();
    const next = () =>
      body.read().then(({ done, value }) => {
        if (done) {
          return undefined;
        }
        feed(decoder.decode(value, { stream: true }));
        return next();
      });
    return next();
  };

  /**
   * Follows a run until its stream is over, and comes back with the last event's id where the stream breaks.
   *
   * @param told gets every event
   * @param changed gets 'live', 'broken' (with what is known of it), 'refused' or 'over'
   * @returns a function that stops it
   */
  const follow = (runId, told, changed) => {
    const abort = new AbortController();
    let last = null;
    let wait = FIRST_WAIT_MS;
    let timer = null;
    let stopped = false;
    const later = reason => {
      if (stopped) {
        return;
      }
      changed('broken', reason);
      timer = setTimeout(open, wait);
      wait = Math.min(2 * wait, LONGEST_WAIT_MS);
    };
    const open = () => {
      const feed = reader(event => {
        last = event.id;
        wait = FIRST_WAIT_MS;
        told(event);
      });
      netbase.api
        .request('/runs/' + encodeURIComponent(runId) + '/events', last === null ? {} : { 'Last-Event-ID': last },
          abort.signal)
        .then(response => {
          if (stopped) {
            return undefined;
          }
          if (response.status === 204) {
            changed('over');
            return undefined;
          }
          changed('live');
          return read(response, feed).then(() => later(null), () => later(null));
        })
        .catch(problem => {
          if (problem.status === 401 || problem.status === 404) {
            changed('refused', problem);
          } else {
            later(problem);
          }
        });
    };
    open();
    return () => {
      stopped = true;
      clearTimeout(timer);
      abort.abort();
    };
  };

  return { follow, reader };
})();
