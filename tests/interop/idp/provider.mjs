// A real identity provider, the npm package `oidc-provider`, for the checks: OpenID Connect, and plain OAuth2 in the
// shape of Login With Amazon, each on a free loopback port, and a third port that controls both (control.mjs).
// Prints one JSON line with their addresses when they listen, and ends with its standard input.

import { createServer } from "node:http";
import { control } from "./control.mjs";
import { amazonShaped } from "./oauth2.mjs";
import { openIdConnect } from "./oidc.mjs";
import { Traffic } from "./traffic.mjs";

function listen(handler) {
  const server = createServer(handler);
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}

const address = (server) => `http://127.0.0.1:${server.address().port}`;

// The issuer has the port in it, so each server listens before its provider is made.
async function serve(make) {
  const traffic = new Traffic();
  let made;
  const server = await listen((request, response) => {
    traffic.pass(request, response, () => made.callback(request, response));
  });
  made = await make(address(server), traffic);
  return made;
}

const providers = { oidc: await serve(openIdConnect), oauth2: await serve(amazonShaped) };
const controlled = await listen(control(providers));

const addresses = Object.fromEntries(Object.entries(providers).map(([name, one]) => [name, one.addresses]));
console.log(JSON.stringify({ ...addresses, control: address(controlled) }));

// Whoever started it may have been killed: nothing is left running.
process.stdin.resume().once("end", () => process.exit(0));
