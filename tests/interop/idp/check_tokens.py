"""What the provider's tokens are worth when a device answers: verified, renewed, and what if that fails."""

import copy
from concurrent.futures import ThreadPoolExecutor

import requests

from check_device import BUTTONS, asked
from device import Device, Es256
from idp.app_space import error_of, subject
from idp.browser import Browser
from idp.provider import ACCESS_TOKEN_SECONDS, CLIENT_SECRET
from tally import equal, expect

EXPIRED = ACCESS_TOKEN_SECONDS + 1
# Milliseconds: long enough that a second answer meets the refresh of the first.
SLOW = 400


def run(tally, provider, app_space):
    for shape in (provider.oidc, provider.oauth2):
        for behaviour in ("suspend", "revoke", "nothing"):
            app_space.use(shape, token_fail=behaviour)
            scene = Scene(tally, provider, app_space, shape, behaviour)
            scene.renewed()
            scene.revoked()
            scene.down()
        # The behaviour that is meant when none is set.
        app_space.use(shape)
        scene = Scene(tally, provider, app_space, shape, "by default")
        scene.suspended_by_default()
        scene.rotations()
        scene.simultaneous()
        scene.restored()


class Scene:
    """One shape and one behaviour. Every check has a user of its own, as clocks do not go back for tokens."""

    def __init__(self, tally, provider, app_space, shape, behaviour):
        self.tally, self.provider, self.app_space, self.shape = tally, provider, app_space, shape
        self.behaviour, self.backend = behaviour, app_space.backend

    def check(self, name):
        return self.tally.check(f"idp ({self.shape.name}, {self.behaviour}): {name}")

    def user(self, what):
        """A login name of its own, and its device."""
        account = f"{what}-{self.behaviour.replace(' ', '-')}"
        return account, self.app_space.enrolled(account)

    def ask(self, device, account):
        """A challenge, and the answer of the device to it, not sent yet."""
        _, challenge = asked(
            self.backend, device, subject(self.shape, account), buttons=BUTTONS, showNotification=False)
        return challenge["guid"], device.sign_answer(challenge, 0)

    def answer(self, device, account):
        return device.send_answer(*self.ask(device, account))

    def status(self, account):
        return expect(self.app_space.account(account), 200)["status"]

    def renewed(self):
        with self.check("an expired access token is renewed, and the answer taken"):
            account, device = self.user("renewed")
            self.shape.calls()
            with self.provider.clock_ahead(EXPIRED):
                expect(self.answer(device, account), 200)
                # With the new token there is nothing to renew.
                expect(self.answer(device, account), 200)
            equal(self.shape.refreshes(), [200])
            equal(self.status(account), "active")

    def revoked(self):
        for what, seconds, name in (
            ("refresh", EXPIRED, "an expired access token and a revoked refresh token"),
            ("grant", 0, "a revoked grant"),
        ):
            with self.check(name):
                account, device = self.user(f"revoked-{what}")
                self.shape.revoke(account, what)
                guid, answer = self.ask(device, account)
                with self.provider.clock_ahead(seconds):
                    self.failed(device.send_answer(guid, answer), account, device, guid, answer)
                if self.behaviour == "revoke":
                    later = self.app_space.enrolled(account)
                    assert later.user != device.user, "the revoked user came back"
                    expect(self.answer(later, account), 200)

    def failed(self, reply, account, device, guid, answer):
        """What the behaviour makes of tokens that are no good."""
        if self.behaviour == "nothing":
            equal(expect(reply, 200)["status"], "answered")
            equal(self.status(account), "active")
            return
        expect(reply, 403, "user_not_active")
        if self.behaviour == "revoke":
            equal(self.status(account), "revoked")
            expect(device.send_answer(guid, answer), 401, "unauthorized")
        else:
            equal(self.status(account), "suspended")
            expect(device.send_answer(guid, answer), 403, "user_not_active")
        assert expect(self.backend.request(guid), 200)["status"] != "answered", "the answer was taken"

    def down(self):
        with self.check("a provider that is down"):
            account, device = self.user("down")
            for kind in ("destroy", 500, 503, 429):
                guid, answer = self.ask(device, account)
                with self.shape.outage(kind):
                    self.unavailable(device.send_answer(guid, answer))
                # The same answer, when it is back.
                equal(expect(device.send_answer(guid, answer), 200)["status"], "answered")
            equal(self.status(account), "active")
        with self.check("a token endpoint that is down when an access token has expired"):
            account, device = self.user("down-token")
            for times, kind in enumerate(("destroy", 503, 429), start=1):
                guid, answer = self.ask(device, account)
                with self.provider.clock_ahead(times * EXPIRED):
                    with self.shape.outage(kind, "token"):
                        self.unavailable(device.send_answer(guid, answer))
                    equal(expect(device.send_answer(guid, answer), 200)["status"], "answered")
                    # Whatever the behaviour, the tokens are good for the next round.
                    expect(self.answer(device, account), 200)
            equal(self.status(account), "active")
        with self.check("a provider that refuses the client when an access token has expired"):
            account, device = self.user("client")
            guid, answer = self.ask(device, account)
            verify = self.app_space.verify_url(self.shape)
            with self.provider.clock_ahead(EXPIRED):
                self.shape.register(verify, client_secret=CLIENT_SECRET + "x")
                try:
                    self.unavailable(device.send_answer(guid, answer))
                finally:
                    self.shape.register(verify)
                equal(expect(device.send_answer(guid, answer), 200)["status"], "answered")
            equal(self.status(account), "active")

    def unavailable(self, reply):
        if self.behaviour == "nothing":
            equal(expect(reply, 200)["status"], "answered")
        else:
            expect(reply, 503, "provider_unavailable")

    def suspended_by_default(self):
        with self.check("a revoked grant suspends, and the user cannot log in until restored"):
            account, device = self.user("default")
            self.shape.revoke(account, "grant")
            expect(self.answer(device, account), 403, "user_not_active")
            equal(self.status(account), "suspended")
            callback = self.app_space.callback(Device(Es256(), Es256()), account)
            equal(error_of(Browser().follow(callback), self.app_space)[0], "user_not_active")

    def rotations(self):
        with self.check("rotated refresh tokens are used one after the other"):
            account, device = self.user("rotations")
            self.shape.calls()
            for times in range(1, 4):
                with self.provider.clock_ahead(times * EXPIRED):
                    expect(self.answer(device, account), 200)
            equal(self.shape.refreshes(), [200] * 3)

    def simultaneous(self):
        with self.check("of two answers at the same moment one renews, and both are taken"):
            account, device = self.user("simultaneous")
            other = copy.copy(device)
            other.http = requests.Session()
            ready = [(one, *self.ask(one, account)) for one in (device, other)]
            self.shape.calls()
            with self.provider.clock_ahead(EXPIRED), self.shape.slow_refreshes(SLOW), ThreadPoolExecutor() as pool:
                replies = list(pool.map(lambda one: one[0].send_answer(*one[1:]), ready))
            for reply in replies:
                equal(expect(reply, 200)["status"], "answered")
            equal(self.shape.refreshes(), [200])
            with self.provider.clock_ahead(2 * EXPIRED):
                expect(self.answer(device, account), 200)
            equal(self.shape.refreshes(), [200])

    def restored(self):
        for name, suspend in (
            ("by its tokens", lambda account: self.shape.revoke(account, "grant")),
            ("by the Request Origin", self.suspend),
        ):
            with self.check(f"a user who was suspended {name} and restored must log in again"):
                account, device = self.user(f"restored-{name.replace(' ', '-')}")
                guid, answer = self.ask(device, account)
                suspend(account)
                expect(device.send_answer(guid, answer), 403, "user_not_active")
                fields = {"accountId": subject(self.shape, account)}
                expect(self.backend.call("PATCH", "/api/account/restore", fields), 200)
                guid, answer = self.ask(device, account)
                expect(device.send_answer(guid, answer), 403, "login_required")
                equal(expect(self.backend.request(guid), 200)["status"], "pending")
                again = self.app_space.enrolled(account)
                equal(again.user, device.user)
                expect(self.answer(again, account), 200)

    def suspend(self, account):
        fields = {"accountId": subject(self.shape, account)}
        expect(self.backend.call("PATCH", "/api/account/suspend", fields), 200)
