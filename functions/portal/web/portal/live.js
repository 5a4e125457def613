// What just happened, for eyes and screen readers: one message at a time at the foot of the page.

import { html, useEffect, useState } from './ui.js';

const SHOWN_FOR = 8000;

let listener = () => {};

/** Tells `text` in the page's live region. */
export const say = (text) => listener({ text });

/** The live region. It stands on the page from the start: only then do screen readers watch it. */
export function Live() {
  const [said, setSaid] = useState({ text: '' });
  useEffect(() => {
    listener = setSaid;
    return () => {
      listener = () => {};
    };
  }, []);
  useEffect(() => {
    if (!said.text) return undefined;
    const timer = setTimeout(() => setSaid({ text: '' }), SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [said]);
  return html`<div class="live" role="status" data-test="live">${said.text && html`<p>${said.text}</p>`}</div>`;
}
