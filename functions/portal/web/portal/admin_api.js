// Calls of the administration API, with the session's cookie.

/** Beside this page, so that the portal also works below a path of its own. */
const BASE = '../admin/api';

/** What a call was refused with. `code` is the API's stable word, `field` the input that it concerns. */
export class ApiError extends Error {
  constructor(status, { error, message, field }, retryAfter) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = error;
    this.field = field;
    this.retryAfter = retryAfter;
  }
}

let sessionOver = () => {};

/** Who is told when the API no longer takes the session. */
export function onSessionOver(listener) {
  sessionOver = listener;
}

/** `path` with its segments escaped: `` path`companies/${guid}` ``. */
export function path(texts, ...values) {
  return texts.reduce((whole, text, index) => whole + encodeURIComponent(values[index - 1]) + text);
}

/** The JSON of a `GET`; `query` may hold empty values, which are left out. */
export async function get(where, query) {
  return json(await send('GET', where, { query }));
}

/** A `POST` whose answer is no new thing. */
export async function post(where, body, options) {
  return json(await send('POST', where, { body, ...options }));
}

/** A `POST` that makes something: `{ id, body }`. The same `key` again makes nothing twice. */
export async function create(where, body, key) {
  const response = await send('POST', where, { body, key });
  const id = decodeURIComponent(response.headers.get('Location')?.split('/').pop() ?? '');
  return { id, body: await json(response) };
}

export const patch = async (where, body) => json(await send('PATCH', where, { body }));
export const put = async (where, body) => json(await send('PUT', where, { body }));
export const remove = async (where, query) => json(await send('DELETE', where, { query }));

/** The text of a `GET`, and the cursor of its next part where there is one. */
export async function getText(where, query) {
  const response = await send('GET', where, { query });
  return { text: await response.text(), next: cursorOf(response.headers.get('Link')) };
}

/** The cursor in a `Link: <…?cursor=…>; rel="next"` (RFC 8288). */
function cursorOf(link) {
  const target = /<([^>]*)>\s*;\s*rel="?next"?/.exec(link ?? '')?.[1];
  return target ? new URL(target, document.baseURI).searchParams.get('cursor') : null;
}

/** `quiet`: a refused session is an answer like any other. */
async function send(method, where, { body, query, key, quiet } = {}) {
  const headers = { Accept: 'application/json', 'X-Countersign-Portal': '1' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (key) headers['Idempotency-Key'] = key;
  const options = { method, headers, credentials: 'same-origin', cache: 'no-store', redirect: 'error' };
  if (body !== undefined) options.body = JSON.stringify(body);
  let response;
  try {
    response = await fetch(`${BASE}/${where}${queryString(query)}`, options);
  } catch {
    const message = 'The service cannot be reached. Check the connection and try again.';
    throw new ApiError(0, { error: 'unreachable', message });
  }
  if (response.ok) return response;
  const refusal = await refused(response);
  if (response.status === 401 && !quiet) sessionOver();
  throw refusal;
}

async function refused(response) {
  let told = {};
  try {
    told = await response.json();
  } catch {
    // A gateway in between answers with pages of its own.
  }
  const { error = 'failed', message = `The service answered ${response.status}.`, field } = told;
  return new ApiError(response.status, { error, message, field }, response.headers.get('Retry-After'));
}

async function json(response) {
  const text = await response.text();
  return text ? JSON.parse(text) : null;
}

function queryString(query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return given.length ? `?${new URLSearchParams(given)}` : '';
}
