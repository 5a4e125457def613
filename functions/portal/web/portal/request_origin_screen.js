// One Request Origin: its name, its keys, where it may be called back.

import { html } from './ui.js';
import { get, patch, remove } from './admin_api.js';
import { inSpace } from './admin_session.js';
import { Asking, Cancel, Opens } from './dialogs.js';
import { Form, Text, useForm } from './forms.js';
import { Title } from './heading.js';
import { say } from './live.js';
import { Loaded, useLoad } from './load.js';
import { AccessKeys } from './origin_access_keys.js';
import { Callbacks } from './origin_callbacks.js';
import { OriginKeys } from './origin_keys.js';
import { Activity } from './request_origins_screen.js';
import { go, to } from './router.js';
import { Facts } from './table.js';
import { Day } from './times.js';

export function RequestOriginScreen({ space, id }) {
  const read = useLoad(() => find(space, id), [space.guid, id]);
  return html`
    <${Title} of=${space.name} test="request-origin">Request Origin<//>
    <p><a href=${to('spaces', space.guid, 'request-origins')}>All Request Origins</a></p>
    <${Loaded} of=${read}>${(origin) => html`<${Known} ...${{ origin, space }} reload=${read.reload} />`}<//>`;
}

/** There is no call for one alone: an App Space has few. */
async function find(space, id) {
  let cursor;
  do {
    const { items, next } = await get(inSpace(space)`requestOrigins`, { limit: 100, cursor });
    const found = items.find(({ guid }) => guid === id);
    if (found) return found;
    cursor = next;
  } while (cursor);
  throw Object.assign(new Error('There is no such Request Origin.'), { code: 'not_found' });
}

function Known({ origin, space, reload }) {
  const { guid, name, createdAt, active } = origin;
  const gone = () => go(to('spaces', space.guid, 'request-origins'), { replace: true });
  const where = inSpace(space);
  return html`
    <div class="title">
      <h2 data-test="request-origin-name">${name}</h2>
      <${Activity} origin=${origin} />
    </div>
    <div class="actions">
      <${Opens} label="Rename" title="Rename the Request Origin" test="request-origin-rename">
        ${(close) => html`<${Rename} ...${{ origin, where, close, reload }} />`}
      <//>
      ${!active && html`
        <${Asking} label="Remove" title=${`Remove ${name}?`} test="request-origin-remove" done=${`${name} is removed.`}
          work=${() => remove(where`requestOrigins/${guid}`)} after=${gone}>
          <p>This cannot be undone. Results that wait to be delivered to it are dropped.</p>
        <//>`}
    </div>
    <${Facts} facts=${[
      ['GUID', html`<code>${guid}</code>`, 'request-origin-guid'],
      ['Since', html`<${Day} at=${createdAt} />`],
    ]} />
    <${OriginKeys} ...${{ origin, where, reload }} />
    <${Callbacks} ...${{ origin, where, reload }} />
    <${AccessKeys} ...${{ origin, where, reload }} />`;
}

function Rename({ origin, where, close, reload }) {
  const form = useForm({ name: origin.name });
  const renamed = form.submit(async ({ name }) => {
    await patch(where`requestOrigins/${origin.guid}`, { name });
    say('The Request Origin is renamed.');
    close();
    await reload();
  });
  return html`
    <${Form} form=${form} onSubmit=${renamed} submit="Rename" test="request-origin-rename" actions=${html`<${Cancel} close=${close} />`}>
      <${Text} form=${form} name="name" label="Name" maxlength="100" required />
    <//>`;
}
