// The whitelist of a Request Origin: where results may be sent, and the domains of its passkeys.

import { html } from './ui.js';
import { post, remove } from './admin_api.js';
import { Asking, Cancel, Opens } from './dialogs.js';
import { Choice, Form, Text, useForm } from './forms.js';
import { say } from './live.js';
import { Table } from './table.js';

const TYPES = [['result', 'results of challenges'], ['webauthn', 'a domain of passkeys']];

export function Callbacks({ origin, where, reload }) {
  const { guid, callbacks } = origin;
  const columns = [
    { title: 'Address', cell: ({ callbackUrl }) => html`<code>${callbackUrl}</code>` },
    { title: 'For', cell: ({ type }) => TYPES.find(([known]) => known === type)?.[1] ?? type },
    {
      title: 'Remove',
      cell: ({ callbackUrl, type }) => html`
        <${Asking} small label="Remove" title=${`Remove ${callbackUrl}?`} test="callback-remove" done="The callback is removed."
          work=${() => remove(where`requestOrigins/${guid}/callbacks`, { callbackUrl, type })} after=${reload}>
          <p>Challenges that name it are refused from now on.</p>
        <//>`,
    },
  ];
  return html`
    <section class="card">
      <h2>Callbacks</h2>
      <${Table} caption="Whitelist" test="callback" rows=${callbacks} rowKey=${({ callbackUrl, type }) => `${type} ${callbackUrl}`}
        columns=${columns} empty="None." />
      <div class="actions">
        <${Opens} label="Add a callback" title="Add a callback" test="callback-new">
          ${(close) => html`<${Add} ...${{ guid, where, close, reload }} />`}
        <//>
      </div>
    </section>`;
}

function Add({ guid, where, close, reload }) {
  const form = useForm({ callbackUrl: '', type: 'result' });
  const added = form.submit(async (values, key) => {
    const { callbackUrl } = await post(where`requestOrigins/${guid}/callbacks/new`, values, { key });
    say(`The callback ${callbackUrl} is added.`);
    close();
    await reload();
  });
  const hint = form.values.type === 'webauthn'
    ? 'A domain, e.g. login.bank.example.'
    : 'Without the scheme; {*} stands for one part of the path: host/api/{*}/callback.';
  return html`
    <${Form} form=${form} onSubmit=${added} submit="Add" test="callback-new" actions=${html`<${Cancel} close=${close} />`}>
      <${Choice} form=${form} name="type" label="For" options=${TYPES} />
      <${Text} form=${form} name="callbackUrl" label="Address" hint=${hint} spellcheck="false" required />
    <//>`;
}
