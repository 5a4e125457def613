// Enrolment: from a bind link to a device of this browser.

import { authPair, publicJwk, signed, strongPair, thumbprint } from './keys.js';
import { lockWithPasskey } from './passkey_lock.js';
import { lockWithPin } from './pin_lock.js';
import { CallError, now, send, serviceUrl } from './service.js';
import { addAccount } from './store.js';

const TYP = 'countersign-enrolment+jwt';

/** Asks what a link is for, which does not use it up: `{nonce, appSpaceName, accountId, …}`. */
export async function lookUp(link) {
  const body = JSON.stringify({ token: link.token });
  const found = await send('POST', '/device/v1/enrolments/lookup', () => ({ body }));
  if (found.appSpaceGuid !== link.appSpaceGuid || found.privakeyId !== link.privakeyId) {
    throw new CallError(0, { error: 'bad_link', message: 'The link is for another account than it says.' });
  }
  return found;
}

/**
 * Makes this browser a device: `name` is its name, `pin` locks its strong key; without one a passkey does. `auth` is the pair that a
 * login began with, if one did.
 */
export async function enrol({ link, lookup, name, pin, auth = null }) {
  const pairs = { auth: auth ?? (await authPair()), strong: await strongPair() };
  const [authKey, strongKey] = await Promise.all([publicJwk(pairs.auth), publicJwk(pairs.strong)]);
  const thumbprints = { auth: await thumbprint(authKey), strong: await thumbprint(strongKey) };
  const label = `${lookup.accountId} at ${lookup.appSpaceName}`;
  const lock = pin
    ? await lockWithPin(pairs.strong.privateKey, thumbprints.strong, pin)
    : await lockWithPasskey(pairs.strong.privateKey, thumbprints.strong, label);

  const make = async (seconds) => {
    const claims = {
      nonce: lookup.nonce,
      aud: serviceUrl,
      authKey: thumbprints.auth,
      strongKey: thumbprints.strong,
      iat: seconds,
    };
    const [authProof, strongProof] = await Promise.all(
      [pairs.auth, pairs.strong].map((pair) => signed(pair.privateKey, TYP, null, claims)),
    );
    const device = { token: link.token, name, platform: 'other', authKey, strongKey, authProof, strongProof };
    return { body: JSON.stringify(device) };
  };
  const made = await sendAgain('POST', '/device/v1/devices', make);
  const account = {
    deviceGuid: made.deviceGuid,
    privakeyId: made.privakeyId,
    appSpaceGuid: made.appSpaceGuid,
    appSpaceName: made.appSpaceName,
    accountId: lookup.accountId,
    authKey: pairs.auth.privateKey,
    strongThumbprint: thumbprints.strong,
    lock,
    owed: 0,
    addedAt: now(),
  };
  await addAccount(account);
  return account;
}

/** Where the answer is lost, the same keys get it a second time. */
async function sendAgain(method, path, make) {
  try {
    return await send(method, path, make);
  } catch (problem) {
    if (problem.code !== 'unreachable') throw problem;
    return send(method, path, make);
  }
}
