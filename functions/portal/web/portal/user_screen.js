// One user: devices, history, challenges, and what can be done.

import { html } from './ui.js';
import { get, patch } from './admin_api.js';
import { inSpace, may } from './admin_session.js';
import { ChallengeTable } from './challenge_table.js';
import { Asking } from './dialogs.js';
import { Title } from './heading.js';
import { Loaded, useLoad } from './load.js';
import { to } from './router.js';
import { Facts, Table } from './table.js';
import { TestChallenge } from './test_challenge.js';
import { Moment } from './times.js';
import { UserDevices } from './user_devices.js';

export function UserScreen({ space, id }) {
  const read = useLoad(async () => {
    const [user, overview] = await Promise.all([get(inSpace(space)`users/${id}`), get(inSpace(space)``)]);
    return { user, idpType: overview.idpType };
  }, [space.guid, id]);
  return html`
    <${Title} of=${space.name} test="user">User<//>
    <p><a href=${to('spaces', space.guid, 'users')}>All users</a></p>
    <${Loaded} of=${read}>${({ user, idpType }) => html`
      <${Known} ...${{ user, space, idpType }} reload=${read.reload} />`}<//>`;
}

function Known({ user, space, idpType, reload }) {
  const { accountId, status, userInfo, guid, identity, devices, history, challenges } = user;
  return html`
    <div class="title">
      <h2 data-test="user-account-id">${accountId}</h2>
      <span class="badge" data-test="user-status" data-state=${status}>${status}</span>
    </div>
    <${Actions} ...${{ user, space, idpType, reload }} />
    <${Facts} facts=${[
      ['GUID', html`<code>${guid}</code>`],
      ['Info', userInfo],
      ['Identity provider', identity && `${identity.provider}: ${identity.subject}`],
      ['Since', html`<${Moment} at=${user.createdAt} />`],
      ['Last active', html`<${Moment} at=${user.lastActiveAt} none="never" />`],
      ['Last success', html`<${Moment} at=${user.lastSucceededAt} none="never" />`],
      ['Last failure', html`<${Moment} at=${user.lastFailedAt} none="never" />`],
    ]} />
    <${UserDevices} ...${{ user, space, devices, reload }} />
    <section>
      <${ChallengeTable} caption="Newest challenges" items=${challenges ?? []} />
    </section>
    <section>
      <${Table} caption="History" test="history" rows=${[...history].reverse()} rowKey=${({ at, change }) => at + change} empty="None."
        columns=${HISTORY} />
    </section>`;
}

const HISTORY = [
  { title: 'When', cell: ({ at }) => html`<${Moment} at=${at} />` },
  { title: 'What', cell: ({ change, from }) => (from ? `${change.replaceAll('_', ' ')}, before: ${from}` : change.replaceAll('_', ' ')) },
  { title: 'By', cell: ({ actor }) => actor ?? '–' },
];

function Actions({ user: { guid, accountId, status }, space, idpType, reload }) {
  const become = (next) => () => patch(inSpace(space)`users/${guid}`, { status: next });
  const manages = may(space, 'manageUsers');
  // Whoever may revoke users but not manage them may do so only where Request Origins bind them.
  const revokes = may(space, 'revokeUsers') && (manages || idpType === 'simple');
  return html`
    <div class="actions">
      ${may(space, 'sendChallenges') && status === 'active' && html`
        <${TestChallenge} ...${{ space, accountId }} after=${reload} />`}
      ${manages && status === 'active' && html`
        <${Asking} label="Suspend" title=${`Suspend ${accountId}?`} test="user-suspend" done="The user is suspended." danger=${false}
          work=${become('suspended')} after=${reload}><p>They can answer nothing until they are restored.</p><//>`}
      ${manages && status === 'suspended' && html`
        <${Asking} label="Restore" title=${`Restore ${accountId}?`} test="user-restore" done="The user is restored." danger=${false}
          work=${become('active')} after=${reload}><p>They can answer again with the devices they have.</p><//>`}
      ${revokes && status !== 'revoked' && html`
        <${Asking} label="Revoke" title=${`Revoke ${accountId}?`} test="user-revoke" done="The user is revoked."
          work=${become('revoked')} after=${reload}>
          <p>This cannot be undone. Their devices are useless then; a later bind makes a new user.</p>
        <//>`}
    </div>`;
}
