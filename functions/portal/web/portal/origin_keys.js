// The key by which a Request Origin proves itself, and the secret that signs what is sent to it.

import { html, useState } from './ui.js';
import { post, remove } from './admin_api.js';
import { Asking, Cancel, Opens, Secret } from './dialogs.js';
import { Choice, Form, useForm } from './forms.js';

const TYPES = [
  ['hmac', 'HMAC: each call is signed'],
  ['basic', 'Basic: the key is sent with each call'],
];

export function OriginKeys({ origin, where, reload }) {
  const { guid, active, keyType } = origin;
  const [shown, setShown] = useState(null);
  const made = async (type, idempotency) =>
    (await post(where`requestOrigins/${guid}/keyManagement`, { keyType: type }, { key: idempotency })).key;
  const done = async () => {
    setShown(null);
    await reload();
  };
  return html`
    <section class="card">
      <h2>Key</h2>
      <p>${active ? `It proves itself with a key of type ${keyType}.` : 'It has no key: its calls are refused.'}</p>
      <div class="actions">
        <${Opens} primary=${!active} label=${active ? 'Generate a new key' : 'Generate a key'} title="Generate a key" test="key-generate">
          ${(close) => html`<${Generate} ...${{ origin, made, close, setShown }} />`}
        <//>
        ${active && html`
          <${Asking} label="Revoke the key" title="Revoke the key?" action="Revoke" test="key-revoke" done="The key is revoked."
            work=${() => remove(where`requestOrigins/${guid}/keyManagement`)} after=${reload}>
            <p>Its calls are refused at once, and its access keys with them. Nothing is deleted.</p>
          <//>`}
        <${Asking} label="New webhook secret" title="Make a new webhook secret?" action="Make it" test="webhook-secret" danger=${false}
          work=${async () => setShown({ title: 'The webhook secret', key: await made('webhook') })}>
          <p>What is sent to it from now on is signed with the new secret.</p>
        <//>
      </div>
      ${shown && html`
        <${Secret} title=${shown.title} label="Key" value=${shown.key} onDone=${done}>
          <p>For the Request Origin <code>${guid}</code>.</p>
        <//>`}
    </section>`;
}

function Generate({ origin: { active, keyType }, made, close, setShown }) {
  const form = useForm({ keyType: keyType ?? 'hmac' });
  const submitted = form.submit(async (values, key) => {
    const generated = await made(values.keyType, key);
    close();
    setShown({ title: 'The key', key: generated });
  });
  return html`
    <${Form} form=${form} onSubmit=${submitted} submit="Generate" test="key-generate" actions=${html`<${Cancel} close=${close} />`}>
      ${active && html`<p class="notice">The key that it has now stops working at once.</p>`}
      <${Choice} form=${form} name="keyType" label="Type" options=${TYPES} />
    <//>`;
}
