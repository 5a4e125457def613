// Where a link leads: to a bind, to a request, or back from a login.

import { claimChallenge } from './challenge.js';
import { lookUp } from './enrol.js';
import { readLink } from './link.js';
import { CallError } from './service.js';
import { loginOf, removeLogin } from './store.js';

const refused = (code, message) => new CallError(0, { error: code, message });

/**
 * Follows the link `text`: `{screen, …}` is what is to be shown. `accounts` are those of this browser. Throws what went wrong.
 */
export async function follow(text, accounts) {
  const link = readLink(text);
  switch (link.kind) {
    case 'bind':
      return bind(link, accounts);
    case 'claim':
      return claim(link, accounts);
    case 'failed': {
      await removeLogin(link.appSpaceGuid);
      throw refused(link.error, `The login came to nothing: ${link.description || link.error}.`);
    }
    default:
      return { screen: 'add', appSpaceGuid: link.appSpaceGuid };
  }
}

async function bind(link, accounts) {
  const login = await loginOf(link.appSpaceGuid);
  if (login) await removeLogin(link.appSpaceGuid);
  // To log in again was all that was wanted, unless somebody else did.
  const same = accounts.find(({ deviceGuid }) => deviceGuid === login?.again);
  if (same && same.privakeyId === link.privakeyId) return { screen: 'inbox', news: 'You are logged in again.' };
  const lookup = await lookUp(link);
  return { screen: 'enrol', enrolment: { link, lookup, auth: login?.pair } };
}

/** The link does not say whose App Space it is of: the accounts are tried in turn, and only one of the right one finds it. */
async function claim(link, accounts) {
  let problem = refused('no_account', 'Bind this browser to an account first.');
  for (const account of accounts.filter(({ ended }) => !ended)) {
    try {
      const challenge = await claimChallenge(account, link.token);
      return { screen: 'challenge', challenge: { ...challenge, account } };
    } catch (failed) {
      problem = failed;
      if (failed.code !== 'not_found') break;
    }
  }
  throw problem;
}
