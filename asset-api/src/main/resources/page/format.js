// How figures and times are written. Nothing here touches the page.
'use strict';

window.netbase = {};

netbase.format = (() => {
  const NONE = '–';
  /** Between a figure and its unit, which stay on one line. */
  const UNIT = '\u00a0';
  const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

  const known = value => value !== null && value !== undefined;

  const rounded = value => (value >= 100 ? Math.round(value) : Number(value.toPrecision(3))).toLocaleString('en');

  /** A whole number with its thousands apart. */
  const count = value => (known(value) ? value.toLocaleString('en') : NONE);

  /** Bytes in the unit that leaves at most four digits. */
  const bytes = value => {
    if (!known(value)) {
      return NONE;
    }
    let unit = 0;
    let scaled = value;
    while (scaled >= 1024 && unit < BINARY.length - 1) {
      scaled /= 1024;
      unit++;
    }
    return rounded(scaled) + UNIT + BINARY[unit];
  };

  /** Microseconds as a person would say them. */
  const micros = value => {
    if (!known(value)) {
      return NONE;
    }
    if (value < 1000) {
      return Math.round(value) + UNIT + 'µs';
    }
    if (value < 1e6) {
      return rounded(value / 1000) + UNIT + 'ms';
    }
    if (value < 6e7) {
      return rounded(value / 1e6) + UNIT + 's';
    }
    const seconds = Math.round(value / 1e6);
    if (seconds < 3600) {
      return Math.floor(seconds / 60) + UNIT + 'min ' + (seconds % 60) + UNIT + 's';
    }
    return Math.floor(seconds / 3600) + UNIT + 'h ' + Math.floor((seconds % 3600) / 60) + UNIT + 'min';
  };

  /** An instant of the API, to the millisecond; the zone is said once, by the page. */
  const instant = iso => (known(iso) ? String(iso).slice(0, 23).replace('T', ' ') : NONE);

  /** From one instant of the API to another. */
  const between = (from, to) => {
    if (!known(from) || !known(to)) {
      return NONE;
    }
    return micros(Math.max(0, Date.parse(to) - Date.parse(from)) * 1000);
  };

  /** What was used, of how much. */
  const of = (used, limit, write) => (known(limit) ? write(used) + ' of ' + write(limit) : write(used));

  /** A share in percent, or nothing where there is no limit. */
  const share = (used, limit) =>
    known(used) && known(limit) && limit > 0 ? rounded((100 * used) / limit) + UNIT + '%' : '';

  /** Any JSON value as text: a string as it is, the rest laid out. */
  const value = json => (typeof json === 'string' ? json : JSON.stringify(json, null, 2));

  return { NONE, known, count, bytes, micros, instant, between, of, share, value };
})();
