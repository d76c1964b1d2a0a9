// Elements of the page. Words are only ever added as text: most of them were written by guests.
'use strict';

netbase.elements = (() => {
  const format = netbase.format;

  /** An element; children are elements or strings, and a string never becomes markup. */
  const create = (tag, attributes, children) => {
    const element = document.createElement(tag);
    Object.entries(attributes || {}).forEach(([name, value]) => {
      if (value !== null && value !== undefined && value !== false) {
        element.setAttribute(name, value === true ? '' : String(value));
      }
    });
    fill(element, children || []);
    return element;
  };

  /** Puts children in the place of those that an element has. */
  const fill = (element, children) => {
    element.textContent = '';
    children.forEach(child => {
      if (child !== null && child !== undefined) {
        element.appendChild(typeof child === 'object' ? child : document.createTextNode(String(child)));
      }
    });
    return element;
  };

  const button = (label, onClick, attributes) => {
    const element = create('button', Object.assign({ type: 'button' }, attributes), [label]);
    element.addEventListener('click', onClick);
    return element;
  };

  /** A button that opens what it controls, and closes it again. */
  const opener = (label, controls, onToggle) => {
    const element = button(label, () => toggle(element.getAttribute('aria-expanded') !== 'true'), {
      'aria-expanded': 'false',
      'aria-controls': controls,
    });
    const toggle = open => {
      element.setAttribute('aria-expanded', String(open));
      onToggle(open);
    };
    return { element, open: () => toggle(true) };
  };

  /** A status says its word; colour only repeats it. */
  const status = word => create('span', { class: 'status', 'data-status': word }, [word]);

  const time = iso => (format.known(iso) ? create('time', { datetime: iso }, [format.instant(iso)]) : format.NONE);

  /** Words of a guest, kept from running into those beside them. */
  const foreign = text => create('bdi', {}, [text]);

  const block = text => create('pre', { tabindex: '0', dir: 'auto' }, [text]);

  /** What failed: its code and message, or, where it has neither, all there is. */
  const error = problem => {
    if (!format.known(problem)) {
      return null;
    }
    if (typeof problem !== 'object' || !format.known(problem.code)) {
      return create('span', { class: 'error' }, [foreign(format.value(problem))]);
    }
    const message = format.known(problem.message) ? [': ', foreign(format.value(problem.message))] : [];
    return create('span', { class: 'error' }, [create('strong', {}, [problem.code])].concat(message));
  };

  const runLink = runId => create('a', { href: '/runs/' + encodeURIComponent(runId) }, [runId]);

  /** Terms and what they are; pairs without a value are left out. */
  const terms = pairs =>
    create('dl', {}, [].concat.apply([], pairs
      .filter(([, value]) => format.known(value))
      .map(([term, value]) => [create('dt', {}, [term]), create('dd', {}, Array.isArray(value) ? value : [value])])));

  /** A table in a region that scrolls by itself, so that a wide one does not widen the page. */
  const table = (label, headings) => {
    const body = create('tbody');
    const head = create('tr', {}, headings.map(heading => create('th', { scope: 'col' }, [heading])));
    const element = create('div', { class: 'scroll', role: 'region', 'aria-label': label, tabindex: '0' }, [
      create('table', {}, [create('caption', {}, [label]), create('thead', {}, [head]), body]),
    ]);
    return { element, body };
  };

  /** Buttons to the pages around the one that is shown; none where all fits on one. */
  const pager = (what, onPage) => {
    const element = create('p', { class: 'pager' });
    const show = ({ page, size, total }) => {
      if (total <= size) {
        fill(element, []);
        return;
      }
      const last = Math.max(0, Math.ceil(total / size) - 1);
      fill(element, [
        button('Previous', () => onPage(page - 1), { disabled: page === 0, 'aria-label': 'Previous ' + what }),
        ' ' + format.count(page * size + 1) + ' to ' + format.count(Math.min(total, (page + 1) * size)) + ' of '
          + format.count(total) + ' ',
        button('Next', () => onPage(page + 1), { disabled: page >= last, 'aria-label': 'Next ' + what }),
      ]);
    };
    return { element, show };
  };

  return { create, fill, button, opener, status, time, foreign, block, error, runLink, terms, table, pager };
})();
