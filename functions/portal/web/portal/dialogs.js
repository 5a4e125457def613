// Questions before something that cannot be undone, and secrets that are shown once.

import { Dialog, html, useRef, useState } from './ui.js';
import { Form, Refusal, useForm } from './forms.js';
import { say } from './live.js';

/** Asks before `work` is done. `danger`: it cannot be undone. */
export function Confirm({ title, children, action, work, onDone, onCancel, danger }) {
  const form = useForm({});
  const done = form.submit(async () => {
    await work();
    onDone();
  });
  const cancel = html`<button type="button" data-test="confirm-cancel" onClick=${onCancel}>Cancel</button>`;
  return html`
    <${Dialog} label=${title} onCancel=${onCancel} data-test="confirm">
      <h2>${title}</h2>
      ${children}
      <${Form} form=${form} onSubmit=${done} submit=${action} test="confirm" danger=${danger} actions=${cancel} />
    <//>`;
}

/** A button that asks, and then does `work`. */
export function Asking({ label, title, children, action = label, work, done, danger = true, small, test, after = () => {} }) {
  const [open, setOpen] = useState(false);
  const finished = async () => {
    setOpen(false);
    if (done) say(done);
    await after();
    // What was asked about may be gone, and its button with it.
    setTimeout(() => document.activeElement === document.body && document.querySelector('h1')?.focus());
  };
  return html`
    <button type="button" class=${[danger && 'danger', small && 'small'].filter(Boolean).join(' ')} data-test=${test} onClick=${() => setOpen(true)}>${label}</button>
    ${open && html`
      <${Confirm} ...${{ title, action, work, danger }} onDone=${finished} onCancel=${() => setOpen(false)}>${children}<//>`}`;
}

/** Shows a secret once. It goes away only when `noted` is acknowledged: Escape does not end it. */
export function Secret({ title, label, value, children, onDone, noted: words = 'I have stored it in a safe place.' }) {
  const [noted, setNoted] = useState(false);
  const stays = () => {};
  const reopened = ({ currentTarget }) => currentTarget.isConnected && currentTarget.showModal();
  return html`
    <${Dialog} label=${title} onCancel=${stays} onClose=${reopened} closedby="none" data-test="secret">
      <h2>${title}</h2>
      ${children}
      <${Copied} label=${label} value=${value} test="secret-value" />
      <p class="notice">This is shown once. It cannot be shown again.</p>
      <div class="field check">
        <label>
          <input type="checkbox" data-test="secret-noted" checked=${noted} onChange=${(event) => setNoted(event.currentTarget.checked)} />
          ${words}
        </label>
      </div>
      <div class="actions">
        <button type="button" class="primary" data-test="secret-done" disabled=${!noted} onClick=${onDone}>Close</button>
      </div>
    <//>`;
}

/** A value with a button that copies it. */
export function Copied({ label, value, test }) {
  const field = useRef(null);
  // Told here: while a dialog is open, the rest of the page is silent.
  const [copied, setCopied] = useState(false);
  const [failed, setFailed] = useState(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setFailed(null);
      setCopied(true);
    } catch {
      field.current.select();
      setFailed({ code: 'not_copied', message: 'The browser did not allow it. The text is selected: copy it by hand.' });
    }
  };
  return html`
    <div class="field">
      <label for=${test}>${label}</label>
      <div class="copied">
        <input id=${test} ref=${field} readonly value=${value} data-test=${test} onFocus=${(event) => event.currentTarget.select()} />
        <button type="button" data-test=${`${test}-copy`} onClick=${copy}>Copy</button>
      </div>
      <p class="hint" role="status">${copied && 'Copied.'}</p>
      <${Refusal} error=${failed} />
    </div>`;
}

/** A button that opens a dialog with a form; `children(close)` draws it. */
export function Opens({ label, title, test, primary, small, children }) {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  return html`
    <button type="button" class=${[primary && 'primary', small && 'small'].filter(Boolean).join(' ')} data-test=${test} onClick=${() => setOpen(true)}>${label}</button>
    ${open && html`
      <${Dialog} label=${title} onCancel=${close} data-test=${`${test}-dialog`}>
        <h2>${title}</h2>
        ${children(close)}
      <//>`}`;
}

/** The button that ends a dialog without a result. */
export const Cancel = ({ close }) => html`<button type="button" data-test="cancel" onClick=${close}>Cancel</button>`;
