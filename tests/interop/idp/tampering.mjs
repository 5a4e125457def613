// Spoils the next id token that a code is exchanged for, each kind in one way only: all else stays as it was.

import { createHmac, createPublicKey } from "node:crypto";
import { decodeJwt, decodeProtectedHeader, importJWK, SignJWT } from "jose";
import { signingKey } from "./settings.mjs";

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

function hmac(claims, secret) {
  const signed = `${encoded({ alg: "HS256", typ: "JWT" })}.${encoded(claims)}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

async function sign(claims, jwk, kid = jwk.kid) {
  return new SignJWT(claims).setProtectedHeader({ alg: jwk.alg, kid }).sign(await importJWK(jwk, jwk.alg));
}

const without = (claims, name) => Object.fromEntries(Object.entries(claims).filter(([one]) => one !== name));
const changed = (change) => ({ claims, key }) => sign({ ...claims, ...change(claims) }, key);

// Given: the claims, the key that signed them, the token itself, and the client's metadata.
const KINDS = {
  "alg none": ({ claims }) => `${encoded({ alg: "none" })}.${encoded(claims)}.`,
  "no signature": ({ token }) => token.slice(0, token.lastIndexOf(".") + 1),
  "payload changed": ({ token, claims }) => {
    const [header, , signature] = token.split(".");
    return `${header}.${encoded({ ...claims, sub: `${claims.sub}-other` })}.${signature}`;
  },
  "unknown key": async ({ claims, key }) => sign(claims, await signingKey(key.alg)),
  "unknown key, known id": async ({ claims, key }) => sign(claims, await signingKey(key.alg), key.kid),
  "HS256 by the client secret": ({ claims, client }) => hmac(claims, client.client_secret),
  "HS256 by the public key": ({ claims, key }) =>
    hmac(claims, createPublicKey({ key, format: "jwk" }).export({ type: "spki", format: "pem" })),
  "other audience": changed(() => ({ aud: "somebody-else" })),
  "two audiences": changed((claims) => ({ aud: [claims.aud, "somebody-else"], azp: "somebody-else" })),
  "expired": changed((claims) => ({ iat: claims.iat - 7200, exp: claims.iat - 3600 })),
  "no expiry": ({ claims, key }) => sign(without(claims, "exp"), key),
  "no nonce": ({ claims, key }) => sign(without(claims, "nonce"), key),
  "other nonce": changed(() => ({ nonce: "somebody-else" })),
  "other issuer": changed(() => ({ iss: "https://issuer.example" })),
  "no subject": ({ claims, key }) => sign(without(claims, "sub"), key),
};

export class Tampering {
  #next = null;
  #storage;

  constructor(storage) {
    this.#storage = storage;
  }

  static kinds = [...Object.keys(KINDS), "no id token"];

  setNext(kind) {
    if (kind !== null && !Tampering.kinds.includes(kind)) {
      throw new Error(`idToken: ${Tampering.kinds.join(", ")}`);
    }
    this.#next = kind;
  }

  middleware(keys) {
    return async (context, next) => {
      await next();
      const token = context.body?.id_token;
      if (!token || !this.#next || context.oidc.params.grant_type !== "authorization_code") {
        return;
      }
      const kind = this.#next;
      this.#next = null;
      if (kind === "no id token") {
        delete context.body.id_token;
        return;
      }
      const key = keys.find(({ kid }) => kid === decodeProtectedHeader(token).kid);
      const client = this.#storage.records("Client").get(context.oidc.client.clientId);
      context.body.id_token = await KINDS[kind]({ token, claims: decodeJwt(token), key, client });
    };
  }
}
