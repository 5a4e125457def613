// What the checks may do to the providers, as JSON over HTTP. Each answers 200 with JSON, or 400 with what was wrong.
//
//   POST /clock           {"seconds"}            both providers' clock is so far ahead of the machine's
//   POST /<p>/client      client metadata        registers a client, or replaces it (RFC 7591 names)
//   POST /<p>/outage      {"as", "paths"?}       down, see traffic.mjs; {} ends it
//   POST /<p>/revoke      {"account", "what"}    takes "refresh" tokens or the whole "grant": {"revoked": n}
//   POST /<p>/delay       {"milliseconds"}       replies to refreshes come later; 0 ends it
//   POST /<p>/calls       {}                     what was called since the last time: {"calls": [...]}
//   POST /oidc/keys       {}                     new signing keys; the old ones leave the key set
//   POST /oidc/tamper     {"idToken": kind}      spoils the next id token, see tampering.mjs; null takes it back
//
// <p> is oidc or oauth2.

import { json } from "node:stream/consumers";
import { setAhead } from "./clock.mjs";

const ACTS = {
  client: (provider, metadata) => provider.register(metadata),
  outage: (provider, outage) => provider.traffic.setOutage(outage),
  revoke: (provider, { account, what }) => ({ revoked: provider.revoke(account, what) }),
  delay: (provider, { milliseconds }) => provider.traffic.setRefreshDelay(milliseconds),
  calls: (provider) => ({ calls: provider.traffic.take() }),
  keys: (provider) => provider.rotateKeys(),
  tamper: (provider, { idToken }) => provider.tampering.setNext(idToken),
};

async function act(providers, request) {
  const given = await json(request);
  const [, first, second] = request.url.split("/");
  if (first === "clock") {
    return setAhead(given.seconds);
  }
  if (!providers[first] || !ACTS[second]) {
    throw new Error(`no such control: ${request.url}`);
  }
  return ACTS[second](providers[first], given);
}

export function control(providers) {
  return async (request, response) => {
    let status = 200;
    let answer;
    try {
      answer = (await act(providers, request)) ?? {};
    } catch (error) {
      status = 400;
      answer = { problem: String(error) };
    }
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
  };
}
