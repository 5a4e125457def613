// Charts of figures. Each can be read as a table too.

import { html } from './ui.js';
import { Bars } from './bars.js';
import { Table } from './table.js';
import { duration, number } from './times.js';

/** `[figure, title]`, from the bottom of a bar to its top. */
const OUTCOMES = [
  ['approved', 'approved'],
  ['otherAnswer', 'other answer'],
  ['declined', 'declined'],
  ['notMe', 'not me'],
  ['failed', 'failed'],
  ['cancelled', 'cancelled'],
  ['expired', 'expired'],
];

const SHORT_DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const dayName = (day) => SHORT_DAY.format(new Date(`${day}T00:00:00Z`));

/** Challenges by outcome, a bar per day. */
export function Outcomes({ figures: { days, totals } }) {
  const series = OUTCOMES.map(([name, title]) => ({ name, title, values: days.map((day) => day[name]) }));
  const columns = [
    { title: 'Day (UTC)', cell: ({ day }) => dayName(day) },
    { title: 'asked', numeric: true, cell: ({ created }) => number(created) },
    ...OUTCOMES.map(([name, title]) => ({ title, numeric: true, cell: (day) => number(day[name]) })),
  ];
  return html`
    <${Chart} test="chart-outcomes" title="Challenges by outcome" summary=${`${number(totals.created)} asked, ${number(totals.approved)} approved`}
      labels=${days.map(({ day }) => dayName(day))} series=${series}
      table=${html`<${Table} caption="Challenges by outcome" rows=${days} rowKey=${({ day }) => day} columns=${columns} empty="None." />`} />`;
}

/** How long answers took. */
export function AnswerTimes({ figures: { totals, answerTimeBounds } }) {
  const { p50, p90, p99 } = totals.answerSeconds;
  const labels = [...answerTimeBounds.map((bound) => `≤ ${duration(bound)}`), `> ${duration(answerTimeBounds.at(-1))}`];
  const rows = labels.map((label, index) => ({ label, count: totals.answerTimes[index] }));
  const columns = [
    { title: 'Answer time', cell: ({ label }) => label },
    { title: 'Answers', numeric: true, cell: ({ count }) => number(count) },
  ];
  const summary = p50 === null
    ? 'No answers yet'
    : `Half within ${duration(p50)}, 90 % within ${duration(p90)}, 99 % within ${duration(p99)}`;
  return html`
    <${Chart} test="chart-answer-times" title="Answer times" summary=${summary} labels=${labels}
      series=${[{ name: 'answers', title: 'answers', values: totals.answerTimes }]}
      table=${html`<${Table} caption="Answer times" rows=${rows} rowKey=${({ label }) => label} columns=${columns} empty="None." />`} />`;
}

function Chart({ test, title, summary, labels, series, table }) {
  return html`
    <figure class="card chart" data-test=${test}>
      <figcaption><h3>${title}</h3><p class="quiet" data-test=${`${test}-summary`}>${summary}</p></figcaption>
      ${series.length > 1 && html`
        <ul class="legend">
          ${series.map((one) => html`<li><span class=${`swatch ${one.name}`} aria-hidden="true"></span>${one.title}</li>`)}
        </ul>`}
      <${Bars} label=${`${title}: ${summary}`} labels=${labels} series=${series} />
      <details><summary>As a table</summary>${table}</details>
    </figure>`;
}
