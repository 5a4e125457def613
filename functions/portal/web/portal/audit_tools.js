// Exports of the audit trail, and the verification of its chain.

import { html, useState, useWork } from './ui.js';
import { get, getText } from './admin_api.js';
import { inCompany } from './admin_session.js';
import { Refusal } from './forms.js';
import { say } from './live.js';
import { number } from './times.js';

const MEDIA = { csv: 'text/csv', jsonl: 'application/jsonl' };

/** `query`: what was searched for. */
export function AuditTools({ query }) {
  const [busy, error, run] = useWork();
  const [told, setTold] = useState(null);
  const exported = (format) => () => run(async () => {
    const text = await everything(format, query, (count) => setTold({ text: `Exporting: ${count} parts so far…` }));
    save(text, `audit-trail.${format}`, MEDIA[format]);
    setTold(null);
    say('The export is saved by the browser.');
  });
  const verify = () => run(async () => setTold(await verified(query.appSpace, setTold)));
  return html`
    <div class="actions">
      <button type="button" data-test="audit-csv" disabled=${busy} onClick=${exported('csv')}>Export CSV</button>
      <button type="button" data-test="audit-jsonl" disabled=${busy} onClick=${exported('jsonl')}>Export JSON lines</button>
      <button type="button" data-test="audit-verify" disabled=${busy} onClick=${verify}>Verify the chain</button>
    </div>
    <div role="status" class="told">
      ${told && html`<p class=${`notice ${told.kind ?? ''}`} data-test="audit-told" data-kind=${told.kind}>${told.text}</p>`}
    </div>
    <${Refusal} error=${error} />`;
}

/** All parts of an export; each CSV part has the header line, which is wanted once. */
async function everything(format, query, progress) {
  const parts = [];
  let cursor;
  do {
    const { text, next } = await getText(inCompany`audit`, { ...query, format, cursor });
    parts.push(format === 'csv' && parts.length ? withoutHeader(text) : text);
    cursor = next;
    if (cursor) progress(parts.length);
  } while (cursor);
  return parts.join('');
}

const withoutHeader = (text) => text.slice(text.indexOf('\n') + 1);

function save(text, name, type) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Goes through the whole chain; the API checks a part per call. */
async function verified(appSpace, progress) {
  let checked = 0;
  let part = { next: undefined };
  do {
    part = await get(inCompany`audit/chain`, { appSpace, cursor: part.next });
    checked += part.checked;
    if (part.broken) {
      return { kind: 'bad', text: `The chain is broken at entry ${part.broken.seq}: ${part.broken.problem}. ${number(checked)} entries were checked.` };
    }
    if (part.next) progress({ text: `Verifying: ${number(checked)} entries so far…` });
  } while (part.next);
  if (!part.valid || !part.complete) return { kind: 'bad', text: 'The chain does not end where the service says that it ends.' };
  if (!checked) return { kind: 'good', text: 'There is no entry yet.' };
  return { kind: 'good', text: `The chain is whole: ${number(checked)} entries. The last has the hash ${part.hash}.` };
}
