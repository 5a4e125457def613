// The links that a Request Origin shows: to bind, to claim a challenge, and after a login that came to nothing. They come from anywhere,
// so they are read strictly; names that are not known are passed over.

const LONGEST = 4096;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const TOKEN = /^[A-Za-z0-9_.-]+$/;

/** The text is no link of ours, or none for this service. */
export class BadLink extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

const bad = (message) => new BadLink('bad_link', message);

/**
 * Reads `<appProtocol>://…`, the address of this page with the same behind its `#`, or that part alone. Gives
 * `{kind: 'bind' | 'claim' | 'failed' | 'login', …}`.
 */
export function readLink(text) {
  const values = valuesOf(partOf(text.trim()));
  const kinds = ['st', 'claim', 'error', 'appSpace'].filter((name) => values.has(name));
  if (kinds.length !== 1) throw bad('This is no link to bind a device or to take up a request.');
  const guid = (name) => required(values, name, GUID).toLowerCase();
  switch (kinds[0]) {
    case 'st':
      checkService(required(values, 'serviceUrl', /./));
      return {
        kind: 'bind',
        token: required(values, 'st', TOKEN),
        appSpaceGuid: guid('appSpaceGuid'),
        privakeyId: guid('privakeyId'),
      };
    case 'claim':
      checkService(required(values, 'serviceUrl', /./));
      return { kind: 'claim', token: required(values, 'claim', TOKEN), requestGuid: guid('requestGuid') };
    case 'error':
      return {
        kind: 'failed',
        error: values.get('error'),
        description: values.get('error_description') ?? '',
        appSpaceGuid: guid('appSpaceGuid'),
      };
    default:
      return { kind: 'login', appSpaceGuid: guid('appSpace') };
  }
}

/** What stands behind the scheme, or behind the `#` of a page's address. */
function partOf(text) {
  if (text.length > LONGEST) throw bad('The link is too long.');
  const web = /^https?:\/\/[^#]*#(.*)$/s.exec(text);
  if (web) return web[1];
  const app = /^[a-z][a-z0-9+.-]*:\/\/(.*)$/is.exec(text);
  return app ? app[1] : text.replace(/^#/, '');
}

function valuesOf(part) {
  const values = new Map();
  for (const pair of part.split('&')) {
    const [, name, value] = /^(\w+)=(.*)$/s.exec(pair) ?? [];
    if (!name || values.has(name)) throw bad('This is no link to bind a device or to take up a request.');
    values.set(name, decoded(value));
  }
  return values;
}

function decoded(value) {
  try {
    const text = decodeURIComponent(value);
    if (!/\p{Cc}/u.test(text)) return text;
  } catch {
    // Not percent-encoded: told below.
  }
  throw bad('The link is damaged.');
}

function required(values, name, form) {
  const value = values.get(name) ?? '';
  if (!form.test(value)) throw bad('The link is incomplete or damaged.');
  return value;
}

const THIS_MACHINE = ['localhost', '127.0.0.1'];

/** This page speaks with the service that served it, and with no other. One machine's two names are one service. */
export function checkService(serviceUrl, origin = location.origin) {
  let url;
  try {
    url = new URL(serviceUrl);
  } catch {
    throw bad('The link is damaged.');
  }
  const here = new URL(origin);
  const local = [url, here].every((one) => one.protocol === 'http:' && THIS_MACHINE.includes(one.hostname));
  if (url.origin === here.origin || (local && url.port === here.port)) return;
  throw new BadLink('other_service', `This link is for ${url.origin}. This page speaks with ${here.origin} only.`);
}
