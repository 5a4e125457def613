// An account of this browser: how it stands, its name, its end.

import { deviceStatus, removeDevice, rename } from './device_calls.js';
import { removeAccount } from './store.js';
import { ConfirmDialog } from './unlock_dialog.js';
import { ErrorBox, Field, Heading, html, useEffect, useState, useWork } from './ui.js';

/** All accounts: `onOpen(account)`. */
export function AccountsScreen({ accounts, onOpen }) {
  return html`
    <main data-screen="accounts">
      <${Heading}>Accounts<//>
      <ul class="cards">
        ${accounts.map(
          (account) => html`
            <li key=${account.deviceGuid}>
              <button
                type="button"
                class="card"
                data-test="account-open"
                data-account=${account.deviceGuid}
                onClick=${() => onOpen(account)}
              >
                <span class="from">${account.appSpaceName}</span>
                <span class="line">${account.accountId}</span>
                ${account.ended && html`<span class="quiet">No longer bound</span>`}
              </button>
            </li>`,
        )}
      </ul>
    </main>`;
}

/** `onGone()` once the account is no more in this browser, `onBack()`. */
export function AccountScreen({ account, onGone, onBack }) {
  const [status, setStatus] = useState(null);
  const [name, setName] = useState('');
  const [saved, setSaved] = useState(false);
  const [removing, setRemoving] = useState(false);
  const [busy, error, run] = useWork();
  const show = (told) => {
    setStatus(told);
    setName(told.name);
  };
  useEffect(() => {
    if (!account.ended) run(async () => show(await deviceStatus(account)));
  }, []);
  const save = (event) => {
    event.preventDefault();
    setSaved(false);
    run(async () => {
      show(await rename(account, name.trim()));
      setSaved(true);
    });
  };
  const forget = async () => {
    await removeAccount(account.deviceGuid);
    onGone();
  };
  const remove = () => {
    setRemoving(false);
    run(async () => {
      await removeDevice(account);
      await forget();
    });
  };
  // The service knows it no more, or cannot be asked: the browser may forget it all the same.
  const useless = account.ended || error?.code === 'unauthorized' || error?.code === 'unreachable';
  return html`
    <main data-screen="account">
      <button type="button" class="plain" data-test="back" onClick=${onBack}>Back</button>
      <${Heading}>${account.accountId}<//>
      <dl class="facts">
        <div><dt>At</dt><dd data-test="account-app-space">${status?.appSpaceName ?? account.appSpaceName}</dd></div>
        <div><dt>Account</dt><dd data-test="account-id">${status?.accountId ?? account.accountId}</dd></div>
        ${status && html`
          <div>
            <dt>Status</dt>
            <dd data-test="account-status" data-status=${status.accountStatus} data-device=${status.status}>
              ${STATUS[status.accountStatus] ?? status.accountStatus}
            </dd>
          </div>
          <div><dt>Bound</dt><dd>${new Date(status.createdAt).toLocaleString()}</dd></div>
          <div><dt>Confirmed by</dt><dd>${account.lock.kind === 'pin' ? 'PIN' : 'passkey'}</dd></div>
          <div><dt>Wrong PINs allowed</dt><dd data-test="attempts-left">${status.strongAttemptsLeft}</dd></div>`}
      </dl>
      <${ErrorBox} error=${error} />
      ${status && html`
        <form onSubmit=${save}>
          <${Field}
            label="Name of this device"
            id="rename"
            data-test="rename"
            required
            maxlength="64"
            value=${name}
            onInput=${setName}
          />
          <button type="submit" data-test="rename-save" disabled=${busy}>Save the name</button>
          <span role="status" class="quiet">${saved ? ' Saved.' : ''}</span>
        </form>`}
      <section>
        ${useless
          ? html`
              <p>${account.ended ? 'This browser is no longer a device of the account.' : 'The service does not answer for this device.'}</p>
              <button type="button" class="danger" data-test="forget" onClick=${forget}>Remove it from this browser</button>`
          : html`
              <button type="button" class="danger" data-test="remove" disabled=${busy} onClick=${() => setRemoving(true)}>
                Remove this device
              </button>`}
      </section>
      ${removing && html`
        <${ConfirmDialog}
          title="Remove this device?"
          text="Its keys are deleted and the service takes no more answers from it. To use the account here again, it must be bound anew."
          action="Remove"
          test="confirm-remove"
          onYes=${remove}
          onCancel=${() => setRemoving(false)}
        />`}
    </main>`;
}

const STATUS = { active: 'Active', suspended: 'Suspended: requests cannot be answered', revoked: 'Revoked for ever' };
