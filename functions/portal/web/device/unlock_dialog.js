// Asks for the PIN that releases the strong key.

import { strongKey } from './strong_key.js';
import { Dialog, ErrorBox, Field, html, useState, useWork } from './ui.js';

/** `onKey(key)` once the PIN is right, `onRevoked()` once no attempt is left, `onCancel()`. */
export function UnlockDialog({ account, title, onKey, onRevoked, onCancel }) {
  const [pin, setPin] = useState('');
  const [left, setLeft] = useState(null);
  const [busy, error, run] = useWork();
  const unlock = (event) => {
    event.preventDefault();
    run(async () => {
      try {
        const key = await strongKey(account, pin);
        onKey(key);
      } catch (problem) {
        setPin('');
        if (problem.revoked) return onRevoked();
        setLeft(problem.attemptsLeft ?? left);
        throw problem;
      }
    });
  };
  return html`
    <${Dialog} label="Confirm with your PIN" data-test="unlock" onCancel=${onCancel}>
      <form onSubmit=${unlock}>
        <h2>${title}</h2>
        <p class="quiet">${account.accountId} at ${account.appSpaceName}</p>
        <${Field}
          label="PIN"
          id="pin"
          data-test="pin"
          type="password"
          autocomplete="off"
          required
          autofocus
          value=${pin}
          onInput=${setPin}
        />
        <${ErrorBox} error=${error} />
        ${left !== null && html`
          <p class="quiet" data-test="pin-attempts" data-left=${left}>
            ${left} ${left === 1 ? 'attempt' : 'attempts'} left. After that this browser is no longer a device of the account.
          </p>`}
        <div class="actions">
          <button type="submit" class="primary" data-test="unlock-ok" disabled=${busy}>${busy ? 'Checking…' : 'Confirm'}</button>
          <button type="button" data-test="unlock-cancel" onClick=${onCancel}>Cancel</button>
        </div>
      </form>
    <//>`;
}

/** Asks before something that cannot be taken back. */
export function ConfirmDialog({ title, text, action, test, onYes, onCancel }) {
  return html`
    <${Dialog} label=${title} onCancel=${onCancel}>
      <h2>${title}</h2>
      <p>${text}</p>
      <div class="actions">
        <button type="button" class="danger" data-test=${test} onClick=${onYes}>${action}</button>
        <button type="button" data-test="confirm-cancel" onClick=${onCancel}>Cancel</button>
      </div>
    <//>`;
}
