// The access keys of a Request Origin: bearer tokens of the Cloud API.

import { html, useState } from './ui.js';
import { post, remove } from './admin_api.js';
import { Asking, Cancel, Opens, Secret } from './dialogs.js';
import { Form, Text, useForm } from './forms.js';
import { Table } from './table.js';
import { Moment } from './times.js';

export function AccessKeys({ origin, where, reload }) {
  const { guid, accessKeys, active } = origin;
  const [shown, setShown] = useState(null);
  const done = async () => {
    setShown(null);
    await reload();
  };
  return html`
    <section class="card">
      <h2>Access keys</h2>
      <p>The Cloud API takes them as bearer tokens.</p>
      <${Table} caption="Access keys" test="access-key" rows=${accessKeys} rowKey=${({ id }) => id} columns=${columnsFor(guid, where, reload)} empty="None." />
      ${active && html`
        <div class="actions">
          <${Opens} label="New access key" title="New access key" test="access-key-new">
            ${(close) => html`<${Make} ...${{ guid, where, close, setShown }} />`}
          <//>
        </div>`}
      ${shown && html`<${Secret} title="The access key" label="Access key" value=${shown} onDone=${done} />`}
    </section>`;
}

const columnsFor = (guid, where, reload) => [
  { title: 'Id', cell: ({ id }) => html`<code>${id}</code>` },
  { title: 'Made', cell: ({ createdAt }) => html`<${Moment} at=${createdAt} />` },
  { title: 'Works until', cell: ({ expiresAt }) => html`<${Moment} at=${expiresAt} none="it is revoked" />` },
  {
    title: 'Revoke',
    cell: ({ id }) => html`
      <${Asking} small label="Revoke" title="Revoke the access key?" test="access-key-revoke" done="The access key is revoked."
        work=${() => remove(where`requestOrigins/${guid}/accessKeys/${id}`)} after=${reload}>
        <p>Calls with it are refused at once.</p>
      <//>`,
  },
];

function Make({ guid, where, close, setShown }) {
  const form = useForm({ expiresAt: '' });
  const made = form.submit(async ({ expiresAt }, key) => {
    const body = { expiresAt: expiresAt ? new Date(expiresAt).toISOString() : undefined };
    const { accessKey } = await post(where`requestOrigins/${guid}/accessKeys/new`, body, { key });
    close();
    setShown(accessKey);
  });
  return html`
    <${Form} form=${form} onSubmit=${made} submit="Make it" test="access-key-new" actions=${html`<${Cancel} close=${close} />`}>
      <${Text} form=${form} name="expiresAt" type="datetime-local" label="Works until (optional)" />
    <//>`;
}
