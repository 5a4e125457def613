"""The demo App Space with an identity provider: its settings, logins, and devices that come from them."""

import os
import subprocess

from backend import Backend
from check_life import REGION
from device import Device, EdDsa, Es256, link_values, thumbprint
from idp import side
from idp.browser import Browser
from idp.provider import CLIENT_ID, CLIENT_SECRET
from service import ROOT, command
from tally import equal, expect

TIMEOUT = 20
SETTING_SECONDS = 60
APP_PROTOCOL = "demobank"


def oidc_flags(shape, **changes):
    """The settings of OpenID Connect as flags; `changes` replace them by name, None takes one away."""
    return flags("oidc", {
        "name": "Interop OpenID Connect", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET,
        "discovery_url": shape.addresses["discovery"], "scopes": "profile"} | changes)


def oauth2_flags(shape, **changes):
    """The settings of OAuth2 in the shape of Login With Amazon."""
    return flags("oauth2", {
        "name": "Interop Amazon", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET,
        "authorization_url": shape.addresses["authorization"], "access_token_url": shape.addresses["token"],
        "user_profile_url": shape.addresses["profile"], "verify_token_url": shape.addresses["tokenInfo"],
        "scopes": "profile profile:user_id", "end_user_id_name": "user_id"} | changes)


def flags(protocol, settings):
    given = {f"--idp-{name.replace('_', '-')}": value for name, value in settings.items() if value is not None}
    # With "=", so that no value is taken for a flag.
    return ["--idp", protocol, *(f"{name}={value}" for name, value in given.items())]


FLAGS = {"oidc": oidc_flags, "oauth2": oauth2_flags}


def subject(shape, account):
    """What the provider calls a login name, so the account id of its user."""
    return account if shape.name == "oidc" else f"amzn1.account.{account}"


class AppSpace:
    """The App Space of a running service, bound to one of the provider's shapes by `use`."""

    def __init__(self, demo, provider):
        self.base_url, self.guid = demo["baseUrl"], demo["appSpace"]["guid"]
        self._aws, self._environment = demo["awsEndpointUrl"], demo["environment"]
        self.origin = next(origin for origin in demo["origins"] if origin["keyType"] == "hmac")
        self.backend = Backend(self.base_url, self.origin["guid"], self.origin["key"])
        self.shape = provider.oidc
        for shape in (provider.oidc, provider.oauth2):
            shape.register(self.verify_url(shape))

    def verify_url(self, shape):
        """Where the provider sends people back to."""
        return f"{self.base_url}/api/idp/{shape.name}/verify"

    def _command(self, what, *arguments):
        environment = os.environ | {
            "AWS_ENDPOINT_URL": self._aws, "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
        which = ["--table", self._environment["TABLE_NAME"], "--app-space", self.guid]
        return subprocess.run(
            [*command(), "idp", what, *which, *arguments], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=SETTING_SECONDS)

    def try_setting(self, settings, loopback=True):
        """Sets the provider while the service runs; the ended command."""
        allowed = ["--allow-loopback"] if loopback else []
        secret = self._environment["SEALING_KEYS_SECRET"]
        return self._command("set", "--sealing-keys-secret", secret, *allowed, *settings)

    def use(self, shape, **changes):
        """Binds the App Space to a shape."""
        done = self.try_setting(FLAGS[shape.name](shape, **changes))
        if done.returncode:
            raise AssertionError(f"idp set ended with {done.returncode}: {done.stderr}")
        self.shape = shape

    def remove(self):
        """Back to the simple bind."""
        done = self._command("remove")
        if done.returncode:
            raise AssertionError(f"idp remove ended with {done.returncode}: {done.stderr}")

    def begin(self, device, **changes):
        """A device asks to bind; the reply as it is."""
        fields = {"appSpaceGuid": self.guid, "authKeyThumbprint": thumbprint(device.auth_key.jwk)} | changes
        return side.session().post(f"{self.base_url}/api/idp/bind", json=fields, timeout=TIMEOUT)

    def callback(self, device, account, browser=None, cancel=False):
        """The redirect in which a login ends at the provider; it has not reached the service yet."""
        url = expect(self.begin(device), 201)["authorizationUrl"]
        return (browser or Browser()).log_in(url, account, cancel)

    def link(self, device, account, browser=None):
        """The link in which a good login ends."""
        return app_link(Browser().follow(self.callback(device, account, browser)))

    def enrolled(self, account):
        """A device with new keys of whoever logs in."""
        device = Device(Es256(), EdDsa())
        enrol(device, self.link(device, account))
        return device

    def account(self, account):
        """What the backend sees of a login name."""
        fields = {"accountId": subject(self.shape, account)}
        return self.backend.call("GET", "/api/account/get", fields)


def app_link(reply):
    """The link to the app, of the service's redirect; fails if it says an error."""
    link = redirect(reply)
    if "error" in link_values(link):
        raise AssertionError(f"the login failed: {link}")
    return link


def redirect(reply):
    """Where the service's redirect leads, which must be the app."""
    equal((reply.status_code, reply.headers.get("Location", "").split("://")[0]), (302, APP_PROTOCOL))
    return reply.headers["Location"]


def error_of(reply, app_space):
    """Error and description of the service's redirect to the app, which must carry nothing else."""
    values = link_values(redirect(reply))
    equal(set(values), {"error", "error_description", "appSpaceGuid"})
    equal(values["appSpaceGuid"], app_space.guid)
    return values["error"], values["error_description"]


def enrol(device, link):
    """The rest of the enrolment, as after a simple bind."""
    nonce = expect(device.lookup(link), 200)["nonce"]
    return expect(device.enrol(device.enrolment(nonce)), 201)
