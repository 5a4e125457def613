// Passkeys: the API's JSON (WebAuthn Level 3, section 5.1.9 and following) to what browsers take, and back.

import { base64url, fromBase64url } from './encoding.js';

/** Whether this browser can use passkeys here: they need a secure page with a name. */
export const hasPasskeys = () => Boolean(window.PublicKeyCredential && navigator.credentials);

/** Makes a passkey: the credential as the API takes it. */
export async function makePasskey(options) {
  const publicKey = {
    ...options,
    challenge: fromBase64url(options.challenge),
    user: { ...options.user, id: fromBase64url(options.user.id) },
    excludeCredentials: described(options.excludeCredentials),
  };
  const credential = await asked(navigator.credentials.create({ publicKey }));
  const { response } = credential;
  return written(credential, {
    clientDataJSON: base64url(response.clientDataJSON),
    attestationObject: base64url(response.attestationObject),
    transports: response.getTransports?.() ?? [],
  });
}

/** Signs in with a passkey: the assertion as the API takes it. */
export async function usePasskey(options) {
  const publicKey = {
    ...options,
    challenge: fromBase64url(options.challenge),
    allowCredentials: described(options.allowCredentials),
  };
  const credential = await asked(navigator.credentials.get({ publicKey }));
  const { response } = credential;
  return written(credential, {
    clientDataJSON: base64url(response.clientDataJSON),
    authenticatorData: base64url(response.authenticatorData),
    signature: base64url(response.signature),
    userHandle: response.userHandle ? base64url(response.userHandle) : undefined,
  });
}

const described = (credentials = []) => credentials.map((known) => ({ ...known, id: fromBase64url(known.id) }));

const written = (credential, response) => ({
  id: credential.id,
  rawId: base64url(credential.rawId),
  type: credential.type,
  authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
  clientExtensionResults: credential.getClientExtensionResults(),
  response,
});

/** Browsers do not tell why there is no credential, so as not to tell which there are. */
async function asked(ceremony) {
  try {
    return await ceremony;
  } catch (problem) {
    const message = problem.name === 'InvalidStateError'
      ? 'This authenticator has a passkey for you already.'
      : 'No passkey was used: it was cancelled, took too long, or there is none for this service on this device.';
    throw Object.assign(new Error(message), { code: 'no_passkey' });
  }
}
