// What is signed along with what is asked. It is not for everybody, so that it is folded away.

import { Json } from './content.js';
import { html } from './ui.js';

/** `shown` is the document, `digest` its SHA-256 in base64url. */
export function SignedDetails({ shown, digest }) {
  const { transactionId, additionalInfo, askedAt, challenge } = shown;
  const rows = [
    ['Asked', new Date(askedAt).toLocaleString()],
    ['Transaction', transactionId],
    ['More for the app', additionalInfo],
    ['Request', challenge],
    ['SHA-256 of all that is signed', digest],
  ];
  return html`
    <details>
      <summary>All that is signed</summary>
      <dl>
        ${rows
          .filter(([, value]) => value !== undefined)
          .map(([name, value]) => html`<div><dt>${name}</dt><dd><${Json} value=${value} /></dd></div>`)}
      </dl>
    </details>`;
}
