// Which page this is, and the token that it needs.
'use strict';

(() => {
  const form = document.getElementById('token-form');
  const field = document.getElementById('token');
  const message = document.getElementById('token-message');
  const state = document.getElementById('state');
  const content = document.getElementById('content');
  const forget = document.getElementById('forget');
  const { create, fill } = netbase.elements;

  let leave = () => {};

  const say = text => {
    if (state.textContent !== text) {
      state.textContent = text;
    }
  };

  /** The run that the address names; null for the list of all. */
  const runOfAddress = () => {
    const found = /^\/runs\/([^/]+)\/?$/.exec(location.pathname);
    if (found === null) {
      return null;
    }
    try {
      return decodeURIComponent(found[1]);
    } catch (e) {
      return found[1];
    }
  };

  const ask = why => {
    leave();
    leave = () => {};
    netbase.api.token.forget();
    fill(content, []);
    say('');
    forget.hidden = true;
    message.textContent = why;
    form.hidden = false;
    field.value = '';
    field.focus();
  };

  const failed = problem => {
    if (problem.status === 401) {
      return;
    }
    leave();
    say('');
    const lines = problem.code === 'run-not-found'
      ? ['No such run', 'There is no run ' + runOfAddress() + ' here.']
      : ['This cannot be shown', problem.detail || String(problem)];
    fill(content, [create('h1', {}, [lines[0]]), create('p', { role: 'alert' }, [lines[1]])]);
  };

  const show = () => {
    form.hidden = true;
    forget.hidden = false;
    const runId = runOfAddress();
    leave = runId === null
      ? netbase.list.show(content, say, failed)
      : netbase.run.show(runId, content, say, failed);
  };

  netbase.api.whenRefused(() => ask('This token was not accepted. Enter the one that is valid for this service.'));

  forget.addEventListener('click', () => ask(''));

  form.addEventListener('submit', event => {
    event.preventDefault();
    const entered = field.value.trim();
    field.value = '';
    if (!/^[\x21-\x7e]+$/.test(entered)) {
      message.textContent = 'A token has only visible ASCII characters.';
      return;
    }
    message.textContent = '';
    netbase.api.token.set(entered);
    show();
  });

  if (netbase.api.token.get() === null) {
    ask('');
  } else {
    show();
  }
})();
