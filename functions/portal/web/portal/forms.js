// Forms: values, what is wrong with which field, and one submission at a time.

import { html, useRef, useState, told } from './ui.js';

let forms = 0;

/** Whether a refusal's field is the input `name`: the API may name the object around it too, as in `identityProvider.clientId`. */
const concerns = (field, name) =>
  Boolean(field && name && (field === name || field.endsWith(`.${name}`) || name.endsWith(`.${field}`)));

/** The input of the form that a refusal is about. */
const inputOf = (element, error) =>
  error?.field && [...(element.current?.elements ?? [])].find(({ name }) => concerns(error.field, name));

/**
 * The state of a form whose fields have the names in `start`. A refusal of the API that names a field stands beside that field, every
 * other above the button. One submission keeps its Idempotency-Key when it is tried again, until a value changes or it has succeeded.
 */
export function useForm(start) {
  const [values, setValues] = useState(start);
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const [id] = useState(() => `form-${(forms += 1)}`);
  const key = useRef(null);
  const element = useRef(null);
  const set = (name, value) => {
    key.current = null;
    setValues((before) => ({ ...before, [name]: value }));
    setError((before) => (concerns(before?.field, name) ? null : before));
  };
  const submit = (work) => async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(null);
    key.current ??= crypto.randomUUID();
    try {
      await work(values, key.current);
      key.current = null;
    } catch (problem) {
      const refusal = told(problem);
      // Whoever was refused may mend what the refusal is about, elsewhere even: that is another submission.
      if (refusal.code !== 'unreachable' && refusal.code !== 'unavailable') key.current = null;
      setError(refusal);
      // Once it is drawn as wrong.
      setTimeout(() => inputOf(element, refusal)?.focus());
    } finally {
      setBusy(false);
    }
  };
  const reset = (to = start) => {
    key.current = null;
    setError(null);
    setValues(to);
  };
  return { id, values, set, error, busy, submit, reset, element };
}

/** The form itself. `onSubmit` comes from `form.submit(…)`; `actions` stand beside the button. */
export function Form({ form, onSubmit, submit, test, danger, actions, children }) {
  const named = inputOf(form.element, form.error);
  return html`
    <form ref=${form.element} onSubmit=${onSubmit} data-test=${test} novalidate autocomplete="off">
      ${children}
      <${Refusal} error=${named ? null : form.error} />
      <div class="actions">
        <button class=${danger ? 'danger' : 'primary'} data-test=${`${test}-submit`} disabled=${form.busy}>${submit}</button>
        ${actions}
      </div>
    </form>`;
}

/** What went wrong, read out at once. */
export function Refusal({ error }) {
  return html`
    <div role="alert">
      ${error && html`<p class="notice bad" data-test="error" data-code=${error.code}>${error.message}</p>`}
    </div>`;
}

/** What all inputs have: label, hint, and what is wrong. */
function Labelled({ form, name, label, hint, children }) {
  const wrong = concerns(form.error?.field, name) ? form.error.message : null;
  const id = `${form.id}-${name}`;
  const described = [hint && `${id}-hint`, wrong && `${id}-error`].filter(Boolean).join(' ') || undefined;
  return html`
    <div class=${wrong ? 'field wrong' : 'field'}>
      <label for=${id}>${label}</label>
      ${children({ id, name, 'data-test': name, 'aria-describedby': described, 'aria-invalid': wrong ? 'true' : undefined })}
      ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
      ${wrong && html`<p class="problem" id=${`${id}-error`} role="alert" data-test=${`${name}-error`}>${wrong}</p>`}
    </div>`;
}

/** A line of text. */
export function Text({ form, name, label, hint, type = 'text', ...rest }) {
  return html`
    <${Labelled} ...${{ form, name, label, hint }}>
      ${(input) => html`
        <input ...${input} ...${rest} type=${type} value=${form.values[name]} onInput=${typed(form, name)} />`}
    <//>`;
}

/** Several lines of text. */
export function Lines({ form, name, label, hint, rows = 4, ...rest }) {
  return html`
    <${Labelled} ...${{ form, name, label, hint }}>
      ${(input) => html`
        <textarea ...${input} ...${rest} rows=${rows} value=${form.values[name]} onInput=${typed(form, name)}></textarea>`}
    <//>`;
}

/** One of `options`: `[[value, title]]`. */
export function Choice({ form, name, label, hint, options, ...rest }) {
  return html`
    <${Labelled} ...${{ form, name, label, hint }}>
      ${(input) => html`
        <select ...${input} ...${rest} value=${form.values[name]} onChange=${typed(form, name)}>
          ${options.map(([value, title]) => html`
            <option value=${value} selected=${value === form.values[name]}>${title}</option>`)}
        </select>`}
    <//>`;
}

/** Yes or no. */
export function Check({ form, name, label, hint }) {
  const changed = (event) => form.set(name, event.currentTarget.checked);
  const described = hint ? `${form.id}-${name}-hint` : undefined;
  return html`
    <div class="field check">
      <label>
        <input type="checkbox" name=${name} data-test=${name} checked=${form.values[name]} aria-describedby=${described} onChange=${changed} />
        ${label}
      </label>
      ${hint && html`<p class="hint" id=${described}>${hint}</p>`}
    </div>`;
}

const typed = (form, name) => (event) => form.set(name, event.currentTarget.value);
