// What both applications draw with: rendering, and the few parts that every screen has.

import { html, render, useCallback, useEffect, useLayoutEffect, useRef, useState } from './rendering.js';

export { html, render, useCallback, useEffect, useLayoutEffect, useRef, useState };

/** A labelled input: `label`, `hint`, and everything else for the input itself. */
export function Field({ label, hint, id, multiline, onInput, ...rest }) {
  const described = hint ? `${id}-hint` : undefined;
  const changed = (event) => onInput(event.currentTarget.value);
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      ${multiline
        ? html`<textarea id=${id} rows="4" aria-describedby=${described} onInput=${changed} ...${rest}></textarea>`
        : html`<input id=${id} aria-describedby=${described} onInput=${changed} ...${rest} />`}
      ${hint && html`<p class="hint" id=${described}>${hint}</p>`}
    </div>`;
}

/** What went wrong, for people; read out at once. `error` has `code` and `message`. */
export function ErrorBox({ error }) {
  return html`
    <div role="alert">
      ${error && html`<p class="notice bad" data-test="error" data-code=${error.code}>${error.message}</p>`}
    </div>`;
}

/** A modal dialog, open as long as it is drawn. `onCancel` also when Escape is pressed. */
export function Dialog({ label, onCancel, children, ...rest }) {
  const dialog = useRef(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element.showModal();
    return () => {
      if (element.open) element.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const cancelled = (event) => {
    event.preventDefault();
    onCancel();
  };
  // A browser may close it without asking: Chromium does when Escape is pressed again.
  const closed = ({ currentTarget }) => currentTarget.isConnected && onCancel();
  return html`<dialog ref=${dialog} aria-label=${label} onCancel=${cancelled} onClose=${closed} ...${rest}>${children}</dialog>`;
}

/** The heading of a screen. It takes the focus, so that a screen reader says where one is and Tab goes on from there. */
export function Heading({ children, quiet }) {
  const heading = useRef(null);
  useEffect(() => {
    if (!quiet) heading.current.focus();
  }, []);
  return html`<h1 tabindex="-1" ref=${heading}>${children}</h1>`;
}

/** Runs one thing at a time: `[busy, error, run, setError]`. `run(work)` catches what `work` throws. */
export function useWork() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(null);
  const run = async (work) => {
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (problem) {
      setError(told(problem));
    } finally {
      setBusy(false);
    }
  };
  return [busy, error, run, setError];
}

/** Code and sentence of anything that was thrown. */
export function told(problem) {
  const { code, message } = problem ?? {};
  if (typeof code === 'string') return { ...problem, code, message };
  console.error(problem);
  return { code: 'defect', message: 'Something went wrong on this page. Load it again.' };
}
