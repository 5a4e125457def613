// One's own account: passkeys and sessions.

import { html, useState, useWork } from './ui.js';
import { path, post, remove } from './admin_api.js';
import { refresh, signOut, useSession } from './admin_session.js';
import { Asking, Secret } from './dialogs.js';
import { Refusal } from './forms.js';
import { grantText } from './grants.js';
import { Title } from './heading.js';
import { Facts, Table } from './table.js';
import { Day, Moment } from './times.js';

export function AccountScreen() {
  const { session, company } = useSession();
  const [busy, error, run] = useWork();
  const [link, setLink] = useState(null);
  const { administrator } = session;
  const addPasskey = () => run(async () => setLink((await post('passkeys', {})).link));
  const linkDone = async () => {
    setLink(null);
    await refresh();
  };
  const leave = (everywhere) => () => run(() => signOut({ everywhere }));
  return html`
    <${Title} test="account">Your account<//>
    <${Facts} facts=${[
      ['Name', administrator.name, 'account-name'],
      ['Roles', administrator.grants.map((grant) => grantText(grant, company)).join(', '), 'account-roles'],
      ['Signed in', html`<${Moment} at=${session.beganAt} />`],
      ['This session ends, when nothing more is done', html`<${Moment} at=${session.endsAt} />`],
    ]} />
    <section class="card">
      <h2>Passkeys</h2>
      <${Table} caption="Your passkeys" test="passkey" rows=${administrator.passkeys} rowKey=${({ id }) => id} empty="None."
        columns=${passkeyColumns(administrator.passkeys.length)} />
      <div class="actions">
        <button type="button" data-test="passkey-add" disabled=${busy} onClick=${addPasskey}>Add a passkey</button>
      </div>
    </section>
    <section class="card">
      <h2>Sign out</h2>
      <${Refusal} error=${error} />
      <div class="actions">
        <button type="button" data-test="sign-out" disabled=${busy} onClick=${leave(false)}>Sign out</button>
        <button type="button" data-test="sign-out-everywhere" disabled=${busy} onClick=${leave(true)}>Sign out everywhere</button>
      </div>
    </section>
    ${link && html`
      <${Secret} title="Add a passkey" label="Link" value=${link} noted="I have opened it or noted it." onDone=${linkDone}>
        <p>Open this link on the device that is to have the passkey, within ten minutes. It works once.</p>
        <p><a href=${link} data-test="passkey-here">Add a passkey on this device</a></p>
      <//>`}`;
}

const passkeyColumns = (count) => [
  { title: 'Name', cell: ({ name, current }) => html`${name}${current && html` <span class="badge">this session</span>`}` },
  { title: 'Made', cell: ({ createdAt }) => html`<${Day} at=${createdAt} />` },
  { title: 'Last used', cell: ({ usedAt }) => html`<${Day} at=${usedAt} none="never" />` },
  {
    title: 'Remove',
    cell: ({ id, name }) => (count < 2 ? 'The only one stays.' : html`
      <${Asking} small label="Remove" title=${`Remove the passkey ${name}?`} test="passkey-remove" done="The passkey is removed."
        work=${() => remove(path`passkeys/${id}`)} after=${refresh}>
        <p>It no longer signs you in. Sessions that began with it end.</p>
      <//>`),
  },
];
