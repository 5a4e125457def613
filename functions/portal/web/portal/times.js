// Times and numbers as people read them, in the browser's language.

import { html } from './ui.js';

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const NUMBER = new Intl.NumberFormat();

/** A moment, from RFC 3339. */
export function Moment({ at, none = '–' }) {
  if (!at) return none;
  return html`<time datetime=${at}>${MOMENT.format(new Date(at))}</time>`;
}

/** A day, from RFC 3339. */
export function Day({ at, none = '–' }) {
  if (!at) return none;
  return html`<time datetime=${at} title=${MOMENT.format(new Date(at))}>${DAY.format(new Date(at))}</time>`;
}

export const number = (value) => NUMBER.format(value);

/** A length of time in seconds, in the unit that suits it. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) return '–';
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}
