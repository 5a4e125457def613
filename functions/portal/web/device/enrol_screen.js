// The last step of a bind: what this browser is called, and what protects its strong key.

import { enrol } from './enrol.js';
import { passkeysAvailable } from './passkey_lock.js';
import { SHORTEST, weakness } from './pin_lock.js';
import { ErrorBox, Field, Heading, html, useState, useWork } from './ui.js';

/** `enrolment` is `{link, lookup, auth}`; `onBound(account)`, `onCancel()`. */
export function EnrolScreen({ enrolment, onBound, onCancel }) {
  const { lookup } = enrolment;
  const [name, setName] = useState(browserName());
  const [lock, setLock] = useState('pin');
  const [pin, setPin] = useState('');
  const [again, setAgain] = useState('');
  const [busy, error, run] = useWork();
  const bind = (event) => {
    event.preventDefault();
    run(async () => {
      if (lock === 'pin') checkPin(pin, again);
      onBound(await enrol({ ...enrolment, name: name.trim(), pin: lock === 'pin' ? pin : null }));
    });
  };
  const choice = (value, label, hint) => html`
    <label class="choice">
      <input
        type="radio"
        name="lock"
        data-test=${`lock-${value}`}
        value=${value}
        checked=${lock === value}
        onChange=${() => setLock(value)}
      />
      <span>${label}<span class="hint">${hint}</span></span>
    </label>`;
  return html`
    <main data-screen="enrol">
      <${Heading}>Bind this browser<//>
      <dl class="facts">
        <div><dt>At</dt><dd data-test="enrol-app-space">${lookup.appSpaceName}</dd></div>
        <div><dt>Account</dt><dd data-test="enrol-account">${lookup.accountId}</dd></div>
      </dl>
      <form onSubmit=${bind}>
        <${Field}
          label="Name of this device"
          id="device-name"
          data-test="device-name"
          required
          maxlength="64"
          value=${name}
          onInput=${setName}
        />
        <fieldset>
          <legend>What confirms important answers</legend>
          ${choice('pin', 'A PIN', 'You type it each time.')}
          ${passkeysAvailable() && choice('passkey', 'A passkey', 'Fingerprint, face or PIN of this machine, or a security key.')}
        </fieldset>
        ${lock === 'pin' && html`
          <${Field}
            label="New PIN"
            hint=${`At least ${SHORTEST} digits or letters. It stays in this browser; nobody can tell it to you again.`}
            id="new-pin"
            data-test="new-pin"
            type="password"
            autocomplete="new-password"
            required
            value=${pin}
            onInput=${setPin}
          />
          <${Field}
            label="The same PIN again"
            id="new-pin-again"
            data-test="new-pin-again"
            type="password"
            autocomplete="new-password"
            required
            value=${again}
            onInput=${setAgain}
          />`}
        <${ErrorBox} error=${error} />
        <div class="actions">
          <button type="submit" class="primary" data-test="enrol" disabled=${busy}>${busy ? 'Binding…' : 'Bind'}</button>
          <button type="button" data-test="enrol-cancel" onClick=${onCancel}>Cancel</button>
        </div>
      </form>
    </main>`;
}

function checkPin(pin, again) {
  const message = weakness(pin) ?? (pin === again ? null : 'The two PINs differ.');
  if (message) throw { code: 'weak_pin', message };
}

/** E.g. `Firefox on Linux`; a beginning that can be changed. */
function browserName() {
  const agent = navigator.userAgent;
  const first = (names) => names.find(([sign]) => agent.includes(sign))?.[1];
  const browser = first([['Firefox', 'Firefox'], ['Edg/', 'Edge'], ['Chrome', 'Chrome'], ['Safari', 'Safari']]);
  const machine = first([['Android', 'Android'], ['iPhone', 'iPhone'], ['iPad', 'iPad'], ['Windows', 'Windows'],
    ['Mac OS', 'Mac'], ['Linux', 'Linux']]);
  return machine ? `${browser ?? 'Browser'} on ${machine}` : (browser ?? 'Browser');
}
