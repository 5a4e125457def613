"""The identity provider of provider.mjs as a process, and what the checks may do to it."""

import json
import pathlib
import subprocess
from contextlib import contextmanager

import requests

from service import poll

TIMEOUT = 20
# Seconds that its access tokens live, see settings.mjs.
ACCESS_TOKEN_SECONDS = 300
# With characters that HTTP Basic wants escaped (RFC 6749, 2.3.1), and long enough for HS256.
CLIENT_ID = "countersign:interop"
CLIENT_SECRET = "secret of %41 +client/with: odd=characters&more"


class Shape:
    """One of the two providers: `oidc` or `oauth2`, with its addresses by name."""

    def __init__(self, provider, name, addresses):
        self._provider, self.name, self.addresses = provider, name, addresses

    def _act(self, what, fields):
        return self._provider.act(f"{self.name}/{what}", fields)

    def path(self, name):
        """The path of one of its addresses."""
        return "/" + self.addresses[name].split("/", 3)[3]

    def register(self, redirect_uri, **metadata):
        """Registers the client, or changes what it is."""
        self._act("client", {
            "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "redirect_uris": [redirect_uri], **metadata})

    @contextmanager
    def outage(self, kind, *names):
        """Down: `kind` is "destroy" or a status; at the addresses of these names only, if any."""
        self._act("outage", {"as": kind, "paths": [self.path(name) for name in names] or None})
        try:
            yield
        finally:
            self._act("outage", {})

    @contextmanager
    def slow_refreshes(self, milliseconds):
        self._act("delay", {"milliseconds": milliseconds})
        try:
            yield
        finally:
            self._act("delay", {"milliseconds": 0})

    def revoke(self, account, what):
        """Takes `refresh` tokens or the whole `grant` from a login name."""
        if not self._act("revoke", {"account": account, "what": what})["revoked"]:
            raise AssertionError(f"{account} had nothing to revoke")

    def calls(self):
        """What was called since the last time: path, grant type, status."""
        return self._act("calls", {})["calls"]

    def refreshes(self):
        """The statuses of the refreshes since the last look at the calls."""
        return [call["status"] for call in self.calls() if call["grant"] == "refresh_token"]

    def rotate_keys(self):
        return self._act("keys", {})["kids"]

    def tamper(self, kind):
        """Spoils the next id token, see tampering.mjs; None takes it back."""
        self._act("tamper", {"idToken": kind})


class Provider:
    """One run. Ends with its standard input, so with this process too."""

    def __init__(self, node, log):
        self.log = pathlib.Path(log)
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                ["node", "provider.mjs"], cwd=node, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT)
        addresses = poll("the provider does not listen", self._addresses)
        self._control = addresses.pop("control")
        self._shapes = {name: Shape(self, name, told) for name, told in addresses.items()}
        self.oidc, self.oauth2 = self._shapes["oidc"], self._shapes["oauth2"]
        # The paths of the endpoints are the provider's to choose.
        said = requests.get(self.oidc.addresses["discovery"], timeout=TIMEOUT).json()
        for name in ("authorization", "token", "userinfo", "introspection", "revocation"):
            self.oidc.addresses[name] = said[f"{name}_endpoint"]
        self.oidc.addresses["jwks"] = said["jwks_uri"]

    def _addresses(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the provider ended with {self.process.returncode}:\n{self.log.read_text()}")
        # It also warns of being used without HTTPS and the like.
        lines = [line for line in self.log.read_text().split("\n")[:-1] if line.startswith("{")]
        return json.loads(lines[0]) if lines else None

    def act(self, what, fields):
        reply = requests.post(f"{self._control}/{what}", json=fields, timeout=TIMEOUT)
        if not reply.ok:
            raise AssertionError(f"{what} {fields}: {reply.text}")
        return reply.json()

    @contextmanager
    def clock_ahead(self, seconds):
        """Its clock is so far ahead. Who logged in before must not come back after: its tokens may be of the future."""
        self.act("clock", {"seconds": seconds})
        try:
            yield
        finally:
            self.act("clock", {"seconds": 0})

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdin.close()
