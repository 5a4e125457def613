// A form of settings: fields that only some may change.

import { html } from './ui.js';
import { patch } from './admin_api.js';
import { inSpace } from './admin_session.js';
import { Form } from './forms.js';

/** `body(values)` is what the App Space's `PATCH` takes. */
export function SettingsForm({ form, space, changes, saved, test, body, children }) {
  const save = form.submit(async (values) => {
    await patch(inSpace(space)``, body(values));
    await saved();
  });
  return html`<${Changing} ...${{ form, changes, test }} onSubmit=${save}>${children}<//>`;
}

/** Likewise, where another call takes it. */
export function Changing({ form, changes, test, onSubmit, submit = 'Save', children }) {
  if (!changes) return html`<fieldset disabled data-test=${test}>${children}</fieldset>`;
  return html`<${Form} ...${{ form, onSubmit, submit, test }}>${children}<//>`;
}

/** Lines of a text field as a list, and back. */
export const linesOf = (text) => text.split('\n').map((line) => line.trim()).filter(Boolean);
export const textOf = (lines) => (lines ?? []).join('\n');
