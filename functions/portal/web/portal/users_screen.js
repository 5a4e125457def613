// The users of an App Space.

import { html, useState } from './ui.js';
import { inSpace } from './admin_session.js';
import { Choice, Text, useForm } from './forms.js';
import { Title } from './heading.js';
import { Loaded } from './load.js';
import { More, usePages } from './pages.js';
import { to } from './router.js';
import { Table } from './table.js';
import { Day } from './times.js';

const STATES = [['', 'any'], ['active', 'active'], ['suspended', 'suspended'], ['revoked', 'revoked']];
const WINDOWS = [['', 'any time'], ['1', '1 day'], ['7', '7 days'], ['30', '30 days'], ['90', '90 days'], ['365', 'a year']];

export function UsersScreen({ space }) {
  const form = useForm({ search: '', state: '', activeWithin: '' });
  const [query, setQuery] = useState(form.values);
  const pages = usePages(inSpace(space)`users`, query);
  const search = form.submit(async (values) => setQuery(values));
  return html`
    <${Title} of=${space.name} test="users">Users<//>
    <form class="filters" role="search" ref=${form.element} onSubmit=${search} data-test="user-search">
      <${Text} form=${form} name="search" type="search" label="Account id begins with" spellcheck="false" />
      <${Choice} form=${form} name="state" label="State" options=${STATES} />
      <${Choice} form=${form} name="activeWithin" label="Active within" options=${WINDOWS} />
      <button class="primary" data-test="user-search-submit">Search</button>
    </form>
    <${Loaded} of=${pages}>${(items) => html`
      <div role="status" class="unseen">${items.length} users shown</div>
      <${Table} caption="Users" test="user" rows=${items} rowKey=${({ guid }) => guid} empty=${pages.next ? 'None so far.' : 'No users.'}
        rowData=${({ guid, status }) => ({ 'data-guid': guid, 'data-status': status })} columns=${columnsFor(space)} />
      <${More} pages=${pages} />`}<//>`;
}

const columnsFor = (space) => [
  {
    title: 'Account id',
    cell: ({ guid, accountId }) => html`<a href=${to('spaces', space.guid, 'users', guid)} data-test="user-open">${accountId}</a>`,
  },
  { title: 'State', cell: ({ status }) => html`<span class="badge" data-state=${status}>${status}</span>` },
  { title: 'Since', cell: ({ createdAt }) => html`<${Day} at=${createdAt} />` },
  { title: 'Last active', cell: ({ lastActiveAt }) => html`<${Day} at=${lastActiveAt} none="never" />` },
];
