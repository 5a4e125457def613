// The Request Origins of an App Space.

import { html } from './ui.js';
import { create } from './admin_api.js';
import { inSpace } from './admin_session.js';
import { Cancel, Opens } from './dialogs.js';
import { Form, Text, useForm } from './forms.js';
import { Title } from './heading.js';
import { say } from './live.js';
import { Loaded } from './load.js';
import { More, usePages } from './pages.js';
import { go, to } from './router.js';
import { Table } from './table.js';
import { Day, number } from './times.js';

export function RequestOriginsScreen({ space }) {
  const pages = usePages(inSpace(space)`requestOrigins`, {});
  const make = html`
    <${Opens} primary label="New Request Origin" title="New Request Origin" test="request-origin-new">
      ${(close) => html`<${Make} ...${{ space, close }} />`}
    <//>`;
  return html`
    <${Title} of=${space.name} test="request-origins" actions=${make}>Request Origins<//>
    <${Loaded} of=${pages}>${(items) => html`
      <${Table} caption="Request Origins" test="request-origin" rows=${items} rowKey=${({ guid }) => guid} columns=${columnsFor(space)}
        rowData=${({ guid }) => ({ 'data-guid': guid })} empty="There is no Request Origin yet: no backend can ask anything." />
      <${More} pages=${pages} />`}<//>`;
}

const columnsFor = (space) => [
  {
    title: 'Name',
    cell: ({ guid, name }) => html`<a href=${to('spaces', space.guid, 'request-origins', guid)} data-test="request-origin-open">${name}</a>`,
  },
  { title: 'State', cell: (origin) => html`<${Activity} origin=${origin} />` },
  { title: 'Callbacks', numeric: true, cell: ({ callbacks }) => number(callbacks.length) },
  { title: 'Access keys', numeric: true, cell: ({ accessKeys }) => number(accessKeys.length) },
  { title: 'Since', cell: ({ createdAt }) => html`<${Day} at=${createdAt} />` },
];

/** Active with what kind of key, or without one. */
export function Activity({ origin: { active, keyType } }) {
  const state = active ? 'active' : 'inactive';
  return html`
    <span class="badge" data-state=${state} data-test="request-origin-state">
      ${active ? `active, ${keyType} key` : 'no key'}
    </span>`;
}

function Make({ space, close }) {
  const form = useForm({ name: '' });
  const made = form.submit(async ({ name }, key) => {
    const { id } = await create(inSpace(space)`requestOrigins/new`, { name }, key);
    say(`The Request Origin ${name} is made. It needs a key.`);
    close();
    go(to('spaces', space.guid, 'request-origins', id));
  });
  return html`
    <${Form} form=${form} onSubmit=${made} submit="Make it" test="request-origin-new" actions=${html`<${Cancel} close=${close} />`}>
      <${Text} form=${form} name="name" label="Name" hint="Of the backend." maxlength="100" required />
    <//>`;
}
