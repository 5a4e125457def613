"""What a backend can verify about an outcome: webhooks and receipts, in Python and in Node."""

import copy
import json
import subprocess

from cryptography.exceptions import InvalidSignature
from joserfc.errors import JoseError
from standardwebhooks.webhooks import WebhookVerificationError

import receipt
import webhook
from check_device import BUTTONS, asked, enrolled
from device import EdDsa, Es256, Rs256, alterations, canonical, sha256, thumbprint
from tally import equal, expect, raises


def run(tally, backend, receiver, webhook_secret, node):
    """Gives the event that is to come once more, see `replayed`."""
    key_set = backend.key_set()
    requests, events = [], []
    for kind in (Es256, EdDsa, Rs256):
        device = enrolled(backend, f"outcome-{kind.alg}", Es256(), kind())
        request, event = answered(tally, backend, device, receiver, f"outcome-{kind.alg}")
        webhooks(tally, webhook_secret, key_set, request, event)
        receipts(tally, backend, device, key_set, request)
        requests.append(request)
        events.append(event)
    other_outcomes(tally, backend, device, receiver, webhook_secret, key_set)
    in_node(tally, backend, webhook_secret, key_set, node, requests, events)
    ask_again(tally, backend, requests[0], events[0])
    return events[0]


def answered(tally, backend, device, receiver, account):
    """The request as getRequest has it, and its webhook."""
    path = f"/{account}"
    callback = f"http://{webhook.ADDRESS[0]}:{webhook.ADDRESS[1]}{path}"
    _, challenge = asked(
        backend, device, account, "Pay 120 \u20ac to ACME?", buttons=BUTTONS, callback=callback, transactionId="T-1")
    replied = expect(device.answer(challenge, 0), 200)
    request = expect(backend.request(challenge["guid"]), 200)
    event = receiver.event(path)
    with tally.check(f"{account}: the webhook is the request as getRequest has it, and the event"):
        equal(json.loads(event.body), request | {"event": "challenge.answered"})
        assert event.headers["content-type"].startswith("application/json"), event.headers["content-type"]
    with tally.check(f"{account}: the device and the backend get the same receipt"):
        equal(request["evidence"]["receipt"], replied["receipt"])
    return request, event


def changed(event, body=None, **headers):
    """A copy with another body or other headers; `_` stands for `-` in their names."""
    event = copy.deepcopy(event)
    event.body = event.body if body is None else body
    event.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return event


def tampered(event):
    """The event with one thing altered, each a reason to refuse both signatures."""
    yield changed(event, event.body.replace(b'"buttonSelected":0', b'"buttonSelected":1'))
    yield changed(event, event.body + b" ")
    yield changed(event, event.body[:-1] + bytes([event.body[-1] ^ 1]))
    yield changed(event, webhook_id=event.headers["webhook-id"] + "0")
    yield changed(event, webhook_timestamp=str(int(event.headers["webhook-timestamp"]) + 1))


def webhooks(tally, secret, key_set, request, event):
    account = request["accountId"]
    with tally.check(f"{account}: v1 verifies with standardwebhooks"):
        equal(webhook.verify_v1(secret, event), json.loads(event.body))
    with tally.check(f"{account}: v1a verifies with Ed25519"):
        webhook.verify_v1a(key_set, event)
    with tally.check(f"{account}: tampered webhooks fail"):
        for bad in tampered(event):
            assert bad.body != event.body or bad.headers != event.headers
            raises((WebhookVerificationError, ValueError), webhook.verify_v1, secret, bad)
            raises(InvalidSignature, webhook.verify_v1a, key_set, bad)
        for version in ("v1", "v1a"):
            signatures = [one for one in event.headers["webhook-signature"].split(" ")
                          if not one.startswith(version + ",")]
            without = changed(event, webhook_signature=" ".join(signatures))
            if version == "v1":
                raises(WebhookVerificationError, webhook.verify_v1, secret, without)
            else:
                raises(InvalidSignature, webhook.verify_v1a, key_set, without)
        raises(WebhookVerificationError, webhook.verify_v1, "whsec_" + "A" * 43 + "=", event)


def receipts(tally, backend, device, key_set, request):
    account, evidence = request["accountId"], request["evidence"]
    with tally.check(f"{account}: the receipt verifies with joserfc, and says what getRequest says"):
        claims = receipt.verify(evidence["receipt"], key_set, backend.base_url, backend.guid)
        iat = claims.pop("iat")
        equal(claims, {
            "iss": backend.base_url,
            "aud": backend.guid,
            "jti": request["guid"],
            "challenge": request["guid"],
            "documentDigest": request["documentDigest"],
            "outcome": request["status"],
            "answer": request["buttonSelected"],
            "askedAt": request["createdAt"],
            "answeredAt": request["processedAt"],
            "user": request["privakeyId"],
            "device": evidence["deviceGuid"],
            "deviceKeyThumbprint": evidence["keyThumbprint"],
            "deviceSignature": evidence["answer"],
        })
        assert isinstance(iat, int), iat
    with tally.check(f"{account}: the evidence is the device's and of the document"):
        equal(evidence["deviceGuid"], device.guid)
        equal(evidence["key"], device.strong_key.jwk)
        equal(evidence["keyThumbprint"], thumbprint(device.strong_key.jwk))
        equal(canonical(evidence["document"]), evidence["document"].encode())
        equal(sha256(evidence["document"].encode()), request["documentDigest"])
        equal(json.loads(evidence["document"])["content"], request["content"])
    with tally.check(f"{account}: the device's signature verifies with the device's own key"):
        header, claims = receipt.verify_answer(evidence["answer"], device.strong_key.jwk)
        equal(header["kid"], device.guid)
        equal((claims["challenge"], claims["digest"], claims["answer"]),
              (request["guid"], request["documentDigest"], request["buttonSelected"]))
        raises(JoseError, receipt.verify_answer, evidence["answer"], type(device.strong_key)().jwk)
    with tally.check(f"{account}: altered receipts and device signatures fail"):
        for _, bad in alterations(evidence["receipt"]):
            raises((JoseError, ValueError), receipt.verify, bad, key_set, backend.base_url, backend.guid)
        for _, bad in alterations(evidence["answer"]):
            raises((JoseError, ValueError), receipt.verify_answer, bad, device.strong_key.jwk)
        raises(JoseError, receipt.verify, evidence["receipt"], key_set, backend.base_url, device.guid)


def other_outcomes(tally, backend, device, receiver, secret, key_set):
    """Outcomes without a button. `device` may be asked until it says not_me."""
    account = "outcome-RS256"
    for outcome, status in (
        ("cancelled", "declined"), ("request cancelled", "cancelled"), ("not_me", "declined"),
    ):
        with tally.check(f"webhook and receipt after {outcome}"):
            path = f"/other-{outcome.replace(' ', '-')}"
            callback = f"http://{webhook.ADDRESS[0]}:{webhook.ADDRESS[1]}{path}"
            _, challenge = asked(backend, device, account, callback=callback)
            guid = challenge["guid"]
            if status == "declined":
                expect(device.answer(challenge, "decline", device.auth_key, declineReason=outcome), 200)
            else:
                expect(backend.call("PATCH", "/api/request/cancel", {"requestGuid": guid}), 200)
            event = receiver.event(path)
            body = webhook.verify_v1(secret, event)
            webhook.verify_v1a(key_set, event)
            request = expect(backend.request(guid), 200)
            equal(body, request | {"event": "challenge.not_me" if outcome == "not_me" else f"challenge.{status}"})
            if status == "declined":
                claims = receipt.verify(request["evidence"]["receipt"], key_set, backend.base_url, backend.guid)
                told = (claims["outcome"], claims["answer"], claims["declineReason"])
                equal(told, ("declined", "decline", outcome))
                receipt.verify_answer(claims["deviceSignature"], device.auth_key.jwk)
            else:
                equal(request["evidence"], None)


def ask_again(tally, backend, request, event):
    with tally.check("the delivery log has the event, and takes a replay"):
        fields = {"requestGuid": request["guid"]}
        log = expect(backend.call("GET", "/api/delivery/getAll", fields), 200)
        equal([(one["id"], one["event"]) for one in log], [(event.headers["webhook-id"], "challenge.answered")])
        equal([attempt["httpStatus"] for attempt in log[0]["attempts"]], [204])
        replay = expect(backend.call("POST", "/api/delivery/replay", fields), 202)
        equal([(one["id"], one["status"]) for one in replay], [(event.headers["webhook-id"], "due")])


def replayed(tally, backend, receiver, secret, event):
    """The schedule sends it, so other checks come between."""
    with tally.check("the replay is the same event, signed anew"):
        again = receiver.event(event.path)
        equal((again.headers["webhook-id"], again.body), (event.headers["webhook-id"], event.body))
        assert int(again.headers["webhook-timestamp"]) > int(event.headers["webhook-timestamp"])
        webhook.verify_v1(secret, again)
        webhook.verify_v1a(backend.key_set(), again)


def in_node(tally, backend, secret, key_set, node, requests, events):
    """The same by the npm packages: a second stack, which tells its results line by line."""
    given = {
        "issuer": backend.base_url, "audience": backend.guid, "webhookSecret": secret, "keySet": key_set,
        "requests": requests,
        "events": [{"headers": event.headers, "body": event.body.decode()} for event in events],
    }
    ran = subprocess.run(
        ["node", "receipt_and_webhook.mjs"], cwd=node, input=json.dumps(given), capture_output=True, text=True,
        timeout=60)
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    for line in lines:
        tally.line(f"Node: {line['name']}", line["problem"])
    with tally.check("Node: every check ran"):
        equal((ran.returncode, len(lines), ran.stderr), (0, 6 * len(requests), ""))
