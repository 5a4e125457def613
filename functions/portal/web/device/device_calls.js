// Calls of a bound device: each with a proof by its auth key, in the style of DPoP (RFC 9449).

import { base64url, randomBytes, sha256, utf8 } from './encoding.js';
import { signed } from './keys.js';
import { send, serviceUrl } from './service.js';

/** Calls as `account`. `make(seconds)` gives the body as an object; without it there is none. */
export function call(account, method, path, make) {
  return send(method, path, async (seconds) => {
    const body = make && JSON.stringify(await make(seconds));
    return { body, proof: await proof(account, method, path, body ?? '', seconds) };
  });
}

async function proof({ deviceGuid, privakeyId, authKey }, method, path, body, seconds) {
  const claims = {
    sub: privakeyId,
    htm: method,
    htu: serviceUrl + path,
    iat: seconds,
    jti: base64url(randomBytes(16)),
    bh: base64url(await sha256(utf8(body))),
  };
  return signed(authKey, 'countersign-proof+jwt', deviceGuid, claims);
}

/** What the service knows of the device; also when its user is suspended. */
export const deviceStatus = (account) => call(account, 'GET', '/device/v1/device');

/** A new name: 1 to 64 characters. */
export const rename = (account, name) => call(account, 'PATCH', '/device/v1/device', () => ({ name }));

/** Revokes the device for ever. */
export const removeDevice = (account) => call(account, 'DELETE', '/device/v1/device');

/** Reports a wrong PIN: `{attemptsLeft, deviceStatus}`. */
export const reportStrongFailure = (account) => call(account, 'POST', '/device/v1/strong-failures', () => ({}));

/** Reports what the person saw. It decides nothing, so that nobody waits for it. */
export function reportViewed(account, challengeGuid, durationMillis) {
  const event = { type: 'REQUEST_VIEWED', challengeGuid, durationMillis: Math.round(durationMillis) };
  call(account, 'POST', '/device/v1/telemetry', () => ({ events: [event] })).catch(() => {});
}
