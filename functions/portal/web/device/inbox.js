// The inboxes of all accounts, asked for every few seconds while somebody looks.

import { listChallenges } from './challenge.js';
import { useCallback, useEffect, useRef, useState } from './ui.js';

const EVERY = 3_000;
const LONGEST = 30_000;

/** What the service's refusals say of an account. */
const PROBLEMS = { unauthorized: 'revoked', user_not_active: 'suspended', unreachable: 'unreachable' };

/**
 * `{challenges, problems, wrong, refresh}`: open challenges of all accounts, each with its `account`; by `deviceGuid`, what is the matter
 * with an account; requests that were not genuine. `onNew(challenge)` is called for each that was not there before.
 */
export function useInbox(accounts, onNew) {
  const [inboxes, setInboxes] = useState({});
  const known = useRef(new Set());
  const latest = useRef();
  latest.current = { accounts, onNew };

  const ask = useCallback(async (account) => {
    const { deviceGuid } = account;
    const inbox = await inboxOf(account);
    for (const challenge of inbox.open) {
      if (!known.current.has(challenge.guid)) latest.current.onNew({ ...challenge, account });
      known.current.add(challenge.guid);
    }
    setInboxes((all) => {
      // What cannot be asked for now is still there, as far as anybody knows.
      const open = inbox.problem === 'unreachable' ? (all[deviceGuid]?.open ?? []) : inbox.open;
      return { ...all, [deviceGuid]: { ...inbox, open } };
    });
    return inbox.wait;
  }, []);

  const refresh = useCallback(async (some = latest.current.accounts) => {
    const waits = await Promise.all(some.filter(({ ended }) => !ended).map(ask));
    return Math.max(EVERY, ...waits);
  }, []);

  useEffect(() => {
    let timer;
    let failures = 0;
    let stopped = false;
    const turn = async () => {
      clearTimeout(timer);
      if (document.hidden) return;
      const wait = await refresh();
      failures = wait > EVERY ? failures + 1 : 0;
      clearTimeout(timer);
      if (!stopped) timer = setTimeout(turn, Math.min(LONGEST, Math.max(wait, EVERY * 2 ** failures)));
    };
    turn();
    document.addEventListener('visibilitychange', turn);
    return () => {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', turn);
    };
  }, [accounts.map(({ deviceGuid }) => deviceGuid).join()]);

  const of = (account) => inboxes[account.deviceGuid] ?? { open: [], wrong: [] };
  const challenges = accounts.flatMap((account) => of(account).open.map((one) => ({ ...one, account })));
  const problems = Object.fromEntries(
    accounts.map((account) => [account.deviceGuid, account.ended ? 'revoked' : of(account).problem]),
  );
  const wrong = accounts.flatMap((account) => of(account).wrong);
  challenges.sort((one, other) => one.expiresAt - other.expiresAt);
  return { challenges, problems, wrong, refresh };
}

/** The inbox of one account: `{open, wrong, problem, wait}`; `wait` is how long not to ask again, in milliseconds. */
async function inboxOf(account) {
  try {
    const { open, wrong } = await listChallenges(account);
    return { open, wrong, wait: 0 };
  } catch (problem) {
    const wait = (problem.retryAfter ?? 0) * 1000 || EVERY + 1;
    return { open: [], wrong: [], problem: PROBLEMS[problem.code] ?? 'unreachable', wait };
  }
}
