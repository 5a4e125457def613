// Challenges: listed, fetched, claimed, answered. What is signed must be what is shown, so each is checked before anything of it is.

import { canonical } from './canonical.js';
import { call } from './device_calls.js';
import { base64url, sha256, utf8 } from './encoding.js';
import { signed } from './keys.js';
import { CallError } from './service.js';

const PATH = '/device/v1/challenges';

const notGenuine = (why) =>
  new CallError(0, { error: 'not_genuine', message: `A request was not shown, because it is not genuine: ${why}.` });

/** The challenge with its document read: `{guid, status, digest, nonce, expiresAt, shown}`. Throws where it contradicts itself. */
async function checked(account, { guid, status, document, digest, nonce, expiresAt }) {
  const computed = base64url(await sha256(utf8(document)));
  if (computed !== digest) throw notGenuine('its digest is of another document');
  const shown = parsed(document);
  // A text with a name twice, or in another order, could be read in two ways.
  if (!shown || canonical(shown) !== document) throw notGenuine('its document is not canonical');
  if (shown.challenge !== guid) throw notGenuine('its document is of another request');
  if (shown.appSpace !== account.appSpaceGuid) throw notGenuine('it is of another App Space');
  const buttons = Array.isArray(shown.buttons) && shown.buttons.every(({ title }) => typeof title === 'string');
  if (!buttons) throw notGenuine('its answers cannot be read');
  return { guid, status, digest: computed, nonce, expiresAt: Date.parse(expiresAt), shown };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The open challenges, oldest first, and what was wrong with those that are left out. */
export async function listChallenges(account) {
  const { challenges } = await call(account, 'GET', PATH);
  const settled = await Promise.allSettled(challenges.map((one) => checked(account, one)));
  return {
    open: settled.filter((one) => one.status === 'fulfilled').map((one) => one.value),
    wrong: settled.filter((one) => one.status === 'rejected').map((one) => one.reason),
  };
}

/** One challenge, also when it is decided. The service records that it was fetched. */
export async function fetchChallenge(account, guid) {
  const challenge = await checked(account, await call(account, 'GET', `${PATH}/${guid}`));
  if (challenge.guid !== guid) throw notGenuine('another request was asked for');
  return challenge;
}

/** Takes up the challenge of a claim link. */
export async function claimChallenge(account, claimToken) {
  return checked(account, await call(account, 'POST', '/device/v1/claims', () => ({ claimToken })));
}

/** Whether the answer with this button must carry the matching code. */
export function needsCode({ showCode, buttons }, index) {
  return showCode && (buttons[index].strongAuth || !buttons.some((button) => button.strongAuth));
}

/**
 * Answers with `key`, a private key. `answer` is a button's index or `'decline'`, then with a `declineReason`. Gives
 * `{guid, status, receipt}`.
 */
export async function answerChallenge(account, challenge, key, { answer, declineReason, code }) {
  const path = `${PATH}/${challenge.guid}/answer`;
  let jws;
  const make = async (seconds) => {
    const claims = {
      challenge: challenge.guid,
      digest: challenge.digest,
      answer,
      ...(declineReason && { declineReason }),
      ...(code && { code }),
      nonce: challenge.nonce,
      iat: seconds,
    };
    jws = await signed(key, 'countersign-answer+jwt', account.deviceGuid, claims);
    return { answer: jws };
  };
  try {
    return await call(account, 'POST', path, make);
  } catch (problem) {
    if (problem.code !== 'unreachable' || !jws) throw problem;
    // It may have arrived. The very same JWS then gets the answer that was lost; another one would be late.
    return call(account, 'POST', path, () => ({ answer: jws }));
  }
}
