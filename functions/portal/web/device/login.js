// A login at an App Space's identity provider, which brings the browser back to this page with a bind link. Only the auth key that the
// login began with may use that link, so it is kept until then.

import { authPair, publicJwk, thumbprint } from './keys.js';
import { CallError, send } from './service.js';
import { keepLogin } from './store.js';

/** Begins a login and leaves the page. `account` is the one that only has to log in again, if there is one. */
export async function beginLogin(appSpaceGuid, account = null) {
  const pair = await authPair();
  const login = { appSpaceGuid, authKeyThumbprint: await thumbprint(await publicJwk(pair)), webDevice: true };
  const begun = await send('POST', '/api/idp/bind', () => ({ body: JSON.stringify(login) }));
  await keepLogin({ appSpaceGuid, pair, again: account?.deviceGuid ?? null });
  location.assign(browsable(begun.authorizationUrl));
}

/** Only web pages: other schemes would run something. */
function browsable(text) {
  const url = new URL(text);
  if (url.protocol === 'https:' || url.protocol === 'http:') return url.href;
  throw new CallError(0, { error: 'bad_link', message: 'The service named no page to log in at.' });
}
