// A strong key locked away by a passkey: its PRF extension (WebAuthn Level 3) gives, after a user verification, the secret that opens it.
// The authenticator counts wrong fingers and PINs itself.

import { randomBytes, utf8 } from './encoding.js';
import { PRIVATE_KEY } from './keys.js';

const REFUSED = 'The browser did not confirm that it is you. Try again.';

/** The passkey was not used, or cannot do what is needed. */
export class PasskeyError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

const unsupported = () =>
  new PasskeyError('passkey_unsupported', 'This passkey cannot protect a key. Take a PIN, or another passkey.');

/** Whether passkeys may be tried here: they are for names, and an address of numbers is none. */
export function passkeysAvailable() {
  return Boolean(window.PublicKeyCredential) && window.isSecureContext && /[a-z]/i.test(location.hostname);
}

/** Makes a passkey for this one key and locks `privateKey` away with it: what is to be kept. */
export async function lockWithPasskey(privateKey, name, label) {
  const input = randomBytes(32);
  const user = { id: randomBytes(16), name: label, displayName: label };
  const credential = await asked(() =>
    navigator.credentials.create({
      publicKey: {
        challenge: randomBytes(32),
        rp: { id: location.hostname, name: 'Countersign web device' },
        user,
        pubKeyCredParams: [-7, -257].map((alg) => ({ type: 'public-key', alg })),
        // Not discoverable: it is of use here only, and must not be offered where people sign in.
        authenticatorSelection: { residentKey: 'discouraged', userVerification: 'required' },
        extensions: { prf: { eval: { first: input } } },
      },
    }),
  );
  const { prf } = credential.getClientExtensionResults();
  if (!prf?.enabled) throw unsupported();
  const lock = { kind: 'passkey', credentialId: new Uint8Array(credential.rawId), input, iv: randomBytes(12) };
  // Some authenticators give the secret only when they are asked again.
  const secret = prf.results?.first ?? (await secretOf(lock));
  const wrapping = await wrappingKey(secret);
  lock.wrapped = await crypto.subtle.wrapKey(PRIVATE_KEY.format, privateKey, wrapping, cipher(lock, name));
  return lock;
}

/** The private key, which no script can read. */
export async function unlockWithPasskey(lock, name) {
  const { format, algorithm, usages } = PRIVATE_KEY;
  const wrapping = await wrappingKey(await secretOf(lock));
  try {
    return await crypto.subtle.unwrapKey(format, lock.wrapped, wrapping, cipher(lock, name), algorithm, false, usages);
  } catch {
    throw unsupported();
  }
}

async function secretOf({ credentialId, input }) {
  const assertion = await asked(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: randomBytes(32),
        rpId: location.hostname,
        allowCredentials: [{ type: 'public-key', id: credentialId }],
        userVerification: 'required',
        extensions: { prf: { eval: { first: input } } },
      },
    }),
  );
  const secret = assertion.getClientExtensionResults().prf?.results?.first;
  if (!secret) throw unsupported();
  return secret;
}

async function asked(ask) {
  try {
    return await ask();
  } catch {
    throw new PasskeyError('passkey_refused', REFUSED);
  }
}

const cipher = (lock, name) => ({ name: 'AES-GCM', iv: lock.iv, additionalData: utf8(name) });

async function wrappingKey(secret) {
  const base = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: utf8('countersign strong key') };
  const algorithm = { name: 'AES-GCM', length: 256 };
  return crypto.subtle.deriveKey(derivation, base, algorithm, false, ['wrapKey', 'unwrapKey']);
}
