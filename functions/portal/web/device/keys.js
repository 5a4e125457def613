// Key pairs, and what they sign: JWS compact serialisation (RFC 7515), ES256.

import { base64url, sha256, utf8 } from './encoding.js';

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' };

/** How a private key is read back when it is unlocked. */
export const PRIVATE_KEY = { format: 'pkcs8', algorithm: CURVE, usages: ['sign'] };

/** A pair for proofs of calls. No script can read its private key, this one included. */
export const authPair = () => crypto.subtle.generateKey(CURVE, false, ['sign', 'verify']);

/** A pair for strong answers. Its private key can be read until it is locked away, and must not outlive that. */
export const strongPair = () => crypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);

/** The public key as it travels: a JWK (RFC 7517) without private members. */
export async function publicJwk(pair) {
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  return { kty, crv, x, y };
}

/** The thumbprint of a public JWK (RFC 7638), base64url. */
export async function thumbprint({ kty, crv, x, y }) {
  return base64url(await sha256(utf8(JSON.stringify({ crv, kty, x, y }))));
}

/** A JWS over `claims`, with `kid` in its header if there is one. */
export async function signed(privateKey, typ, kid, claims) {
  const header = { alg: 'ES256', typ, ...(kid && { kid }) };
  const input = [header, claims].map((part) => base64url(utf8(JSON.stringify(part)))).join('.');
  return `${input}.${base64url(await crypto.subtle.sign(SIGNATURE, privateKey, utf8(input)))}`;
}
