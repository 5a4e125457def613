// The devices of a user.

import { html } from './ui.js';
import { remove } from './admin_api.js';
import { inSpace, may } from './admin_session.js';
import { Asking } from './dialogs.js';
import { Table } from './table.js';
import { Day } from './times.js';

const KINDS = {
  native: 'device', uaf: 'FIDO UAF', fido2: 'FIDO2', authenticatorV1: 'authenticator v1', authenticatorV2: 'authenticator v2',
};

const REVOKERS = {
  requestOrigin: 'a Request Origin', device: 'itself', strongFailures: 'too many wrong PINs', user: 'the user',
  bank: 'the bank', administrator: 'an administrator',
};

export function UserDevices({ user, space, devices, reload }) {
  const revokes = may(space, 'revokeDevices');
  const columns = [
    { title: 'Device', cell: ({ name }) => name || 'without a name' },
    { title: 'Kind', cell: ({ kind, platform }) => [KINDS[kind] ?? kind, platform !== 'other' && platform].filter(Boolean).join(', ') },
    { title: 'State', cell: state },
    { title: 'Pushes', cell: ({ push }) => push },
    { title: 'Since', cell: ({ createdAt }) => html`<${Day} at=${createdAt} />` },
    ...(revokes ? [{ title: 'Actions', cell: (device) => html`<${Revoke} ...${{ user, space, device, reload }} />` }] : []),
  ];
  return html`
    <section>
      <${Table} caption="Devices" test="device" rows=${devices} rowKey=${({ guid }) => guid} columns=${columns} empty="No devices."
        rowData=${({ guid, status }) => ({ 'data-guid': guid, 'data-status': status })} />
    </section>`;
}

function state({ status, revokedAt, revokedBy }) {
  return html`
    <span class="badge" data-state=${status}>${status}</span>
    ${revokedAt && html` <span class="hint"><${Day} at=${revokedAt} />, by ${REVOKERS[revokedBy] ?? revokedBy}</span>`}`;
}

function Revoke({ user, space, device: { guid, name, status }, reload }) {
  if (status !== 'active') return '–';
  return html`
    <${Asking} small label="Revoke" title=${`Revoke the device ${name}?`} test="device-revoke" done="The device is revoked."
      work=${() => remove(inSpace(space)`users/${user.guid}/devices/${guid}`)} after=${reload}>
      <p>This cannot be undone. Its keys are useless then; it must bind again.</p>
    <//>`;
}
