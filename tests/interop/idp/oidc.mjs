// OpenID Connect: oidc-provider as it is. The login name is the subject.

import Provider from "oidc-provider";
import { register, settings, signingKey } from "./settings.mjs";
import { Storage } from "./storage.mjs";
import { Tampering } from "./tampering.mjs";

export async function openIdConnect(issuer, traffic) {
  const storage = new Storage();
  const tampering = new Tampering(storage);
  const shared = settings("oidc", storage);
  let handle;

  // Another key set means another Provider, over the same storage and cookies.
  async function rotateKeys() {
    const keys = [await signingKey("RS256"), await signingKey("ES256")];
    const provider = new Provider(issuer, {
      ...shared,
      claims: { openid: ["sub"], profile: ["name"], email: ["email"] },
      findAccount: (_, accountId) => ({
        accountId,
        claims: () => ({ sub: accountId, name: `Name of ${accountId}`, email: `${accountId}@example.com` }),
      }),
      jwks: { keys },
    });
    provider.use(traffic.middleware());
    provider.use(tampering.middleware(keys));
    handle = provider.callback();
    return { kids: keys.map((key) => key.kid) };
  }

  await rotateKeys();
  return {
    addresses: { issuer, discovery: `${issuer}/.well-known/openid-configuration` },
    callback: (request, response) => handle(request, response),
    traffic,
    tampering,
    register: (metadata) => register(storage, metadata),
    revoke: (account, what) => storage.revoke(account, what),
    rotateKeys,
  };
}
