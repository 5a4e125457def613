// Calls of the service that served this page, and its time.

const UNREACHABLE = 'The service cannot be reached. Check the connection and try again.';

/** A call that was refused, or that could not be made: `code` is the service's word, or `unreachable`. */
export class CallError extends Error {
  constructor(status, body) {
    super(body.message ?? UNREACHABLE);
    this.status = status;
    this.code = body.error ?? 'unreachable';
    this.attemptsLeft = body.attemptsLeft;
    this.serverTime = body.serverTime;
    this.retryAfter = body.retryAfter;
  }
}

/** How far this machine's clock is behind the service's, in milliseconds. Learned when the service says that it is off. */
let behind = 0;

/** The service's time, in milliseconds since the epoch. */
export const now = () => Date.now() + behind;

/** The public URL: what proofs are made for. */
export const serviceUrl = location.origin;

/**
 * Sends a call and gives the JSON of its answer, `null` if it has none. `make(seconds)` gives `{body, proof}`, made at that time: it
 * is called a second time where the service says that the clock is off.
 */
export async function send(method, path, make) {
  try {
    return await once(method, path, await make(seconds()));
  } catch (problem) {
    if (problem.code !== 'clock_skew' || !problem.serverTime) throw problem;
    behind = Date.parse(problem.serverTime) - Date.now();
    return once(method, path, await make(seconds()));
  }
}

const seconds = () => Math.floor(now() / 1000);

async function once(method, path, { body, proof }) {
  const headers = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (proof) headers['device-proof'] = proof;
  let response;
  let text;
  try {
    const options = { method, headers, body, cache: 'no-store', credentials: 'omit', redirect: 'error' };
    response = await fetch(serviceUrl + path, options);
    text = await response.text();
  } catch {
    throw new CallError(0, {});
  }
  const answer = parsed(text);
  if (response.ok) return answer;
  const retryAfter = Number(response.headers.get('retry-after')) || undefined;
  throw new CallError(response.status, { ...answer, retryAfter });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
