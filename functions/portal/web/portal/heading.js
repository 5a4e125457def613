// The heading of a screen.

import { Heading, html, useEffect } from './ui.js';

/** Names the screen in the window's title too; `actions` stand beside it. */
export function Title({ children, of, test, actions }) {
  const text = [children, of, 'Countersign'].flat().filter(Boolean).join(' – ');
  useEffect(() => {
    document.title = text;
  }, [text]);
  return html`
    <div class="title" data-test=${test && `screen-${test}`}>
      <${Heading}>${children}<//>
      ${actions && html`<div class="actions">${actions}</div>`}
    </div>`;
}
