// Bytes and texts.

const encoder = new TextEncoder();

/** The UTF-8 bytes of `text`. */
export const utf8 = (text) => encoder.encode(text);

/** Base64url without padding (RFC 4648, section 5). */
export function base64url(bytes) {
  let binary = '';
  for (const byte of new Uint8Array(bytes)) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** The bytes of base64url; throws on anything else. */
export function fromBase64url(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new TypeError('not base64url');
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** SHA-256. */
export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

/** `length` random bytes. */
export const randomBytes = (length) => crypto.getRandomValues(new Uint8Array(length));
