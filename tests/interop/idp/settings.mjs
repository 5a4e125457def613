// The settings of oidc-provider that both shapes share.

import { randomBytes } from "node:crypto";
import "./clock.mjs";
import { exportJWK, generateKeyPair } from "jose";

export const ACCESS_TOKEN_SECONDS = 300;

// A private JWK with a key id of its own.
export async function signingKey(alg) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, use: "sig", kid: randomBytes(8).toString("hex") };
}

export function settings(name, storage) {
  const cookie = (what) => `${name}_${what}`;
  return {
    adapter: storage.adapter(),
    // Else a token would be good for some seconds after its end.
    clockTolerance: 0,
    // Browsers send cookies to every port of a host: both shapes have their own.
    cookies: {
      keys: [randomBytes(32).toString("hex")],
      names: { session: cookie("session"), interaction: cookie("interaction"), resume: cookie("resume") },
    },
    features: {
      devInteractions: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
    },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    ttl: {
      AccessToken: ACCESS_TOKEN_SECONDS,
      AuthorizationCode: 60,
      Grant: 14 * 86400,
      IdToken: 3600,
      Interaction: 3600,
      RefreshToken: 14 * 86400,
      Session: 14 * 86400,
    },
  };
}

// The metadata of a client are stored as a registration would.
export function register(storage, metadata) {
  storage.records("Client").set(metadata.client_id, {
    response_types: ["code"],
    grant_types: ["authorization_code", "refresh_token"],
    ...metadata,
  });
}
