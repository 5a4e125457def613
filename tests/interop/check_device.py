"""docs/device-protocol.md, from the device's side."""

import hashlib
import hmac
import json
import time
import uuid
from datetime import datetime, timezone

from device import (
    Device, EdDsa, Es256, Rs256, alterations, base64url, canonical, link_values, sha256, thumbprint)
from service import poll
from tally import equal, expect

BUTTONS = [{"title": "Pay", "strongAuth": True}, {"title": "Do not pay", "strongAuth": False}]
# Member order by UTF-16 units, escapes, and numbers with a form of their own (RFC 8785, 3.2).
DIFFICULT = {
    "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
    "\U0001f600": "Emoji", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis",
    "numbers": [333333333.33333329, 4.50, 2e-3, 1e-6, 1e-7, 1e-27, 5e-324, -0.0, 0.1, 120.0, -9007199254740991],
    "text": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/\u2028", "literals": [None, True, False, {}, []],
}


def enrolled(backend, account, auth_key=None, strong_key=None, **changes):
    """A device of the account, by the whole enrolment."""
    device = Device(auth_key or Es256(), strong_key or Es256())
    bound = backend.bind(account).json()
    nonce = expect(device.lookup(bound["bindUri"]), 200)["nonce"]
    expect(device.enrol(device.enrolment(nonce, **changes)), 201)
    return device


def asked(backend, device, account, content="Pay 120 EUR to ACME?", **fields):
    """A question, as the backend and as the device see it."""
    request = expect(backend.ask(account, content, **fields), 201)
    return request, expect(device.fetch(request["guid"]), 200)


def is_now(told):
    """Fails unless the RFC 3339 time is that of the check, give or take."""
    server = datetime.fromisoformat(told.replace("Z", "+00:00"))
    assert abs((server - datetime.now(timezone.utc)).total_seconds()) < 10, told


def run(tally, backend):
    enrolment(tally, backend)
    proofs(tally, backend)
    documents(tally, backend)
    answers(tally, backend)
    matching_codes(tally, backend)
    declines(tally, backend)
    claims(tally, backend)
    the_device_itself(tally, backend)


def enrolment(tally, backend):
    check = tally.check
    with check("thumbprints are those of RFC 8037, A.3"):
        key = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
        equal(thumbprint(key), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
    for auth, strong in ((Es256, EdDsa), (EdDsa, Rs256), (Rs256, Es256)):
        with check(f"enrol with {auth.alg} and {strong.alg}, and approve by the strong key"):
            account = f"enrol-{auth.alg}"
            device = enrolled(backend, account, auth(), strong())
            _, challenge = asked(backend, device, account)
            equal(expect(device.answer(challenge, 0), 200)["status"], "answered")

    device = Device(Es256(), EdDsa())
    with check("the enrolment link and the lookup say the same"):
        bound = expect(backend.bind("enrol"), 201)
        link = link_values(bound["bindUri"])
        found = expect(device.lookup(bound["bindUri"]), 200)
        nonce = found["nonce"]
        for name in ("appSpaceGuid", "appSpaceName", "privakeyId"):
            equal((link[name], found[name]), (bound[name], bound[name]))
        equal(link["st"], bound["sessionToken"])
        equal(found["accountId"], "enrol")
        equal(link["serviceUrl"], backend.base_url)
        equal(found["expiresAt"], bound["sessionTokenExpiration"])
    good = device.enrolment(nonce)
    for proof in ("authProof", "strongProof"):
        with check(f"enrolment with an altered {proof} is refused"):
            for _, bad in alterations(good[proof]):
                expect(device.enrol({**good, proof: bad}), 400)
    with check("enrolment with a proof by another key is refused"):
        other = Device(Es256(), EdDsa())
        other.base_url, other.token = device.base_url, device.token
        for field in ("authKey", "strongKey", "authProof", "strongProof"):
            expect(device.enrol({**good, field: other.enrolment(nonce)[field]}), 400)
    with check("enrolment with another nonce is refused"):
        expect(device.enrol(device.enrolment(base64url(bytes(16)))), 400)
    with check("enrolment with proofs of another time is refused with the server's time"):
        for offset in (-75, 75):
            is_now(expect(device.enrol(device.enrolment(nonce, offset=offset)), 401, "clock_skew")["serverTime"])
    with check("enrolment for another audience is refused"):
        device.base_url += "0"
        elsewhere = device.enrolment(nonce)
        device.base_url = backend.base_url
        expect(device.enrol(elsewhere), 400)
    with check("enrolment with an RSA key of 1024 bits is refused"):
        small = Device(Rs256(1024), EdDsa())
        small.base_url, small.token = device.base_url, device.token
        expect(small.enrol(small.enrolment(nonce)), 400)
    with check("enrolment with private members in a key is refused"):
        expect(device.enrol({**good, "authKey": {**good["authKey"], "d": base64url(bytes(range(32)))}}), 400)
    with check("none of the refused enrolments used the token up, or made a device"):
        equal(expect(backend.call("GET", "/api/device/getAll", {"accountId": "enrol"}), 200), [])
        first = expect(device.enrol(good), 201)
    with check("the same device may repeat its enrolment and gets the same answer"):
        equal(expect(device.enrol(good), 200), first)
    with check("the token works for no other device"):
        other = Device(Es256(), Es256())
        other.base_url, other.token = device.base_url, device.token
        expect(other.enrol(other.enrolment(nonce)), 404, "not_found")
    with check("an unknown token is not found"):
        expect(device.post("/device/v1/enrolments/lookup", {"token": base64url(bytes(32))}), 404, "not_found")


def proofs(tally, backend):
    check = tally.check
    device = enrolled(backend, "proofs")
    stranger = enrolled(backend, "proofs-stranger")
    path, body = "/device/v1/device", b'{"name":"Renamed"}'

    def refused(error="unauthorized", body=body, **changes):
        return expect(device.send("PATCH", path, body, device.proof("PATCH", path, body, **changes)), 401, error)

    with check("a call without proof is refused"):
        expect(device.send("PATCH", path, body), 401, "unauthorized")
    with check("a call with an altered proof is refused"):
        for _, bad in alterations(device.proof("PATCH", path, body)):
            expect(device.send("PATCH", path, body, bad), 401, "unauthorized")
    with check("a proof for another method, address, body or user is refused"):
        refused(htm="DELETE")
        refused(htu=backend.base_url + "/device/v1/challenges")
        refused(htu=backend.base_url.replace("127.0.0.1", "localhost") + path)
        refused(bh=sha256(b""))
        refused(sub=stranger.user)
    with check("a proof with jti too short or too long, or without a claim, is refused"):
        refused(jti="x" * 15)
        refused(jti="x" * 129)
        for claim in ("sub", "htm", "htu", "iat", "jti", "bh"):
            refused(**{claim: None})
    with check("a proof by another key, for another device, or of another type is refused"):
        refused(key=device.strong_key)
        refused(key=stranger.auth_key)
        refused(header={"kid": stranger.guid})
        refused(header={"kid": str(uuid.uuid4())})
        refused(header={"typ": "countersign-answer+jwt"})
        refused(header={"typ": "JWT"})
    with check("a proof that chooses its own key or algorithm is refused"):
        refused(key=stranger.auth_key, header={"jwk": stranger.auth_key.jwk})
        refused(header={"alg": "EdDSA"})
        header, payload, _ = device.proof("PATCH", path, body, header={"alg": "none"}).split(".")
        expect(device.send("PATCH", path, body, f"{header}.{payload}."), 401, "unauthorized")
        header, payload, _ = device.proof("PATCH", path, body, header={"alg": "HS256"}).split(".")
        public = json.dumps(device.auth_key.jwk).encode()
        mac = base64url(hmac.new(public, f"{header}.{payload}".encode(), hashlib.sha256).digest())
        expect(device.send("PATCH", path, body, f"{header}.{payload}.{mac}"), 401, "unauthorized")
    with check("a proof of another time is refused with the server's time"):
        for offset in (-75, 75):
            is_now(refused("clock_skew", iat=int(time.time()) + offset)["serverTime"])
    with check("none of the refused calls did anything"):
        equal(expect(device.status(), 200)["name"], "Interop phone")
    with check("a proof 45 seconds off is taken"):
        for offset in (-45, 45):
            proof = device.proof("PATCH", path, body, iat=int(time.time()) + offset)
            expect(device.send("PATCH", path, body, proof), 200)
    with check("a changing call takes a proof once"):
        for method, where, raw in (
            ("PATCH", path, body),
            ("PUT", "/device/v1/device/push-token", b'{"pushToken":null}'),
            ("POST", "/device/v1/telemetry", b'{"events":[{"type":"REQUEST_VIEWED"}]}'),
        ):
            proof = device.proof(method, where, raw)
            assert device.send(method, where, raw, proof).ok, f"{method} {where}"
            expect(device.send(method, where, raw, proof), 401, "replayed")
    with check("the proof leaves the query out"):
        proof = device.proof("GET", path)
        expect(device.send("GET", path + "?a=1", proof=proof), 200)


def documents(tally, backend):
    check = tally.check
    device = enrolled(backend, "documents")
    with check("the document is in RFC 8785 form and has the digest, and is what was asked"):
        request, challenge = asked(
            backend, device, "documents", DIFFICULT, additionalInfo=DIFFICULT, buttons=BUTTONS,
            transactionId="T-4711 \u20ac", duration="2m")
        text = challenge["document"]
        equal(text.encode(), canonical(text))
        equal(challenge["digest"], sha256(text.encode()))
        equal(challenge["digest"], request["documentDigest"])
        document = json.loads(text)
        equal(document["content"], DIFFICULT)
        equal(document["additionalInfo"], DIFFICULT)
        equal(document["buttons"], BUTTONS)
        equal(document["transactionId"], "T-4711 \u20ac")
        equal(document["challenge"], request["guid"])
        equal(document["requestOrigin"], backend.guid)
        equal(document["showCode"], False)
        equal((document["askedAt"], document["expiresAt"]), (request["createdAt"], request["expiresAt"]))
        equal(document["expiresAt"], challenge["expiresAt"])
        equal(challenge["status"], "pending")
    with check("the document has the fields that the protocol names, and no others"):
        equal(set(document), {
            "challenge", "appSpace", "requestOrigin", "requestOriginName", "content", "additionalInfo",
            "transactionId", "buttons", "showCode", "askedAt", "expiresAt"})
    with check("a number that canonical JSON would write as another is refused (RFC 8785, 3.2.2.3)"):
        # A user of its own, who has no other question.
        expect(backend.bind("numbers"), 201)
        for number in ("9007199254740993", "-12345678901234567890", "1e400"):
            raw = f'{{"accountId":"numbers","content":{{"cents":{number}}}}}'.encode()
            expect(backend.send("POST", "/api/request/add", raw), 400)
    with check("the list has the open challenges as fetched, oldest first"):
        _, second = asked(backend, device, "documents", "Second?")
        equal(expect(device.open_challenges(), 200)["challenges"], [challenge, second])
        expect(device.answer(second, 1), 200)
        equal(expect(device.open_challenges(), 200)["challenges"], [challenge])
    with check("a decided challenge can be fetched, without nonce"):
        decided = expect(device.fetch(second["guid"]), 200)
        equal(decided["status"], "answered")
        assert "nonce" not in decided, decided
        equal(decided["document"], second["document"])
    with check("another user's challenge does not exist"):
        stranger = enrolled(backend, "documents-stranger")
        expect(stranger.fetch(challenge["guid"]), 404, "not_found")
        expect(stranger.answer(challenge, 0), 404, "not_found")


def answers(tally, backend):
    check = tally.check
    device = enrolled(backend, "answers", Es256(), EdDsa())
    _, challenge = asked(backend, device, "answers", buttons=BUTTONS)
    good = device.sign_answer(challenge, 0)

    with check("an altered answer is refused"):
        for _, bad in alterations(good):
            expect(device.send_answer(challenge["guid"], bad), 400)
    with check("a button with strongAuth refuses the auth key"):
        expect(device.answer(challenge, 0, device.auth_key), 400, "invalid_field")
    with check("an answer to a button that is none is refused"):
        for button in (2, -1, 0.5, "0", "approve", None, True):
            expect(device.answer(challenge, button), 400, "invalid_field")
    with check("an answer for another digest, nonce or challenge is refused"):
        _, other = asked(backend, device, "answers", "Something else?")
        expect(device.answer(challenge, 0, digest=other["digest"]), 400, "invalid_field")
        expect(device.answer(challenge, 0, nonce=other["nonce"]), 400, "invalid_field")
        expect(device.answer(challenge, 0, challenge=other["guid"]), 400, "invalid_field")
        expect(device.send_answer(other["guid"], good), 400, "invalid_field")
    with check("an answer of another time is refused with the server's time"):
        for offset in (-75, 75):
            late = device.answer(challenge, 0, iat=int(time.time()) + offset)
            is_now(expect(late, 401, "clock_skew")["serverTime"])
    with check("an answer of another type or algorithm is refused"):
        for header in ({"typ": "countersign-proof+jwt"}, {"typ": "JWT"}, {"alg": "ES256"}, {"alg": "none"}):
            expect(device.send_answer(challenge["guid"], device.sign_answer(challenge, 0, header=header)), 400)
    with check("none of the refused answers decided anything"):
        equal(expect(backend.request(challenge["guid"]), 200)["status"], "pending")
    with check("the strong key approves, and the backend sees the button"):
        first = expect(device.send_answer(challenge["guid"], good), 200)
        equal((first["guid"], first["status"]), (challenge["guid"], "answered"))
        equal(expect(backend.request(challenge["guid"]), 200)["buttonSelected"], 0)
    with check("the same answer sent twice gets the same reply"):
        equal(expect(device.send_answer(challenge["guid"], good), 200), first)
    with check("another answer comes too late"):
        expect(device.answer(challenge, 1), 422, "wrong_state")
        expect(device.answer(other | {"guid": str(uuid.uuid4())}, 0), 404, "not_found")
    for key in ("auth_key", "strong_key"):
        with check(f"a button without strongAuth takes the {key.replace('_', ' ')}"):
            request, challenge = asked(backend, device, "answers", buttons=BUTTONS)
            expect(device.answer(challenge, 1, getattr(device, key)), 200)
            equal(expect(backend.request(request["guid"]), 200)["buttonSelected"], 1)
    with check("an answer that names another device is refused"):
        _, challenge = asked(backend, device, "answers", buttons=BUTTONS)
        named = device.sign_answer(challenge, 0, header={"kid": str(uuid.uuid4())})
        expect(device.send_answer(challenge["guid"], named), 400, "invalid_field")
    with check("an answer to a cancelled request comes too late"):
        request, challenge = asked(backend, device, "answers")
        expect(backend.call("PATCH", "/api/request/cancel", {"requestGuid": request["guid"]}), 200)
        expect(device.answer(challenge, 0), 422, "wrong_state")


def matching_codes(tally, backend):
    check = tally.check
    device = enrolled(backend, "codes")

    def wrong(code):
        return f"{(int(code) + 1) % 1_000_000:06}"

    with check("an approval with the matching code"):
        request, challenge = asked(backend, device, "codes", buttons=BUTTONS, showCode=True)
        code = request["code"]
        assert len(code) == 6 and code.isdigit(), code
        assert code not in challenge["document"] and json.loads(challenge["document"])["showCode"] is True
        expect(device.answer(challenge, 0), 400, "invalid_field")
        equal(expect(device.answer(challenge, 0, code=wrong(code)), 409, "wrong_code")["attemptsLeft"], 4)
        expect(device.answer(challenge, 0, code=code), 200)
    with check("the same answer with a wrong code sent twice gets the same reply"):
        request, challenge = asked(backend, device, "codes", showCode=True)
        once = device.sign_answer(challenge, 0, code=wrong(request["code"]))
        first = expect(device.send_answer(challenge["guid"], once), 409, "wrong_code")
        equal(expect(device.send_answer(challenge["guid"], once), 409, "wrong_code"), first)
        expect(device.answer(challenge, 0, code=request["code"]), 200)
    with check("the matching code is told once only"):
        assert "code" not in expect(backend.request(request["guid"]), 200)
    with check("a button without strongAuth needs no code beside one that has it"):
        request, challenge = asked(backend, device, "codes", buttons=BUTTONS, showCode=True)
        expect(device.answer(challenge, 1, device.auth_key), 200)
    with check("every button needs the code where none has strongAuth"):
        weak = [{"title": title, "strongAuth": False} for title in ("Yes", "No")]
        request, challenge = asked(backend, device, "codes", buttons=weak, showCode=True)
        expect(device.answer(challenge, 1), 400, "invalid_field")
        expect(device.answer(challenge, 1, device.auth_key, code=request["code"]), 200)
    with check("a request fails after the fifth wrong code"):
        request, challenge = asked(backend, device, "codes", showCode=True)
        bad = wrong(request["code"])
        left = [
            expect(device.answer(challenge, 0, code=bad), 409, "wrong_code")["attemptsLeft"] for _ in range(5)]
        equal(left, [4, 3, 2, 1, 0])
        expect(device.answer(challenge, 0, code=request["code"]), 422, "wrong_state")
        equal(expect(backend.request(request["guid"]), 200)["status"], "failed")


def declines(tally, backend):
    check = tally.check
    device = enrolled(backend, "declines")
    for reason, key in (("cancelled", device.strong_key), ("not_me", device.auth_key)):
        with check(f"decline with {reason}"):
            request, challenge = asked(backend, device, "declines")
            expect(device.answer(challenge, "decline", key, declineReason="because"), 400, "invalid_field")
            reply = device.answer(challenge, "decline", key, declineReason=reason)
            equal(expect(reply, 200)["status"], "declined")
            seen = expect(backend.request(request["guid"]), 200)
            equal((seen["status"], seen["declineReason"], seen["buttonSelected"]), ("declined", reason, None))
    with check("not_me gives the user peace for a while"):
        reply = backend.ask("declines", "Once more?")
        expect(reply, 429, "too_many")
        assert int(reply.headers["Retry-After"]) > 0


def claims(tally, backend):
    check = tally.check
    first, second = (enrolled(backend, account) for account in ("claims-1", "claims-2"))
    ask = {"claimable": True, "content": "Log in to ACME Bank?", "buttons": BUTTONS}
    with check("the first device that claims is asked, and answers"):
        request = expect(backend.call("POST", "/api/request/add", ask), 201)
        link = link_values(request["claimUri"])
        equal((link["requestGuid"], link["serviceUrl"]), (request["guid"], backend.base_url))
        equal((request["status"], request["accountId"]), ("claimable", None))
        challenge = expect(first.claim(request["claimUri"]), 200)
        equal(challenge["guid"], request["guid"])
        equal(expect(first.claim(request["claimUri"]), 200), challenge)
        expect(second.claim(request["claimUri"]), 404, "not_found")
        expect(second.fetch(request["guid"]), 404, "not_found")
        equal(canonical(challenge["document"]), challenge["document"].encode())
        expect(first.answer(challenge, 0), 200)
        seen = expect(backend.request(request["guid"]), 200)
        equal((seen["accountId"], seen["privakeyId"], seen["buttonSelected"]), ("claims-1", first.user, 0))


def the_device_itself(tally, backend):
    check = tally.check
    device = enrolled(backend, "itself", name="Ann's \u260e", platform="android", pushToken="interop-push-token")
    with check("the device sees itself"):
        seen = expect(device.status(), 200)
        named = {name: seen[name] for name in ("deviceGuid", "name", "platform", "status", "privakeyId", "accountId")}
        equal(named, {
            "deviceGuid": device.guid, "name": "Ann's \u260e", "platform": "android", "status": "active",
            "privakeyId": device.user, "accountId": "itself"})
        equal((seen["accountStatus"], seen["strongAttemptsLeft"]), ("active", 5))
        equal(set(seen) - set(named), {
            "push", "createdAt", "strongAttemptsLeft", "accountStatus", "appSpaceGuid", "appSpaceName"})
    with check("the device is renamed, for the backend too"):
        renamed = expect(device.call("PATCH", "/device/v1/device", {"name": "New name"}), 200)
        # A push token may have been registered meanwhile.
        equal(renamed, seen | {"name": "New name", "push": renamed["push"]})
        listed = expect(backend.call("GET", "/api/device/getAll", {"accountId": "itself"}), 200)
        equal([(one["guid"], one["name"]) for one in listed], [(device.guid, "New name")])
    with check("the push token is registered, replaced and taken back"):
        path = "/device/v1/device/push-token"

        def registered():
            return expect(device.status(), 200)["push"] == "registered"

        poll("the push token is not registered", registered)
        assert expect(device.call("PUT", path, {"pushToken": "another-token"}), 200)["push"] != "none"
        poll("the new push token is not registered", registered)
        equal(expect(device.call("PUT", path, {"pushToken": None}), 200)["push"], "none")
    with check("telemetry of 1 to 20 events is taken, and no other"):
        request = expect(backend.ask("itself", "Seen?"), 201)
        event = {
            "type": "REQUEST_VIEWED", "challengeGuid": request["guid"], "at": "2026-11-22T11:00:12+01:00",
            "durationMillis": 4200, "detail": "scrolled to the end"}
        own = {"type": "X" * 64}
        equal(expect(device.call("POST", "/device/v1/telemetry", {"events": [event, own]}), 202), {"accepted": 2})
        equal(expect(device.call("POST", "/device/v1/telemetry", {"events": [own] * 20}), 202), {"accepted": 20})
        for events in ([], [own] * 21, [{"type": "X" * 65}], [{"type": "lower"}], [{"type": ""}]):
            expect(device.call("POST", "/device/v1/telemetry", {"events": events}), 400, "invalid_field")
    with check("a suspended user's device may see itself only"):
        expect(backend.call("PATCH", "/api/account/suspend", {"accountId": "itself"}), 200)
        expect(device.open_challenges(), 403, "user_not_active")
        expect(device.fetch(request["guid"]), 403, "user_not_active")
        expect(device.call("PATCH", "/device/v1/device", {"name": "N"}), 403, "user_not_active")
        equal(expect(device.status(), 200)["accountStatus"], "suspended")
        expect(backend.call("PATCH", "/api/account/restore", {"accountId": "itself"}), 200)
        expect(device.fetch(request["guid"]), 200)
    with check("a removed device is revoked for ever"):
        expect(device.call("DELETE", "/device/v1/device"), 204)
        expect(device.status(), 401, "unauthorized")
        listed = expect(backend.call("GET", "/api/device/getAll", {"accountId": "itself"}), 200)
        equal([one["status"] for one in listed], ["revoked"])
    with check("five failed PINs revoke the device"):
        device = enrolled(backend, "itself")
        counted = [expect(device.call("POST", "/device/v1/strong-failures", {}), 200) for _ in range(5)]
        equal([one["attemptsLeft"] for one in counted], [4, 3, 2, 1, 0])
        equal([one["deviceStatus"] for one in counted], ["active"] * 4 + ["revoked"])
        expect(device.status(), 401, "unauthorized")
    with check("a failed PIN is counted in what the device sees"):
        device = enrolled(backend, "itself-2")
        expect(device.call("POST", "/device/v1/strong-failures", {}), 200)
        equal(expect(device.status(), 200)["strongAttemptsLeft"], 4)
