"""What apps of either version must not get through with. After each refusal the question still waits."""

import json
import time

from authenticator.app import App, ios_body
from authenticator.check_app import asked, bound, connected
from authenticator.crypto import aes_encrypt, base64_of, bytes_of, detached_jws, generate, rsa_encrypt, seal
from authenticator.reading import authorizations, data_of, decided, not_decided, pending, refused
from device import base64url
from service import poll
from tally import equal


def run(tally, backend, version):
    name = f"authenticator-v{version}-refusals"
    app = connected(backend, version, name)
    asked(backend, name)
    item, content = pending(app)
    code = content["authorization_code"]

    def decide(**changes):
        return app.decide(item["id"], True, code, **changes)

    tokens(tally, backend, app, decide)
    expiries(tally, app, decide)
    tampered(tally, app, decide)
    codes(tally, app, item, code)
    if version == 2:
        bundles(tally, app, item, code)
        jws(tally, app, item, code)
    with tally.check(f"v{version}: after all this the right decision is taken"):
        equal(pending(app)[0]["id"], item["id"])
        bundle = in_lines(app, code) if version == 2 else None
        decided(app, decide(bundle=bundle), item["id"], True)
    foreign(tally, backend, app, name)
    too_late(tally, backend, app, name)


def tokens(tally, backend, app, decide):
    with tally.check(f"v{app.version}: tokens that are missing, unknown, altered or another's"):
        refused(decide(token=False), 400, "AccessTokenMissing")
        altered = app.token[:-1] + ("A" if app.token[-1] != "A" else "B")
        for token in ("x", "A" * len(app.token), altered, app.token + "A", app.token[:-1]):
            refused(decide(token=token), 401, "ConnectionNotFound")
            refused(app.list(token=token), 401, "ConnectionNotFound")
        other = connected(backend, app.version, f"authenticator-v{app.version}-other-token")
        refused(decide(token=other.token), 400, "InvalidSignature")


def expiries(tally, app, decide):
    with tally.check(f"v{app.version}: signatures that expire never, too late or too early"):
        now = int(time.time())
        for expires in (now - 1, now - 3600, now + 3600 + 60, now + 10**9, 0, False):
            refused(decide(expires=expires), 400, "SignatureExpired")
        if app.version == 1:
            for expires in ("", "x", f"{now + 300}.0", f"+{now + 300}"):
                refused(decide(expires=expires), 400, "SignatureExpired")
            refused(app.list(expires=now - 1), 400, "SignatureExpired")


def tampered(tally, app, decide):
    with tally.check(f"v{app.version}: URL, method, body and key that are not those that were signed"):
        refused(decide(signature=False), 400, "SignatureMissing")
        refused(decide(key=generate()), 400, "InvalidSignature")
        refused(decide(signature="x"), 400, "InvalidSignature")
        refused(decide(sent_body=b""), 400, "InvalidSignature" if app.version == 1 else "SignatureExpired")
        said = {"data": {"confirm": True, "authorization_code": "x"}, "exp": int(time.time()) + 300}
        refused(decide(sent_body=json.dumps(said).encode()), 400, "InvalidSignature")
        if app.version == 1:
            refused(decide(signed_method="post"), 400, "InvalidSignature")
            for url in ("https://auth.example.com/api", app.base_url + "/api/authenticator/v1/authorizations"):
                refused(decide(signed_url=url), 400, "InvalidSignature")
            refused(app.list(signature=False), 400, "SignatureMissing")
            refused(app.call("GET", "/authorizations?a=b", signed_url=app._url("/authorizations")), 400, "InvalidSignature")
            equal(len(data_of(app.call("GET", "/authorizations?a=b"))), 1)


def codes(tally, app, item, code):
    with tally.check(f"v{app.version}: a wrong code decides nothing, for yes and for no"):
        for wrong in ("", "x", code[:-1], code + "A", code.swapcase(), code[::-1]):
            for confirm in (True, False):
                not_decided(app, app.decide(item["id"], confirm, wrong))
        equal(pending(app)[0]["id"], item["id"])
    with tally.check(f"v{app.version}: an authorization that does not exist"):
        unknown = {1: "0190d6a5-0000-7000-8000-000000000005", 2: 7}[app.version]
        refused(app.get(unknown), 404, "AuthorizationNotFound")
        refused(app.decide(unknown, True, code), 404, "AuthorizationNotFound")
        refused(app.decide("x", True, code), 404, "AuthorizationNotFound")


def in_lines(app, code):
    """A good bundle with line breaks in its base64, as some writers make them."""
    good = seal(app.provider_key, json.dumps({"authorization_code": code}).encode())
    return {name: "\r\n".join(text[at:at + 76] for at in range(0, len(text), 76)) for name, text in good.items()}


def bundles(tally, app, item, code):
    with tally.check("v2: whatever is wrong within a bundle, the answer is the same"):
        public = app.provider_key
        said = json.dumps({"authorization_code": code}).encode()
        good = seal(public, said)
        key, iv = bytes(range(32)), bytes(range(16))
        unpadded = rsa_encrypt(public, key), rsa_encrypt(public, iv), aes_encrypt(key, iv, said)[:-16]
        flipped = bytearray(bytes_of(good["data"]))
        flipped[-1] ^= 1
        replies = [
            app.decide(item["id"], True, code, bundle=bundle)
            for bundle in (
                {**good, "key": good["iv"]},
                {**good, "iv": good["key"]},
                {**good, "key": base64_of(rsa_encrypt(public, b"short"))},
                {**good, "key": base64_of(rsa_encrypt(public, bytes(32)))},
                {**good, "key": base64_of(rsa_encrypt(generate().public_key(), key))},
                {**good, "key": base64_of(bytes(256))},
                {**good, "key": base64_of(b"\xff" * 256)},
                {**good, "data": base64_of(bytes(flipped))},
                {**good, "data": base64_of(bytes_of(good["data"])[:-1])},
                {**good, "data": ""},
                dict(zip(("key", "iv", "data"), map(base64_of, unpadded))),
                seal(public, b"no JSON"),
                seal(public, b"\xff\xfe"),
                seal(public, b"{}"),
                seal(public, json.dumps({"authorization_code": "wrong"}).encode()))]
        for reply in replies:
            refused(reply, 400, "WrongRequestFormat")
        equal(len({reply.text for reply in replies}), 1)


def jws(tally, app, item, code):
    with tally.check("v2: signatures of another form"):
        bundle = seal(app.provider_key, json.dumps({"authorization_code": code}).encode())

        def with_jws(make):
            expires = int(time.time()) + 300
            body = ios_body({"data": bundle, "exp": expires})
            return app.decide(item["id"], True, code, bundle=bundle, expires=expires, signature=make(body))

        def inside(body):
            head, signature = detached_jws(app.key, body).split("..")
            return f"{head}.{base64url(body)}.{signature}"

        for make in (
                lambda body: detached_jws(app.key, body, {"alg": "none"}),
                lambda body: detached_jws(app.key, body, {"alg": "RS512"}),
                lambda body: detached_jws(app.key, body, {"alg": "HS256"}),
                lambda body: detached_jws(app.key, body, {"alg": "RS256", "crit": ["x"], "x": 1}),
                lambda body: detached_jws(app.key, body, {"alg": "RS256", "b64": False, "crit": ["b64"]}),
                lambda body: detached_jws(app.key, body).replace("..", "."),
                lambda body: detached_jws(app.key, body) + "A",
                lambda body: detached_jws(app.key, body).split("..")[0] + "..",
                inside):
            refused(with_jws(make), 400, "InvalidSignature")


def foreign(tally, backend, app, name):
    with tally.check(f"v{app.version}: what another user is asked does not exist"):
        other = connected(backend, app.version, f"{name}-other")
        asked(backend, f"{name}-other")
        item, content = pending(other)
        refused(app.get(item["id"]), 404, "AuthorizationNotFound")
        refused(app.decide(item["id"], True, content["authorization_code"]), 404, "AuthorizationNotFound")
        decided(other, other.decide(item["id"], True, content["authorization_code"]), item["id"], True)
    with tally.check(f"v{app.version}: two connections of one user have codes of their own"):
        second = connected(backend, app.version, name)
        asked(backend, name)
        (item, content), (same, others) = pending(app), pending(second)
        equal(same["id"], item["id"])
        assert content["authorization_code"] != others["authorization_code"], content
        not_decided(app, app.decide(item["id"], True, others["authorization_code"]))
        decided(second, second.decide(item["id"], True, others["authorization_code"]), item["id"], True)
        refused(app.decide(item["id"], True, content["authorization_code"]), 404, "AuthorizationNotFound")


def too_late(tally, backend, app, name):
    with tally.check(f"v{app.version}: nothing is decided after its time"):
        asked(backend, name, duration="10s")
        item, content = pending(app)

        def is_over():
            waiting = [one for one, _ in authorizations(app) if one.get("status", "pending") == "pending"]
            return item["id"] not in [one["id"] for one in waiting]

        poll("the authorization does not expire", is_over)
        refused(app.decide(item["id"], True, content["authorization_code"]), 404, "AuthorizationNotFound")
        if app.version == 2:
            equal(data_of(app.get(item["id"]))["status"], "time_out")
    with tally.check(f"v{app.version}: an app with a key that is none does not connect"):
        refused(App(app.version, generate(1024)).connect(bound(backend, app.version, f"{name}-small-key")), 400, "WrongRequestFormat")
