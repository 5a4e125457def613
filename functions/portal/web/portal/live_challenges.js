// The challenges of an App Space, newest first, as they change.

import { useCallback, useEffect, useRef, useState, told } from './ui.js';
import { get } from './admin_api.js';
import { inSpace } from './admin_session.js';
import { usePolling } from './load.js';

const EVERY = 3000;

const OPEN = ['claimable', 'pending'];

/** Whether somebody may still answer. */
export const isOpen = ({ status }) => OPEN.includes(status);

/** `{ data, error, reload, next, more, busy }` of the newest `limit`, and of older ones that were asked for. */
export function useLiveChallenges(space, limit = 25) {
  const [state, setState] = useState({ data: undefined, error: null, next: null, busy: false });
  const at = useRef(null);
  const list = inSpace(space)`challenges`;
  const failed = (problem) => setState((before) => ({ ...before, error: told(problem), busy: false }));
  const first = useCallback(async () => {
    try {
      const page = await get(list, { limit });
      at.current = page.at;
      setState({ data: page.items, error: null, next: page.next, busy: false });
    } catch (problem) {
      failed(problem);
    }
  }, [list, limit]);
  useEffect(() => {
    first();
  }, [first]);
  const more = async () => {
    setState((before) => ({ ...before, busy: true }));
    try {
      const page = await get(list, { limit, cursor: state.next });
      setState(({ data }) => ({ data: merged(data, page.items), error: null, next: page.next, busy: false }));
    } catch (problem) {
      failed(problem);
    }
  };
  usePolling(async () => {
    try {
      const { items, at: now } = await since(list, oldestOpen(state.data) ?? at.current);
      at.current = now;
      setState((before) => ({ ...before, data: merged(before.data, items) }));
    } catch {
      // The next turn may succeed; what is shown stays true until then.
    }
  }, EVERY, state.data !== undefined);
  return { ...state, reload: first, more };
}

/** Follows one challenge until nobody may answer it any more. */
export function useFollowed(space, challenge) {
  const [followed, setFollowed] = useState(challenge);
  usePolling(async () => {
    try {
      const { items } = await since(inSpace(space)`challenges`, challenge.createdAt);
      const found = items.find(({ guid }) => guid === challenge.guid);
      if (found) setFollowed(found);
    } catch {
      // As above.
    }
  }, EVERY, isOpen(followed));
  return followed;
}

/** Everything since `moment`; a page is not always all of it. */
async function since(list, moment) {
  const items = [];
  let page = { next: undefined };
  do {
    page = await get(list, { since: moment, cursor: page.next, limit: 100 });
    items.push(...page.items);
  } while (page.next);
  return { items, at: page.at };
}

const oldestOpen = (items) => items?.filter(isOpen).at(-1)?.createdAt;

/** `newer` in place of what they are newer versions of, newest first. */
function merged(items, newer) {
  const all = new Map(items.map((item) => [item.guid, item]));
  for (const item of newer) all.set(item.guid, item);
  return [...all.values()].sort((a, b) => b.createdAt.localeCompare(a.createdAt) || b.guid.localeCompare(a.guid));
}
