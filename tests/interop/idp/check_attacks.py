"""Attacks on a login. Each is refused with the error that says why, and leaves nothing: no user, no open login."""

import re

from device import Device, Es256, base64url
from idp.app_space import app_link, enrol, error_of
from idp.browser import Browser, changed, query
from idp.check_provider import SPOILED
from tally import equal, expect

# More than the service takes from one address in a few minutes.
GUESSES = 30
# What the description must tell of, by the start of the kind's name; the last for all others.
TELLS = {
    "no id token": "no id token", "alg none": "sign", "no signature": "sign", "payload changed": "sign",
    "unknown key": "key|sign", "HS256": "algorithm", "other audience": "somebody else|audience",
    "two audiences": "somebody else|audience", "expired": "expired", "no nonce": "nonce", "other nonce": "nonce",
    "other issuer": "issuer", "": "id token",
}


def run(tally, provider, app_space):
    for shape in (provider.oidc, provider.oauth2):
        app_space.use(shape)
        scene = Scene(tally, provider, app_space, shape)
        scene.states()
        scene.codes()
        scene.app()
    app_space.use(provider.oidc)
    scene = Scene(tally, provider, app_space, provider.oidc)
    scene.issuers()
    scene.id_tokens()


class Scene:
    """One shape. Every attack has a login name of its own, of whom nothing may be known afterwards."""

    def __init__(self, tally, provider, app_space, shape):
        self.tally, self.provider, self.app_space, self.shape = tally, provider, app_space, shape

    def check(self, name):
        return self.tally.check(f"idp attack ({self.shape.name}): {name}")

    def login(self, account):
        """A device, and the redirect to the service in which its login ended."""
        device = Device(Es256(), Es256())
        return device, self.app_space.callback(device, account)

    def unknown(self, callback, account):
        """The service knows nothing of such a login; nothing went to the provider, and nothing was stored."""
        self.shape.calls()
        expect(Browser().follow(callback), 404, "not_found")
        equal(self.shape.calls(), [])
        expect(self.app_space.account(account), 404, "not_found")

    def refused(self, callback, account, error):
        """The app is told the error. The login is over, and nothing was stored. Gives the description."""
        told, description = error_of(Browser().follow(callback), self.app_space)
        equal(told, error)
        expect(Browser().follow(callback), 404, "not_found")
        expect(self.app_space.account(account), 404, "not_found")
        return description

    def states(self):
        with self.check("a state that nobody was given, and none"):
            _, callback = self.login("state")
            for state in (base64url(bytes(32)), query(callback)["state"] + "A", "", "*"):
                self.unknown(changed(callback, state=state), "state")
            refused = expect(Browser().follow(changed(callback, state=None)), 400, "invalid_field")
            equal(refused["field"], "state")
            # It was the state and nothing else.
            app_link(Browser().follow(callback))
        with self.check("a state that was used"):
            device, callback = self.login("state-again")
            link = app_link(Browser().follow(callback))
            expect(Browser().follow(callback), 404, "not_found")
            expect(Browser().follow(changed(callback, code=None, error="access_denied")), 404, "not_found")
            enrol(device, link)
        with self.check("who guesses states is held up, and nobody else"):
            _, callback = self.login("state-guessed")
            guesser = Browser()
            guessed = changed(callback, state=base64url(bytes(32)))
            statuses = [guesser.follow(guessed).status_code for _ in range(GUESSES)]
            equal((statuses[0], statuses[-1], set(statuses)), (404, 429, {404, 429}))
            app_link(Browser().follow(callback))
        with self.check("a state of the other protocol"):
            _, callback = self.login("state-other")
            other = "oauth2" if self.shape.name == "oidc" else "oidc"
            elsewhere = callback.replace(f"/api/idp/{self.shape.name}/", f"/api/idp/{other}/")
            assert elsewhere != callback, callback
            self.unknown(elsewhere, "state-other")

    def codes(self):
        with self.check("a code that was used, in another login"):
            first, callback = self.login("code-first")
            enrol(first, app_link(Browser().follow(callback)))
            _, second = self.login("code-again")
            self.refused(changed(second, code=query(callback)["code"]), "code-again", "invalid_grant")
            equal(len(expect(self.app_space.account("code-first"), 200)["devices"]), 1)
        with self.check("a code of another person's login that was not used"):
            _, stolen = self.login("code-victim")
            _, callback = self.login("code-thief")
            self.refused(changed(callback, code=query(stolen)["code"]), "code-thief", "invalid_grant")
            expect(self.app_space.account("code-victim"), 404, "not_found")
        with self.check("a code that the provider never gave"):
            _, callback = self.login("code-made-up")
            self.refused(changed(callback, code="made-up"), "code-made-up", "invalid_grant")

    def app(self):
        with self.check("another app protocol"):
            device = Device(Es256(), Es256())
            for protocol in ("evilbank", "https", "demobank://st=x&", "javascript", ""):
                refused = expect(self.app_space.begin(device, appProtocol=protocol), 400, "invalid_field")
                equal(refused["field"], "appProtocol")
        with self.check("an error whose text pretends to be more of the link"):
            _, callback = self.login("text")
            # With the provider's issuer as it was.
            text = "x&st=forged&\r\nLocation: //evil"
            forged = changed(callback, code=None, error="access_denied", error_description=text)
            self.refused(forged, "text", "access_denied")
        with self.check("an enrolment token with another device's key"):
            device, callback = self.login("token")
            link = app_link(Browser().follow(callback))
            thief = Device(Es256(), Es256())
            nonce = expect(thief.lookup(link), 200)["nonce"]
            expect(thief.enrol(thief.enrolment(nonce)), 404, "not_found")
            # Whose strong key it is does not matter, and somebody else's auth key cannot be proven.
            claimed = thief.enrolment(nonce) | {"authKey": device.auth_key.jwk}
            assert thief.enrol(claimed).status_code in (400, 404)
            equal(expect(self.app_space.account("token"), 200)["devices"], [])
            enrol(device, link)

    def issuers(self):
        for name, issuer in (("another issuer", "https://issuer.example"), ("no issuer", None)):
            with self.check(f"a redirect that names {name} (RFC 9207)"):
                _, callback = self.login("issuer")
                self.shape.calls()
                self.refused(changed(callback, iss=issuer), "issuer", "invalid_issuer")
                equal([call for call in self.shape.calls() if call["grant"]], [])

    def id_tokens(self):
        for kind in ("no id token", *SPOILED):
            with self.check(f"an id token with {kind}" if kind in SPOILED else kind):
                _, callback = self.login("id-token")
                self.shape.tamper(kind)
                description = self.refused(callback, "id-token", "invalid_token")
                tells = next(words for start, words in TELLS.items() if kind.startswith(start))
                assert re.search(tells, description), description
        with self.check("the same login with an id token as it should be is taken"):
            device, callback = self.login("id-token")
            enrol(device, app_link(Browser().follow(callback)))
            equal(len(expect(self.app_space.account("id-token"), 200)["devices"]), 1)
