"""docs/cloud-api.md from outside: the seven flows with a UAF client in Python, and what must be refused."""

import hashlib
import json
import pathlib
import uuid

from device import base64url, from_base64url
from tally import equal, expect
from uaf import tlv
from uaf.app import App, claims, digest_text, link_data, tokens
from uaf.client import AAID, FACET, Key, entry, shown

SAMPLES = pathlib.Path(__file__).with_name("assertions.json")


def run(tally, cloud):
    samples(tally)
    registration(tally, cloud)
    refused_registrations(tally, cloud)
    authentication(tally, cloud)
    refused_authentications(tally, cloud)
    transactions(tally, cloud)
    in_app(tally, cloud)
    dispatching(tally, cloud)
    deregistration(tally, cloud)


def samples(tally):
    """Needs no service: the same samples are checked in local/authenticator."""
    written = json.loads(SAMPLES.read_text())
    signature = from_base64url(written["signature"])

    def bytes_of(sample, *names):
        return [from_base64url(sample[name]) for name in names]

    with tally.check("UAF: key data and registration assertion are those of the samples"):
        sample = written["keyData"]
        challenge_hash, key_id, public_key = bytes_of(sample, "finalChallengeHash", "keyId", "publicKey")
        krd = tlv.key_data(
            sample["aaid"], challenge_hash, key_id, public_key, sample["signCounter"], sample["registrationCounter"],
            sample["version"], sample["mode"], sample["algorithm"], sample["keyEncoding"])
        equal(base64url(krd), sample["encoded"])
        equal(base64url(tlv.surrogate(krd, signature)), sample["assertion"])
    with tally.check("UAF: signed data and authentication assertions are those of the samples"):
        for sample in written["signedData"]:
            challenge_hash, key_id, nonce, transaction_hash = bytes_of(
                sample, "finalChallengeHash", "keyId", "nonce", "transactionHash")
            signed = tlv.signed_data(
                sample["aaid"], challenge_hash, key_id, nonce, sample["signCounter"], transaction_hash,
                sample["version"], sample["mode"], sample["algorithm"])
            equal(base64url(signed), sample["encoded"])
            equal(base64url(tlv.authentication(signed, signature)), sample["assertion"])


def says(reply, status_code, status=None):
    """The reply's JSON, if its UAF status code, and its HTTP status where one is given, are these."""
    body = reply.json() if reply.content else {}
    if body.get("statusCode") != status_code or (status and reply.status_code != status):
        sent = reply.request
        raise AssertionError(
            f"expected {status_code}, got {reply.status_code} {reply.text!r} for {sent.method} {sent.url} "
            f"with {sent.body!r}")
    return body


def asked_to_register(cloud, username):
    """An app, the enrolment as the backend sees it, and the UAF request."""
    enrolled = expect(cloud.enroll(username), 201)
    app = App(cloud.base_url)
    answer = says(app.redeem(link_data(enrolled["enrollment"]["appLinkUri"])), 1200, 200)
    equal(answer["op"], "Reg")
    return app, enrolled, answer["uafRequest"]


def registered(cloud, username):
    """An app with a key and a dispatch target."""
    app, _, request = asked_to_register(cloud, username)
    response, key = app.client.register(request)
    app.registered(says(app.send("Reg", response), 1200, 200), key)
    expect(app.create_target(username), 201)
    return app


def approval(cloud, app, username, **fields):
    """An approval as the backend sees it, and what redeeming its link tells the app."""
    asked = expect(cloud.approve(username, channel="app", **fields), 201)
    data = link_data(asked["appLinkUri"])
    equal(data["correlationId"], asked["transactionId"])
    return asked, says(app.redeem(data), 1200, 200)


def succeeded(cloud, operation):
    """The status, which must be `succeeded`."""
    status = expect(cloud.status(operation["statusToken"]), 200)
    equal((status["status"], status["transactionId"]), ("succeeded", operation["transactionId"]))
    return status


def registration(tally, cloud):
    check = tally.check
    with check("UAF: out-of-band registration"):
        name = "uaf-registration"
        app, enrolled, request = asked_to_register(cloud, name)
        enrollment = enrolled["enrollment"]
        equal(expect(cloud.status(enrollment["statusToken"]), 200)["status"], "pending")
        asked = entry(request, "Reg")
        equal(asked["username"], name)
        response, key = app.client.register(request)
        answer = app.registered(says(app.send("Reg", response, deviceName="Interop phone", platform="other"), 1200), key)
        equal(list(tokens(answer)), ["device+jwt"])
        status = succeeded(cloud, enrollment)
        equal((status["userId"], status["username"]), (enrolled["userId"], name))
        equal(app.user, enrolled["userId"])
        (authenticator,) = expect(cloud.call("GET", f"users/{enrolled['userId']}"), 200)["authenticators"]
        equal((authenticator["name"], authenticator["authenticatorType"]), ("Interop phone", "app"))
    with check("UAF: the application id leads to facets that trust this app, the same for everybody"):
        url = asked["header"]["appID"]
        assert url.startswith(cloud.base_url + "/_app/uaf/1.1/facets"), url
        reply = app.http.get(url)
        equal((reply.status_code, reply.headers["Content-Type"].split(";")[0]), (200, "application/fido.trusted-apps+json"))
        facets = {
            (one["version"]["major"], one["version"]["minor"]): one["ids"] for one in reply.json()["trustedFacets"]}
        assert FACET in facets[1, 1], facets
        equal(app.http.get(url, headers={"Authorization": "Bearer x"}).text, reply.text)
    with check("UAF: a dispatch token redeems once"):
        app, enrolled, _ = asked_to_register(cloud, "uaf-once")
        says(app.redeem(link_data(enrolled["enrollment"]["appLinkUri"])), 1404, 404)
        data = link_data(enrolled["enrollment"]["appLinkUri"])
        says(app.redeem({**data, "token": str(uuid.uuid4())}), 1404, 404)
    with check("UAF: an answer to a registration counts once"):
        app, _, request = asked_to_register(cloud, "uaf-replay")
        response, _ = app.client.register(request)
        says(app.send("Reg", response), 1200)
        says(app.send("Reg", response), 1491)


def refused_registrations(tally, cloud):
    cases = {
        "a facet that is not trusted": ({"params": {"facet": "https://evil.example"}}, 1498),
        "another application id": ({"params": {"app_id": "https://evil.example/facets"}}, 1498),
        "another challenge": ({"params": {"challenge": base64url(bytes(32))}}, 1491),
        "an unknown model": ({"aaid": "FFFF#FFFF"}, 1480),
        "another algorithm": ({"algorithm": 2}, 1495),
        "another key encoding": ({"encoding": 0x101}, 1495),
        "a broken attestation": ({"flip": True}, 1496),
        "a key id of 31 bytes": ({"key_id": bytes(31)}, 1498),
        "a hash of other parameters": ({"challenge_hash": bytes(32)}, 1498),
        "a cut assertion": ({"cut": 60}, 1498),
        "a point that is not on the curve": ({"public_key": b"\x04" + bytes(64)}, 1494),
    }
    for index, (name, (change, status_code)) in enumerate(cases.items()):
        with tally.check(f"UAF: registration with {name} is refused"):
            app, enrolled, request = asked_to_register(cloud, f"uaf-refused-{index}")
            response, _ = app.client.register(request, **change)
            says(app.send("Reg", response), status_code, 200)
            equal(expect(cloud.call("GET", f"users/{enrolled['userId']}"), 200)["authenticators"], [])
    with tally.check("UAF: a key registers once, whoever the user is"):
        first = registered(cloud, "uaf-key-of-one")
        app, _, request = asked_to_register(cloud, "uaf-key-of-two")
        response, _ = app.client.register(request, key=first.key)
        says(app.send("Reg", response), 1494)


def authentication(tally, cloud):
    name = "uaf-authentication"
    app = registered(cloud, name)
    with tally.check("UAF: out-of-band authentication, and its token is consumed once"):
        operation, asked = approval(cloud, app, name)
        equal((asked["op"], shown(entry(asked["uafRequest"], "Auth"))), ("Auth", None))
        response, _ = app.client.authenticate(asked["uafRequest"])
        says(app.send("Auth", response), 1200, 200)
        status = succeeded(cloud, operation)
        header, said = claims(status["token"])
        equal((header["typ"], said["transaction"], said["status"]),
              ("transaction+jwt", operation["transactionId"], "succeeded"))
        equal(expect(cloud.introspect(status["token"]), 200)["active"], True)
        equal(expect(cloud.introspect(status["token"]), 200), {"active": False})
    with tally.check("UAF: an answer to an authentication counts once"):
        operation, asked = approval(cloud, app, name)
        response, _ = app.client.authenticate(asked["uafRequest"])
        says(app.send("Auth", response), 1200)
        says(app.send("Auth", response), 1491)
    with tally.check("UAF: whoever scans a usernameless approval is the user"):
        operation, asked = approval(cloud, app, None)
        response, _ = app.client.authenticate(asked["uafRequest"])
        says(app.send("Auth", response), 1200)
        equal(succeeded(cloud, operation)["username"], name)


def refused_authentications(tally, cloud):
    name, other = "uaf-refused", registered(cloud, "uaf-other")
    app = registered(cloud, name)
    cases = {
        "a facet that is not trusted": ({"params": {"facet": "https://evil.example"}}, 1498),
        "another challenge": ({"params": {"challenge": base64url(bytes(32))}}, 1491),
        "a counter that stays": ({"sign_counter": 0}, 1492),
        "an unknown key": ({"key": Key("", name)}, 1481),
        "a key of another user": ({"key": other.key}, 1481),
        "a confirmation that nobody asked for": ({"confirmed": "Pay 1 EUR"}, 1498),
        "another algorithm": ({"algorithm": 2}, 1495),
        "a nonce of 7 bytes": ({"nonce": bytes(7)}, 1498),
        "a broken signature": ({"flip": True}, 1498),
        "a cut assertion": ({"cut": 60}, 1498),
    }
    for case, (change, status_code) in cases.items():
        with tally.check(f"UAF: authentication with {case} is refused"):
            operation, asked = approval(cloud, app, name)
            response, _ = app.client.authenticate(asked["uafRequest"], **change)
            says(app.send("Auth", response), status_code, 200)
            equal(expect(cloud.status(operation["statusToken"]), 200)["status"], "pending")
            says(app.send("Auth", app.client.authenticate(asked["uafRequest"])[0]), 1200)


def transactions(tally, cloud):
    name = "uaf-transactions"
    app = registered(cloud, name)
    for text, signs in (
            ("Pay 120 EUR to ACME?", "Pay 120 EUR to ACME?"),
            ("Zahle 120 \u20ac an ACME?", digest_text("Zahle 120 \u20ac an ACME?")),
            ("x" * 200, "x" * 200),
            ("x" * 201, digest_text("x" * 201))):
        with tally.check(f"UAF: {text[:24]!r} is shown as {signs[:24]!r} and signed"):
            operation, asked = approval(cloud, app, name, message=text, prompt=True)
            equal((asked["message"], asked["prompt"]), (text, True))
            response, signed = app.client.authenticate(asked["uafRequest"])
            equal(signed, signs)
            says(app.send("Auth", response), 1200)
            succeeded(cloud, operation)
    with tally.check("UAF: another text, or none, is refused"):
        operation, asked = approval(cloud, app, name, message="Pay 120 EUR to ACME?")
        for confirmed in ("Pay 1 EUR to ACME?", ""):
            response, _ = app.client.authenticate(asked["uafRequest"], confirmed=confirmed)
            says(app.send("Auth", response), 1498)
        equal(expect(cloud.status(operation["statusToken"]), 200)["status"], "pending")


def in_app(tally, cloud):
    name = "uaf-in-app"
    with tally.check("UAF: in-app registration with an intent token, once"):
        intent = expect(cloud.intent(name, "enroll", "app"), 200)["token"]
        app = App(cloud.base_url)
        asked = says(app.request("Reg", {"username": name}, intent), 1200)
        response, key = app.client.register(asked["uafRequest"])
        app.registered(says(app.send("Reg", response), 1200), key)
        expect(app.create_target(name), 201)
        says(app.request("Reg", {"username": name}, intent), 1401, 401)
    with tally.check("UAF: in-app authentication yields a transaction token that is consumed once"):
        app_space = claims(app.device_token)[1]["aud"]
        asked = says(app.request("Auth", {"username": name, "appSpace": app_space}), 1200)
        response, _ = app.client.authenticate(asked["uafRequest"])
        got = tokens(says(app.send("Auth", response), 1200))
        equal(sorted(got), ["device+jwt", "transaction+jwt"])
        introspected = expect(cloud.introspect(got["transaction+jwt"]), 200)
        equal((introspected["active"], introspected["sub"]), (True, app.user))
        equal(expect(cloud.introspect(got["transaction+jwt"]), 200), {"active": False})
        says(app.send("Auth", response), 1491)
    with tally.check("UAF: who asks for a user that does not exist is told the same"):
        def shape(username):
            asked = says(app.request("Auth", {"username": username, "appSpace": app_space}), 1200)
            request = entry(asked["uafRequest"], "Auth")
            lengths = [len(request["challenge"]), len(request["header"]["serverData"])]
            return sorted(asked), sorted(request), sorted(request["header"]), request["policy"], lengths

        equal(shape("nobody-of-this-name"), shape(name))
    with tally.check("UAF: without authority nothing is registered or deregistered"):
        for kind in ("Reg", "Dereg"):
            says(app.request(kind, {"username": name}), 1401, 401)
            says(app.request(kind, {"username": name}, "x"), 1401, 401)


def dispatching(tally, cloud):
    name = "uaf-dispatching"
    app = registered(cloud, name)
    with tally.check("UAF: a pushed approval is pending at the device and is answered"):
        operation = expect(cloud.approve(name, message="Pay?"), 201)
        (pending,) = expect(app.pending(), 200)["operations"]
        equal((pending["transactionId"], pending["operation"]), (operation["transactionId"], "authentication"))
        asked = says(app.redeem(pending["nma_data"]), 1200)
        says(app.send("Auth", app.client.authenticate(asked["uafRequest"])[0]), 1200)
        succeeded(cloud, operation)
        equal(expect(app.pending(), 200)["operations"], [])
    with tally.check("UAF: a declined approval has failed"):
        operation = expect(cloud.approve(name, message="Pay?"), 201)
        expect(app.decline(operation["transactionId"]), 200)
        equal(expect(cloud.status(operation["statusToken"]), 200)["status"], "failed")
    with tally.check("UAF: a signature for another call, of another key or of another time is refused"):
        path, stranger = "/_app/token/dispatch/pending/", registered(cloud, "uaf-stranger")
        for change in ({"htm": "POST"}, {"htu": cloud.base_url + "/"}, {"bh": base64url(hashlib.sha256(b"x").digest())},
                       {"sub": stranger.user}, {"iat": 1}, {"key": stranger.signature_key}):
            says(app.signed("GET", path, **change), 1401, 401)
        says(app.http.get(app.base_url + path), 1401, 401)
    with tally.check("UAF: a target is changed and removed by its own key only"):
        path = f"/_app/token/dispatch/targets/{app.target}"
        equal(expect(app.signed("PATCH", path, {"name": "Renamed"}), 200), {"id": app.target})
        says(stranger.signed("PATCH", path, {"name": "Stolen"}), 1404, 404)
        equal(app.signed("DELETE", path).status_code, 204)


def deregistration(tally, cloud):
    with tally.check("UAF: deregistration that the app wants"):
        name = "uaf-deregistration"
        app = registered(cloud, name)
        asked = says(app.deregistration(name), 1200)
        equal(asked["op"], "Dereg")
        equal(app.client.forget(asked["uafRequest"]), [app.key])
        (authenticators,) = [expect(cloud.call("GET", f"users/{app.user}"), 200)["authenticators"]]
        equal([one for one in authenticators if one["state"] == "active"], [])
    with tally.check("UAF: deregistration that the backend wants"):
        name = "uaf-revoked"
        app = registered(cloud, name)
        expect(cloud.call("DELETE", f"authenticators/{app.target}"), 204)
        (pending,) = expect(app.pending(), 200)["operations"]
        equal(pending["operation"], "deregistration")
        asked = says(app.deregistration(name), 1200)
        equal(app.client.forget(asked["uafRequest"]), [app.key])
        assert AAID and not app.client.keys
