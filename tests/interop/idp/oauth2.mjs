// Plain OAuth2 in the shape of Login With Amazon: oidc-provider without the scope `openid`, so without id tokens and
// userinfo, under Amazon's paths, with a profile and a token info in Amazon's fields.

import Provider from "oidc-provider";
import { register, settings } from "./settings.mjs";
import { Storage } from "./storage.mjs";

const PROFILE = "/user/profile";
const TOKEN_INFO = "/auth/o2/tokeninfo";

const userId = (account) => `amzn1.account.${account}`;

function refused(context, description) {
  context.status = 400;
  context.body = { error: "invalid_token", error_description: description };
}

// The resources behind Amazon's tokens; everything else is oidc-provider's.
function resources(provider, issuer) {
  async function live(value) {
    const token = value && (await provider.AccessToken.find(value));
    return token && !token.isExpired && (await provider.Grant.find(token.grantId)) ? token : null;
  }

  return async (context, next) => {
    if (context.path === PROFILE) {
      const [scheme, value] = context.get("authorization").split(" ");
      const token = scheme.toLowerCase() === "bearer" ? await live(value) : null;
      if (!token?.scopes.has("profile")) {
        refused(context, "The request has an invalid access token");
        return;
      }
      const name = token.accountId;
      context.body = { user_id: userId(name), name: `Name of ${name}`, email: `${name}@example.com` };
    } else if (context.path === TOKEN_INFO) {
      const token = await live(context.query.access_token);
      if (!token) {
        refused(context, "The token has expired or is invalid");
        return;
      }
      const left = token.exp - Math.floor(Date.now() / 1000);
      context.body = {
        iss: issuer, aud: token.clientId, user_id: userId(token.accountId), app_id: "amzn1.application.interop",
        exp: left, iat: token.iat,
      };
    } else {
      await next();
    }
  };
}

export async function amazonShaped(issuer, traffic) {
  const storage = new Storage();
  const shared = settings("oauth2", storage);
  const provider = new Provider(issuer, {
    ...shared,
    // Amazon gives refresh tokens without being asked for them, and they outlive the session.
    expiresWithSession: () => false,
    issueRefreshToken: (_, client) => client.grantTypeAllowed("refresh_token"),
    features: { ...shared.features, userinfo: { enabled: false } },
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    routes: { authorization: "/ap/oa", token: "/auth/o2/token" },
    scopes: ["profile", "profile:user_id"],
  });
  provider.use(traffic.middleware());
  provider.use(resources(provider, issuer));
  // Amazon does not say its issuer in the redirect (RFC 9207).
  provider.use(async (context, next) => {
    await next();
    const location = context.response.get("location");
    if (location?.includes("iss=")) {
      const target = new URL(location);
      target.searchParams.delete("iss");
      context.set("location", target.href);
    }
  });
  const handle = provider.callback();
  return {
    addresses: {
      authorization: `${issuer}/ap/oa`, token: `${issuer}/auth/o2/token`, profile: issuer + PROFILE,
      tokenInfo: issuer + TOKEN_INFO, revocation: `${issuer}/token/revocation`,
    },
    callback: handle,
    traffic,
    register: (metadata) => register(storage, metadata),
    revoke: (account, what) => storage.revoke(account, what),
  };
}
