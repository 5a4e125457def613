// The strong key of an account: released by its person, for one signature.

import { reportStrongFailure } from './device_calls.js';
import { unlockWithPasskey } from './passkey_lock.js';
import { unlockWithPin } from './pin_lock.js';
import { changeAccount } from './store.js';

/** The PIN was wrong. `attemptsLeft` of 0: the device is revoked. */
export class WrongPin extends Error {
  constructor({ attemptsLeft, deviceStatus }) {
    super('Wrong PIN.');
    this.code = 'wrong_pin';
    this.attemptsLeft = attemptsLeft;
    this.revoked = deviceStatus === 'revoked';
  }
}

/** Whether the person must type a PIN. */
export const needsPin = (account) => account.lock.kind === 'pin';

/** The strong private key. Throws WrongPin; what the service cannot be told of is not tried. */
export function strongKey(account, pin) {
  if (!needsPin(account)) return unlockWithPasskey(account.lock, account.strongThumbprint);
  // One try at a time, over all tabs, so that each is counted once.
  return navigator.locks.request(`strong-${account.deviceGuid}`, () => tryPin(account, pin));
}

async function tryPin(account, pin) {
  const { deviceGuid, lock, strongThumbprint } = account;
  // A failure is owed before it happens: nobody gets more tries by closing the page or by taking the network away.
  await settle(deviceGuid, account);
  await owe(deviceGuid, 1);
  const key = await unlockWithPin(lock, strongThumbprint, pin);
  if (key) {
    await owe(deviceGuid, -1);
    return key;
  }
  throw new WrongPin(await settle(deviceGuid, account));
}

const owe = (deviceGuid, more) =>
  changeAccount(deviceGuid, (account) => ({ ...account, owed: Math.max(0, (account.owed ?? 0) + more) }));

/** Reports all failures that the service does not know of yet. Gives what it said to the last. */
async function settle(deviceGuid, account) {
  let told = null;
  let { owed } = (await owe(deviceGuid, 0)) ?? {};
  while (owed > 0) {
    told = await reportStrongFailure(account);
    ({ owed } = (await owe(deviceGuid, -1)) ?? {});
    if (told.deviceStatus === 'revoked') {
      await changeAccount(deviceGuid, endedAccount);
      throw new WrongPin(told);
    }
  }
  return told;
}

/** What is left of an account whose device is revoked: its names, to be shown, and no key. */
export function endedAccount({ deviceGuid, privakeyId, appSpaceGuid, appSpaceName, accountId, addedAt }) {
  return { deviceGuid, privakeyId, appSpaceGuid, appSpaceName, accountId, addedAt, ended: true };
}
