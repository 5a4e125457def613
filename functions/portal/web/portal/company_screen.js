// The company: its App Spaces, and its name.

import { html } from './ui.js';
import { patch, path } from './admin_api.js';
import { may, refresh } from './admin_session.js';
import { Cancel, Opens } from './dialogs.js';
import { Form, Text, useForm } from './forms.js';
import { Title } from './heading.js';
import { say } from './live.js';
import { to } from './router.js';
import { Facts, Table } from './table.js';
import { Day } from './times.js';

export function CompanyScreen({ company }) {
  const actions = html`
    ${may(company, 'manageCompany') && html`
      <${Opens} label="Rename" title="Rename the company" test="company-rename">
        ${(close) => html`<${Rename} ...${{ company, close }} />`}
      <//>`}
    ${may(company, 'manageAppSpaces') && html`
      <a class="button primary" href=${to('company', 'new')} data-test="app-space-new">New App Space</a>`}`;
  return html`
    <${Title} test="company" actions=${actions}>${company.name}<//>
    <${Table} caption="App Spaces" test="app-space" rows=${company.appSpaces} rowKey=${({ guid }) => guid}
      rowData=${({ guid }) => ({ 'data-guid': guid })} empty="There is no App Space yet." columns=${COLUMNS} />
    <${Facts} facts=${[
      ['Company GUID', html`<code>${company.guid}</code>`, 'company-guid'],
      ['Since', html`<${Day} at=${company.createdAt} />`],
    ]} />`;
}

const COLUMNS = [
  { title: 'Name', cell: ({ guid, name }) => html`<a href=${to('spaces', guid)} data-test="app-space-open">${name}</a>` },
  { title: 'GUID', cell: ({ guid }) => html`<code>${guid}</code>` },
  { title: 'Your roles', cell: ({ roles }) => roles.join(', ') },
];

function Rename({ company, close }) {
  const form = useForm({ name: company.name });
  const renamed = form.submit(async ({ name }) => {
    await patch(path`companies/${company.guid}`, { name });
    await refresh();
    say('The company is renamed.');
    close();
  });
  return html`
    <${Form} form=${form} onSubmit=${renamed} submit="Rename" test="company-rename" actions=${html`<${Cancel} close=${close} />`}>
      <${Text} form=${form} name="name" label="Name" maxlength="100" required />
    <//>`;
}
