// Asks a user by hand, and follows what becomes of it.

import { html, useEffect, useState } from './ui.js';
import { create } from './admin_api.js';
import { inSpace } from './admin_session.js';
import { Outcome, outcomeOf } from './challenge_table.js';
import { Cancel, Opens } from './dialogs.js';
import { Form, Text, useForm } from './forms.js';
import { say } from './live.js';
import { isOpen, useFollowed } from './live_challenges.js';

/** With `accountId` the user is given. `after` once it was sent. */
export function TestChallenge({ space, accountId, after }) {
  return html`
    <${Opens} primary label="Send a test challenge" title="Test challenge" test="test-challenge">
      ${(close) => html`<${Steps} ...${{ space, accountId, after, close }} />`}
    <//>`;
}

function Steps({ space, accountId, after, close }) {
  const [sent, setSent] = useState(null);
  if (sent) return html`<${Followed} ...${{ space, close }} challenge=${sent} />`;
  return html`<${Ask} ...${{ space, accountId, after, close, setSent }} />`;
}

function Ask({ space, accountId, after = () => {}, close, setSent }) {
  const form = useForm({ accountId: accountId ?? '', content: '' });
  const asked = form.submit(async (values, key) => {
    const body = { accountId: values.accountId, content: values.content || undefined };
    setSent((await create(inSpace(space)`challenges/new`, body, key)).body);
    after();
  });
  return html`
    <${Form} form=${form} onSubmit=${asked} submit="Send" test="test-challenge" actions=${html`<${Cancel} close=${close} />`}>
      <${Text} form=${form} name="accountId" label="Account id" hint="Who is asked." readonly=${Boolean(accountId)} spellcheck="false" />
      <${Text} form=${form} name="content" label="Text (optional)" hint="Without one it says that you are testing." />
    <//>`;
}

function Followed({ space, challenge, close }) {
  const followed = useFollowed(space, challenge);
  const open = isOpen(followed);
  useEffect(() => {
    if (!open) say(`The test challenge is ${outcomeOf(followed)}.`);
  }, [open]);
  return html`
    <p>${open ? 'It is on its way to the devices of the user.' : 'This is what became of it.'}</p>
    <p role="status"><${Outcome} challenge=${followed} test="test-challenge-outcome" /></p>
    <div class="actions">
      <button type="button" data-test="test-challenge-close" onClick=${close}>${open ? 'Close; it goes on' : 'Close'}</button>
    </div>`;
}
