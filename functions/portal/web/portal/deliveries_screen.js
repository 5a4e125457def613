// What was sent to Request Origins and banks, and sending it again.

import { html } from './ui.js';
import { post } from './admin_api.js';
import { inSpace } from './admin_session.js';
import { Asking } from './dialogs.js';
import { Title } from './heading.js';
import { Loaded } from './load.js';
import { More, usePages } from './pages.js';
import { Table } from './table.js';
import { Moment } from './times.js';

const WORDS = {
  due: 'on its way', delivered: 'delivered', gone: 'receiver gone', refused: 'address refused', exhausted: 'given up',
};

export function DeliveriesScreen({ space }) {
  const pages = usePages(inSpace(space)`deliveries`, {});
  const actions = html`<button type="button" data-test="deliveries-reload" disabled=${pages.busy} onClick=${pages.reload}>Read again</button>`;
  return html`
    <${Title} of=${space.name} test="deliveries" actions=${actions}>Deliveries<//>
    <${Loaded} of=${pages}>${(items) => html`
      <${Table} caption="Deliveries, newest first" test="delivery" rows=${items} rowKey=${({ id }) => id}
        rowData=${({ id, status }) => ({ 'data-id': id, 'data-status': status })}
        columns=${columnsFor(space, pages.reload)} empty="Nothing was sent in the last days." />
      <${More} pages=${pages} />`}<//>`;
}

const columnsFor = (space, reload) => [
  { title: 'Made', cell: ({ createdAt }) => html`<${Moment} at=${createdAt} />` },
  { title: 'Event', cell: ({ event }) => event },
  { title: 'To', cell: ({ url }) => html`<span class="break">${url}</span>` },
  { title: 'State', cell: ({ status }) => html`<span class="badge" data-state=${status}>${WORDS[status] ?? status}</span>` },
  { title: 'Attempts', cell: ({ attempts }) => html`<${Attempts} attempts=${attempts} />` },
  { title: 'Next attempt', cell: ({ nextAttemptAt }) => html`<${Moment} at=${nextAttemptAt} />` },
  { title: 'Send again', cell: (delivery) => html`<${Again} ...${{ delivery, space, reload }} />` },
];

function Attempts({ attempts }) {
  if (!attempts.length) return 'none yet';
  return html`
    <details>
      <summary>${attempts.length}, last: ${result(attempts.at(-1))}</summary>
      <ul>${attempts.map((attempt) => html`<li><${Moment} at=${attempt.at} />: ${result(attempt)}</li>`)}</ul>
    </details>`;
}

const result = ({ httpStatus, problem }) => [httpStatus, problem].filter(Boolean).join(' ') || 'no answer';

function Again({ delivery: { id, subject }, space, reload }) {
  const body = { [subject.kind]: subject.guid, id };
  return html`
    <${Asking} small label="Send again" title="Send this again?" test="delivery-replay" done="It is sent again." danger=${false}
      work=${() => post(inSpace(space)`deliveries/replay`, body)} after=${reload}>
      <p>The receiver gets the same event with the same id.</p>
    <//>`;
}
