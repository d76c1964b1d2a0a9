// Questions to the API, with the reader's token. The token is kept for this tab only and is never part of an address.
'use strict';

netbase.api = (() => {
  const KEY = 'netbase-token';
  const BASE = '/api/v1';

  let onRefused = () => {};

  const token = {
    get: () => sessionStorage.getItem(KEY),
    set: value => sessionStorage.setItem(KEY, value),
    forget: () => sessionStorage.removeItem(KEY),
  };

  /** Keeps numbers that JavaScript would round or write anew as they stand, where the browser can. */
  const exact = (key, value, context) =>
    typeof value === 'number' && context && context.source !== String(value) && JSON.rawJSON
      ? JSON.rawJSON(context.source)
      : value;

  const parse = text => JSON.parse(text, exact);

  const problem = response =>
    response.text().then(text => {
      let document = {};
      try {
        document = JSON.parse(text) || {};
      } catch (e) {
        // not ours: a proxy's answer, say
      }
      if (response.status === 401) {
        onRefused();
      }
      throw { status: response.status, code: document.code, detail: document.detail || 'status ' + response.status };
    });

  /** The answer, or a rejection with its status (0 if there was none), code and detail. */
  const request = (path, headers, signal) =>
    fetch(BASE + path, {
      headers: Object.assign({ Authorization: 'Bearer ' + token.get() }, headers),
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      signal,
    }).then(
      response => (response.ok ? response : problem(response)),
      () => {
        throw { status: 0, detail: 'the service cannot be reached' };
      },
    );

  const json = path => request(path).then(response => response.text()).then(parse);

  const text = path => request(path).then(response => response.text());

  const blob = path => request(path).then(response => response.blob());

  /** Every item of a list, page after page. */
  const all = path => {
    const from = (page, before) =>
      json(path + '?size=200&page=' + page).then(list => {
        const items = before.concat(list.items);
        return items.length < list.total && list.items.length > 0 ? from(page + 1, items) : items;
      });
    return from(0, []);
  };

  return {
    token,
    parse,
    request,
    json,
    text,
    blob,
    all,
    whenRefused: listener => {
      onRefused = listener;
    },
  };
})();
