// Tables that become lists on a phone.

import { html } from './ui.js';

/**
 * `columns`: `[{ title, cell(row), numeric? }]`; the first cell names its row. `rows` with `rowKey(row)`. `test` names a row for tests.
 * The roles are written out: a style sheet that draws a table as a list takes them away in some browsers.
 */
export function Table({ caption, columns, rows, rowKey, empty, test, rowData = () => ({}) }) {
  if (!rows.length) {
    return html`<p class="caption">${caption}</p><p class="empty" data-test=${test && `${test}-none`}>${empty}</p>`;
  }
  return html`
    <table role="table">
      <caption>${caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          ${columns.map(({ title, numeric }) => html`
            <th role="columnheader" scope="col" class=${numeric ? 'numeric' : undefined}>${title}</th>`)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows.map((row) => html`
          <tr role="row" key=${rowKey(row)} data-test=${test} ...${rowData(row)}>
            ${columns.map((column, index) => html`<${Cell} ...${{ column, row, first: index === 0 }} />`)}
          </tr>`)}
      </tbody>
    </table>`;
}

function Cell({ column: { title, cell, numeric }, row, first }) {
  const content = html`<span class="label" aria-hidden="true">${title}</span><span class="value">${cell(row)}</span>`;
  return first
    ? html`<th role="rowheader" scope="row">${content}</th>`
    : html`<td role="cell" class=${numeric ? 'numeric' : undefined}>${content}</td>`;
}

/** Names and values, one under the other: `[[name, value, test?]]`. */
export function Facts({ facts }) {
  const known = facts.filter(([, value]) => value !== undefined && value !== null && value !== '');
  return html`
    <dl class="facts">
      ${known.map(([name, value, test]) => html`<div><dt>${name}</dt><dd data-test=${test}>${value}</dd></div>`)}
    </dl>`;
}
