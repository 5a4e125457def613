// A strong key locked away by a PIN. Nothing that is kept says what the PIN is; only the key's authentication tag tells a right one.

import { randomBytes, utf8 } from './encoding.js';
import { PRIVATE_KEY } from './keys.js';

/** What OWASP advises for PBKDF2 with SHA-256: about a quarter of a second. */
const ITERATIONS = 600_000;

/** The shortest PIN, in characters. */
export const SHORTEST = 6;

/** Why a PIN will not do; `null` if it will. */
export function weakness(pin) {
  const characters = [...pin].map((character) => character.codePointAt(0));
  if (characters.length < SHORTEST) return `Take at least ${SHORTEST} digits or letters.`;
  const steps = new Set(characters.slice(1).map((character, index) => character - characters[index]));
  const simple = steps.size === 1 && [0, 1, -1].includes([...steps][0]);
  return simple ? 'This is easy to guess. Take another one.' : null;
}

/** Locks `privateKey` away: what is to be kept. `name` says whose key it is, and is bound to it. */
export async function lockWithPin(privateKey, name, pin) {
  const lock = {
    kind: 'pin',
    salt: randomBytes(16),
    iterations: ITERATIONS,
    // It cannot be read out, so that a copy of the record alone is of no use to somebody who tries all PINs.
    pepper: await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign']),
    iv: randomBytes(12),
  };
  const wrapping = await wrappingKey(lock, pin);
  lock.wrapped = await crypto.subtle.wrapKey(PRIVATE_KEY.format, privateKey, wrapping, cipher(lock, name));
  return lock;
}

/** The private key, which no script can read; `null` if the PIN is wrong. */
export async function unlockWithPin(lock, name, pin) {
  const { format, algorithm, usages } = PRIVATE_KEY;
  const wrapping = await wrappingKey(lock, pin);
  try {
    return await crypto.subtle.unwrapKey(format, lock.wrapped, wrapping, cipher(lock, name), algorithm, false, usages);
  } catch {
    return null;
  }
}

const cipher = (lock, name) => ({ name: 'AES-GCM', iv: lock.iv, additionalData: utf8(name) });

async function wrappingKey({ salt, iterations, pepper }, pin) {
  const base = await crypto.subtle.importKey('raw', utf8(pin.normalize('NFKC')), 'PBKDF2', false, ['deriveBits']);
  const stretched = await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, base, 256);
  const key = await crypto.subtle.sign('HMAC', pepper, stretched);
  return crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['wrapKey', 'unwrapKey']);
}
