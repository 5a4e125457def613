// Sign in with a passkey.

import { ErrorBox, html, useWork } from './ui.js';
import { post } from './admin_api.js';
import { enter } from './admin_session.js';
import { Title } from './heading.js';
import { hasPasskeys, usePasskey } from './webauthn.js';

export function SignInScreen({ notice }) {
  const [busy, error, run] = useWork();
  const signIn = () => run(async () => {
    const { publicKey } = await post('session/options', {}, { quiet: true });
    const credential = await usePasskey(publicKey);
    await enter(await post('session', { credential }, { quiet: true }));
  });
  return html`
    <section class="card narrow">
      <${Title} test="sign-in">Sign in<//>
      <div role="status">${notice && html`<p class="notice" data-test="notice">${notice}</p>`}</div>
      ${hasPasskeys()
        ? html`<p>Administrators sign in with a passkey: with the fingerprint, face or PIN of this device, or a security key.</p>`
        : html`<p class="notice bad">This browser has no passkeys at this address. They need https, or the name localhost.</p>`}
      <${ErrorBox} error=${error && explained(error)} />
      <div class="actions">
        <button type="button" class="primary" data-test="sign-in" disabled=${busy} onClick=${signIn}>Sign in with a passkey</button>
      </div>
      <p class="hint">No passkey any more? Another administrator can make you a recovery link.</p>
    </section>`;
}

/** Whether an administrator exists is not told, so the words must fit every case. */
function explained(error) {
  if (error.status !== 401) return error;
  return { ...error, message: 'This passkey is not accepted here. It may have been removed, or belong to another service.' };
}
