"""Channel fido2 of docs/cloud-api.md, with an authenticator on the types of Yubico's `fido2`."""

from fido2.server import Fido2Server
from fido2.webauthn import PublicKeyCredentialRpEntity

from device import TIMEOUT, base64url
from tally import equal, expect
from uaf.fido2_device import FLAG, Fido2Device

# A page that the demo's App Space trusts.
ORIGIN = "http://localhost"


def run(tally, cloud):
    itself(tally)
    registration(tally, cloud)
    authentication(tally, cloud)


def itself(tally):
    """Needs no service: `fido2`'s own server takes what the authenticator makes, and not what is changed."""
    with tally.check("FIDO2: the authenticator of these checks is one"):
        # Options as JSON, as the service gives them.
        server = Fido2Server(PublicKeyCredentialRpEntity(id="localhost", name="Demo"), verify_origin=lambda _: True)
        device = Fido2Device(ORIGIN)
        options, state = server.register_begin({"id": b"user", "name": "ann", "displayName": "Ann"})
        data = server.register_complete(state, device.create(dict(options.public_key)))
        options, state = server.authenticate_begin([data.credential_data], user_verification="required")
        server.authenticate_complete(state, [data.credential_data], device.get(dict(options.public_key)))
        for change in ({"flip": True}, {"flags": FLAG.UP}, {"rp_id": "evil.example"}, {"type": "webauthn.create"}):
            try:
                server.authenticate_complete(
                    state, [data.credential_data], device.get(dict(options.public_key), **change))
            except Exception:
                continue
            raise AssertionError(f"{change} was taken")


def post(cloud, path, credential):
    return cloud.http.post(f"{cloud.base_url}/_app/{path}/result", json=credential, timeout=TIMEOUT)


def refused(reply):
    """Fails unless the ceremony's answer is a refusal."""
    assert not reply.ok or reply.json()["status"] != "ok", f"{reply.status_code} {reply.text!r}"


def enrolling(cloud, username):
    """An enrolment, its creation options, and the device of a new user."""
    enrolled = expect(cloud.enroll(username, channel="fido2", displayName="Ann"), 201)
    return enrolled["enrollment"], enrolled["enrollment"]["credentialCreationOptions"], Fido2Device(ORIGIN)


def enrolled(cloud, username):
    """The device of a user who has registered it."""
    _, options, device = enrolling(cloud, username)
    equal(expect(post(cloud, "attestation", device.create(options)), 200)["status"], "ok")
    return device


def status(cloud, operation):
    return expect(cloud.status(operation["statusToken"]), 200)["status"]


CHANGES = {
    "another origin": {"origin": "https://evil.example"},
    "another relying party": {"rp_id": "evil.example"},
    "another challenge": {"challenge": base64url(bytes(32))},
    "a user who was not verified": {"flags": FLAG.UP},
    "a user who was not there": {"flags": FLAG.UV},
}


def registration(tally, cloud):
    with tally.check("FIDO2: registration"):
        enrollment, options, device = enrolling(cloud, "fido2-registration")
        equal(status(cloud, enrollment), "pending")
        answer = expect(post(cloud, "attestation", device.create(options)), 200)
        equal(answer["status"], "ok")
        assert answer["token"], answer
        equal(status(cloud, enrollment), "succeeded")
    with tally.check("FIDO2: a ceremony counts once"):
        _, options, device = enrolling(cloud, "fido2-once")
        credential = device.create(options)
        equal(expect(post(cloud, "attestation", credential), 200)["status"], "ok")
        refused(post(cloud, "attestation", credential))
    for index, (name, change) in enumerate({**CHANGES, "an authentication": {"type": "webauthn.get"}}.items()):
        with tally.check(f"FIDO2: registration with {name} is refused"):
            enrollment, options, device = enrolling(cloud, f"fido2-refused-{index}")
            refused(post(cloud, "attestation", device.create(options, **change)))
            assert status(cloud, enrollment) != "succeeded"
    with tally.check("FIDO2: a registered authenticator is excluded"):
        device = enrolled(cloud, "fido2-twice")
        _, options, _ = enrolling(cloud, "fido2-twice")
        equal([one["id"] for one in options["excludeCredentials"]], [base64url(device.credentials[0].id)])


def authentication(tally, cloud):
    name = "fido2-authentication"
    device = enrolled(cloud, name)

    def asked():
        operation = expect(cloud.approve(name, channel="fido2"), 201)
        return operation, operation["credentialRequestOptions"]

    with tally.check("FIDO2: authentication, once"):
        operation, options = asked()
        credential = device.get(options)
        answer = expect(post(cloud, "assertion", credential), 200)
        equal(answer["status"], "ok")
        equal(status(cloud, operation), "succeeded")
        refused(post(cloud, "assertion", credential))
    changes = {
        **CHANGES, "a registration": {"type": "webauthn.create"}, "a broken signature": {"flip": True},
        "a counter that stays": {"counter": 1}}
    # A refused answer decides nothing: one question serves all of them, and the right answer at the end.
    operation, options = asked()
    for case, change in changes.items():
        with tally.check(f"FIDO2: authentication with {case} is refused"):
            refused(post(cloud, "assertion", device.get(options, **change)))
            equal(status(cloud, operation), "pending")
    with tally.check("FIDO2: after refused answers the right one is taken"):
        equal(expect(post(cloud, "assertion", device.get(options)), 200)["status"], "ok")
        equal(status(cloud, operation), "succeeded")
