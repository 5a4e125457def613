// Who administers the company, or an App Space.

import { html, useState } from './ui.js';
import { create, patch, post, remove } from './admin_api.js';
import { inCompany, may, useSession } from './admin_session.js';
import { Asking, Cancel, Opens, Secret } from './dialogs.js';
import { Form, Text, useForm } from './forms.js';
import { givable, GrantFields, grantText } from './grants.js';
import { Title } from './heading.js';
import { say } from './live.js';
import { Loaded } from './load.js';
import { More, usePages } from './pages.js';
import { Table } from './table.js';
import { Day } from './times.js';

export function AdministratorsScreen({ company, space }) {
  const { session } = useSession();
  const pages = usePages(inCompany`administrators`, { appSpace: space?.guid });
  const [link, setLink] = useState(null);
  const offered = givable(company, space);
  const invite = offered.length > 0 && html`
    <${Opens} label="Invite" title="Invite an administrator" test="administrator-invite" primary>
      ${(close) => html`<${Invite} ...${{ company, offered, close, setLink }} reload=${pages.reload} />`}
    <//>`;
  const columns = columnsFor({ company, space, offered, setLink, reload: pages.reload, self: session.administrator.guid });
  return html`
    <${Title} of=${(space ?? company).name} test="administrators" actions=${invite}>Administrators<//>
    <${Loaded} of=${pages}>${(items) => html`
      <${Table} caption="Administrators" test="administrator" rows=${items} rowKey=${({ guid }) => guid} columns=${columns}
        rowData=${({ guid, state }) => ({ 'data-guid': guid, 'data-state': state })} empty="Nobody." />
      <${More} pages=${pages} />`}<//>
    ${link && html`
      <${Secret} title=${link.title} label="Link" value=${link.url} noted="I have passed it on." onDone=${() => setLink(null)}>
        <p>Send this link to ${link.name} by a way you trust. It works once, for 24 hours.</p>
      <//>`}`;
}

const columnsFor = ({ company, offered, setLink, reload, self }) => [
  { title: 'Name', cell: ({ name, guid }) => html`${name}${guid === self && html` <span class="badge">you</span>`}` },
  { title: 'Roles', cell: ({ grants }) => grants.map((grant) => grantText(grant, company)).join(', ') || 'none' },
  { title: 'State', cell: ({ state }) => html`<span class="badge" data-state=${state}>${state}</span>` },
  { title: 'Last sign-in', cell: ({ signedInAt }) => html`<${Day} at=${signedInAt} none="never" />` },
  ...(offered.length ? [{
    title: 'Actions',
    cell: (administrator) => html`<${Actions} ...${{ administrator, company, offered, setLink, reload }} />`,
  }] : []),
];

function Actions({ administrator, company, offered, setLink, reload }) {
  const { guid, name } = administrator;
  const all = may(company, 'manageAdministrators');
  const recover = async () => {
    const { link } = await post(inCompany`administrators/${guid}/recovery`, {});
    setLink({ title: 'The recovery link', name, url: link });
  };
  return html`
    <div class="actions">
      <${Opens} small label="Change" title=${`Change ${name}`} test="administrator-change">
        ${(close) => html`<${Change} ...${{ administrator, company, offered, reload, close }} />`}
      <//>
      ${all && html`
        <${Asking} small label="Recovery link" title=${`Make a recovery link for ${name}?`} action="Make the link" test="administrator-recover"
          danger=${false} work=${recover}>
          <p>Whoever follows it gets access as ${name}. Their former passkeys and sessions end then.</p>
        <//>`}
      <${Asking} small label="Remove" title=${`Remove ${name}?`} test="administrator-remove" done=${`${name} is removed.`}
        work=${() => remove(inCompany`administrators/${guid}`)} after=${reload}>
        <p>${all ? 'They lose all access at once.' : 'They lose the role of User Support here at once.'}</p>
      <//>
    </div>`;
}

function Invite({ company, offered, close, setLink, reload }) {
  const form = useForm({ name: '', grants: offered.length === 1 ? offered : [] });
  const invited = form.submit(async ({ name, grants }, key) => {
    const { body } = await create(inCompany`administrators/new`, { name, grants }, key);
    close();
    setLink({ title: 'The invitation', name, url: body.link });
    await reload();
  });
  return html`
    <${Form} form=${form} onSubmit=${invited} submit="Invite" test="invite" actions=${html`<${Cancel} close=${close} />`}>
      <${Text} form=${form} name="name" label="Name" maxlength="100" required />
      <${GrantFields} ...${{ form, offered, company }} />
    <//>`;
}

/** Grants that the caller may not give are not shown and stay as they are. */
function Change({ administrator: { guid, name, grants }, company, offered, reload, close }) {
  const all = may(company, 'manageAdministrators');
  const form = useForm({ name, grants });
  const changed = form.submit(async (values) => {
    await patch(inCompany`administrators/${guid}`, all ? values : { grants: values.grants });
    say(`${values.name} is changed.`);
    close();
    await reload();
  });
  // In an App Space a Company Admin also sees, and keeps, roles of other App Spaces.
  const choices = all ? givable(company) : offered;
  return html`
    <${Form} form=${form} onSubmit=${changed} submit="Save" test="administrator-change" actions=${html`<${Cancel} close=${close} />`}>
      ${all && html`<${Text} form=${form} name="name" label="Name" maxlength="100" required />`}
      <${GrantFields} form=${form} company=${company} offered=${choices} />
    <//>`;
}
