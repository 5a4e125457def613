// A one-time link: to join, to get access again, or to add a passkey.

import { html } from './ui.js';
import { post } from './admin_api.js';
import { enter } from './admin_session.js';
import { Form, Text, useForm } from './forms.js';
import { Title } from './heading.js';
import { say } from './live.js';
import { Loaded, useLoad } from './load.js';
import { go, to } from './router.js';
import { Facts } from './table.js';
import { Moment } from './times.js';
import { makePasskey } from './webauthn.js';

/** The token of a link in the address. It leaves the address and the history at once: neither is a place for a secret. */
export function takenToken() {
  const token = /^#invitation=([\w-]+)$/.exec(location.hash)?.[1];
  if (token) history.replaceState(null, '', to());
  return token ?? null;
}

const WORDS = {
  join: ['Join', 'Make a passkey to sign in with from now on.', 'Make a passkey and join'],
  recover: [
    'Get access again',
    'Make a new passkey. Your former passkeys stop working, and all your sessions end.',
    'Make a passkey and sign in',
  ],
  addPasskey: ['Add a passkey', 'Make a passkey on this device. Your other passkeys stay.', 'Make a passkey'],
};

export function InvitationScreen({ token, onDone }) {
  const opened = useLoad(() => post('invitation/options', { token }, { quiet: true }), [token]);
  if (opened.error?.status === 404) return html`<${Over} onDone=${onDone} />`;
  return html`
    <section class="card narrow">
      <${Loaded} of=${opened}>${(invitation) => html`<${Open} ...${{ invitation, token, onDone }} reload=${opened.reload} />`}<//>
    </section>`;
}

function Over({ onDone }) {
  return html`
    <section class="card narrow">
      <${Title} test="invitation-over">This link does not work<//>
      <p>It was used before, or its time is over. Ask for another one.</p>
      <div class="actions"><button type="button" data-test="to-sign-in" onClick=${onDone}>To the sign-in</button></div>
    </section>`;
}

function Open({ invitation: { purpose, administrator, company, expiresAt, publicKey }, token, onDone }) {
  const [title, words, action] = WORDS[purpose] ?? WORDS.join;
  const form = useForm({ passkeyName: '' });
  const accepted = form.submit(async ({ passkeyName }) => {
    const credential = await makePasskey(publicKey);
    const body = { token, credential, passkeyName: passkeyName.trim() || undefined };
    await enter(await post('invitation', body, { quiet: true }));
    say('Your passkey is ready. You are signed in.');
    if (purpose === 'addPasskey') go(to('account'));
    onDone();
  });
  return html`
    <${Title} test="invitation">${title}<//>
    <${Facts} facts=${[
      ['Name', administrator.name, 'invitation-name'],
      ['Company', company.name, 'invitation-company'],
      ['The link works until', html`<${Moment} at=${expiresAt} />`],
    ]} />
    <p>${words}</p>
    <${Form} form=${form} onSubmit=${accepted} submit=${action} test="invitation">
      <${Text} form=${form} name="passkeyName" label="Name of the passkey (optional)" hint="To tell it from others, e.g. the device it is on." maxlength="100" />
    <//>`;
}
