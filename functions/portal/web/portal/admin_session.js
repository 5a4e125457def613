// Who is signed in, to which company, and what they may do where. What the roles allow, the API says.

import { useEffect, useState } from './ui.js';
import { get, onSessionOver, path, remove } from './admin_api.js';

/**
 * `phase`: `unknown` until the API was asked, then `out` or `in`; `notice` is what the sign-in says when a session is over.
 * `session` and `company` are the API's.
 */
let state = { phase: 'unknown', session: null, company: null, notice: null };
const listeners = new Set();

function become(change) {
  state = { ...state, ...change };
  for (const listener of listeners) listener(state);
}

/** The state, redrawn when it changes. */
export function useSession() {
  const [seen, setSeen] = useState(state);
  useEffect(() => {
    listeners.add(setSeen);
    setSeen(state);
    return () => listeners.delete(setSeen);
  }, []);
  return seen;
}

onSessionOver(() => {
  if (state.phase === 'in') out('Your session is over. Sign in again to go on where you were.');
});

/** Finds out whether the browser has a session. */
export async function begin() {
  try {
    await enter(await get('session', undefined));
  } catch (problem) {
    if (problem.status !== 401) throw problem;
    become({ phase: 'out' });
  }
}

/** A session has begun, or changed. */
export async function enter(session) {
  const company = await get(path`companies/${session.company.guid}`);
  become({ phase: 'in', session, company, notice: null });
}

/** Reads again what may have changed: names, roles, App Spaces. */
export async function refresh() {
  await enter(await get('session'));
}

/** Ends this session, or all of the administrator's. */
export async function signOut({ everywhere = false } = {}) {
  await remove('session', { everywhere: everywhere || undefined });
  out(everywhere ? 'You are signed out everywhere.' : 'You are signed out.');
}

function out(notice) {
  become({ phase: 'out', session: null, company: null, notice });
}

/** Where the API has the company: `` inCompany`administrators/${guid}` ``. */
export const inCompany = (texts, ...values) =>
  path`companies/${state.company.guid}/` + path(texts, ...values);

/** Where it has an App Space: `inSpace(space)` gives a tag like `inCompany`. */
export const inSpace = (space) => (texts, ...values) =>
  inCompany`appSpaces/${space.guid}` + (texts[0] || values.length ? `/${path(texts, ...values)}` : '');

/** Whether a company or an App Space, as the API gave it, allows the caller this. */
export const may = (place, permission) => place.permissions.includes(permission);
