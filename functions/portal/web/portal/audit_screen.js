// The audit trail of the company, or of an App Space: search, export, verification.

import { html, useState } from './ui.js';
import { inCompany } from './admin_session.js';
import { AuditTools } from './audit_tools.js';
import { Text, useForm } from './forms.js';
import { Title } from './heading.js';
import { Loaded } from './load.js';
import { More, usePages } from './pages.js';
import { Facts, Table } from './table.js';
import { Moment } from './times.js';

const NOTHING = { from: '', to: '', event: '', subject: '', user: '', actor: '', text: '' };

export function AuditScreen({ company, space }) {
  const form = useForm(NOTHING);
  const [asked, setAsked] = useState(NOTHING);
  const query = { ...asked, appSpace: space?.guid };
  const pages = usePages(inCompany`audit`, query);
  const search = form.submit(async (values) => {
    setAsked({ ...values, from: moment(values.from), to: moment(values.to) });
  });
  return html`
    <${Title} of=${(space ?? company).name} test="audit">Audit trail<//>
    <form class="filters" role="search" ref=${form.element} onSubmit=${search} data-test="audit-search">
      <${Text} form=${form} name="from" type="datetime-local" label="From" />
      <${Text} form=${form} name="to" type="datetime-local" label="To" />
      <${Text} form=${form} name="event" label="Event begins with" placeholder="user." spellcheck="false" />
      <${Text} form=${form} name="text" label="Text" spellcheck="false" />
      <${Text} form=${form} name="subject" label="Subject" spellcheck="false" />
      ${space && html`<${Text} form=${form} name="user" label="User (GUID)" spellcheck="false" />`}
      <${Text} form=${form} name="actor" label="Actor" spellcheck="false" />
      <button class="primary" data-test="audit-search-submit">Search</button>
    </form>
    <${AuditTools} query=${query} />
    <${Loaded} of=${pages}>${(items) => html`
      <${Table} caption="Entries, newest first" test="audit-entry" rows=${items} rowKey=${({ id }) => id}
        rowData=${({ event, seq }) => ({ 'data-event': event, 'data-seq': seq })} columns=${COLUMNS}
        empty=${pages.next ? 'None so far; there is more to look through.' : 'No entries in the time that was asked for.'} />
      <${More} pages=${pages} />`}<//>`;
}

/** The local time of an input as RFC 3339. */
const moment = (text) => (text ? new Date(text).toISOString() : '');

const COLUMNS = [
  { title: 'When', cell: ({ at }) => html`<${Moment} at=${at} />` },
  { title: 'Event', cell: ({ event }) => event },
  { title: 'Actor', cell: ({ actor }) => html`<span class="break">${actor ?? '–'}</span>` },
  { title: 'Detail', cell: ({ detail }) => detail ?? '–' },
  { title: 'Entry', cell: (entry) => html`<${Entry} entry=${entry} />` },
];

function Entry({ entry: { seq, id, subject, user, channel, previous, hash } }) {
  return html`
    <details>
      <summary>No. ${seq}</summary>
      <${Facts} facts=${[
        ['Subject', subject], ['User', user], ['Channel', channel], ['Id', id], ['Hash before', previous], ['Hash', hash],
      ].map(([name, value]) => [name, value && html`<code>${value}</code>`])} />
    </details>`;
}
