// Verifies webhooks and receipts with the npm packages `standardwebhooks` and `jose`.
// Reads what to verify as JSON from standard input, and writes {"name", "problem"} for each check, one on a line.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { text } from "node:stream/consumers";
import { calculateJwkThumbprint, compactVerify, createLocalJWKSet, importJWK, jwtVerify } from "jose";
import { Webhook } from "standardwebhooks";

const given = JSON.parse(await text(process.stdin));
const keySet = createLocalJWKSet(given.keySet);
const rules = { algorithms: ["ES256"], typ: "receipt+jwt", issuer: given.issuer, audience: given.audience };

async function check(name, act) {
  let problem = null;
  try {
    await act();
  } catch (error) {
    problem = String(error);
  }
  console.log(JSON.stringify({ name, problem }));
}

// Each part of the JWS with one bit of its middle byte turned.
function alterations(jws) {
  return [0, 1, 2].map((part) => {
    const parts = jws.split(".");
    const bytes = Buffer.from(parts[part], "base64url");
    bytes[bytes.length >> 1] ^= 1;
    parts[part] = bytes.toString("base64url");
    return parts.join(".");
  });
}

for (const [index, event] of given.events.entries()) {
  const request = given.requests[index];
  const { evidence } = request;
  const webhook = new Webhook(given.webhookSecret);

  await check(`${request.accountId}: v1 verifies with standardwebhooks`, () => {
    assert.deepEqual(webhook.verify(event.body, event.headers), JSON.parse(event.body));
  });
  await check(`${request.accountId}: tampered webhooks fail`, () => {
    const altered = event.body.replace('"buttonSelected":0', '"buttonSelected":1');
    assert.notEqual(altered, event.body);
    assert.throws(() => webhook.verify(altered, event.headers));
    const { headers } = event;
    assert.throws(() => webhook.verify(event.body, { ...headers, "webhook-id": `${headers["webhook-id"]}0` }));
    const later = String(Number(headers["webhook-timestamp"]) + 1);
    assert.throws(() => webhook.verify(event.body, { ...headers, "webhook-timestamp": later }));
  });
  await check(`${request.accountId}: the receipt verifies with jose, and says what getRequest says`, async () => {
    const { payload } = await jwtVerify(evidence.receipt, keySet, rules);
    assert.equal(payload.challenge, request.guid);
    assert.equal(payload.documentDigest, request.documentDigest);
    assert.equal(payload.outcome, request.status);
    assert.equal(payload.answer, request.buttonSelected);
    assert.equal(payload.user, request.privakeyId);
    assert.equal(payload.answeredAt, request.processedAt);
    assert.equal(payload.deviceSignature, evidence.answer);
    assert.equal(payload.deviceKeyThumbprint, await calculateJwkThumbprint(evidence.key));
  });
  await check(`${request.accountId}: altered receipts fail, and those for others`, async () => {
    for (const bad of alterations(evidence.receipt)) {
      await assert.rejects(jwtVerify(bad, keySet, rules));
    }
    await assert.rejects(jwtVerify(evidence.receipt, keySet, { ...rules, audience: request.guid }));
    await assert.rejects(jwtVerify(evidence.receipt, keySet, { ...rules, typ: "JWT" }));
  });
  const algorithm = { EC: "ES256", OKP: "EdDSA", RSA: "RS256" }[evidence.key.kty];
  await check(`${request.accountId}: the device's signature verifies with jose`, async () => {
    const key = await importJWK(evidence.key, algorithm);
    const { payload } = await compactVerify(evidence.answer, key, { algorithms: [algorithm] });
    const claims = JSON.parse(new TextDecoder().decode(payload));
    const digest = createHash("sha256").update(evidence.document).digest("base64url");
    assert.equal(claims.digest, digest);
    assert.equal(claims.answer, request.buttonSelected);
    assert.equal(claims.challenge, request.guid);
  });
  await check(`${request.accountId}: altered device signatures fail`, async () => {
    const key = await importJWK(evidence.key, algorithm);
    for (const bad of alterations(evidence.answer)) {
      await assert.rejects(compactVerify(bad, key, { algorithms: [algorithm] }));
    }
  });
}
