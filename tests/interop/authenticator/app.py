"""An Authenticator app of version 1 or 2, written from docs/authenticator-api.md and what the apps are known to send."""

import json
import time
from urllib.parse import parse_qs, urlsplit

import requests

from authenticator.crypto import (
    bytes_of, detached_jws, from_pem, generate, padding, pem, seal, signature_v1, unseal)
from device import TIMEOUT

RETURN_URL = "authenticator://oauth/redirect"
# As far ahead as the apps let their signatures end.
SIGNED_FOR = 300


def query_of(link, path):
    """The parameters of a link to the app, each of them once."""
    url = urlsplit(link)
    assert (url.scheme, url.netloc, url.path) == ("authenticator", "saltedge.com", path), link
    values = parse_qs(url.query, strict_parsing=True)
    assert all(len(value) == 1 for value in values.values()), link
    return {name: value[0] for name, value in values.items()}


def ios_body(fields):
    """JSON as iOS writes it: sorted, over several lines, with spaces around colons and slashes escaped."""
    return json.dumps(fields, sort_keys=True, indent=2, separators=(",", " : ")).replace("/", "\\/").encode()


def typed(value, kind):
    """The value, if it is of exactly this type: what iOS reads as a number is no text, and the other way round."""
    assert type(value) is kind, f"expected {kind.__name__}, got {value!r}"
    return value


class App:
    """One installation with at most one connection. Calls give the reply as it is.

    Keyword arguments of a call replace what it would say: `token`, `key` (which signs), `expires` (seconds since 1970 or
    a text; False leaves it out), `signature` (False leaves it out), `signed_url`, `signed_method`, `sent_body`.
    """

    def __init__(self, version, key=None):
        self.version, self.key = version, key or generate()
        self.id_type = {1: str, 2: int}[version]
        self.http = requests.Session()
        self.base_url = self.provider = self.provider_key = self.id = self.token = None

    # Connecting

    def configure(self, url):
        """Fetches the configuration, and reads it as iOS does."""
        assert "." in urlsplit(url).hostname, url
        segments = urlsplit(url).path.split("/")
        version = {"v2": 2}.get(segments[segments.index("authenticator") + 1], 1)
        assert version == self.version, url
        reply = self.http.get(url, timeout=TIMEOUT)
        assert reply.status_code == 200, reply.text
        data = reply.json()["data"]
        if self.version == 1:
            self.base_url, self.provider = typed(data["connect_url"], str), typed(data["code"], str)
            for name in ("name", "support_email", "version"):
                typed(data[name], str)
            typed(data["consent_management"], bool)
            assert data["version"] == "1" and "/localhost" not in self.base_url, data
            logo = data["logo_url"]
        else:
            self.base_url, self.provider = typed(data["sca_service_url"], str), typed(data["provider_id"], int)
            for name in ("provider_name", "provider_support_email", "api_version"):
                typed(data[name], str)
            assert data["api_version"] == "2", data
            self.provider_key = from_pem(data["provider_public_key"])
            logo = data["provider_logo_url"]
        assert logo is None or urlsplit(logo).scheme, f"iOS reads {logo!r} neither as a URL nor as none"
        assert data["geolocation_required"] in (None, True, False), data
        return data

    def connect(self, link, query=None, **changes):
        """POST connections, for a link of the backend; `query` replaces its connect_query, `changes` what is said."""
        said = query_of(link, "/connect")
        self.configure(said["configuration"])
        data = {"return_url": RETURN_URL, "platform": "ios", "push_token": "interop"}
        if self.version == 1:
            data.update(public_key=pem(self.key), provider_code=self.provider)
        else:
            data.update(
                enc_rsa_public_key=seal(self.provider_key, pem(self.key).encode()), provider_id=str(self.provider))
        query = said.get("connect_query") if query is None else query
        if query:
            data["connect_query"] = query
        data.update(changes)
        body = ios_body({"data": {name: value for name, value in data.items() if value is not None}})
        return self.http.post(
            self._url("/connections"), data=body, headers={"Content-Type": "application/json"}, timeout=TIMEOUT)

    def connected(self, reply):
        """Keeps what a reply to `connect` says that is no login."""
        assert reply.status_code == 200, reply.text
        data = reply.json()["data"]
        id_name, url_name = {1: ("id", "connect_url"), 2: ("connection_id", "authentication_url")}[self.version]
        self.redirected(typed(data[url_name], str), typed(data[id_name], self.id_type))
        return self

    def redirected(self, url, connection=None):
        """Keeps what the browser came back with."""
        assert url.startswith(RETURN_URL + "?"), url
        values = {name: value[0] for name, value in parse_qs(url.partition("?")[2], strict_parsing=True).items()}
        assert "error_class" not in values, values
        assert connection is None or values["id"] == str(connection), (values["id"], connection)
        self.id = self.id_type(values["id"])
        self.token = values["access_token"]
        if self.version == 2:
            self.token = json.loads(self.key.decrypt(bytes_of(self.token), padding.PKCS1v15()))["access_token"]
        assert len(self.token) >= 27, "fewer than 160 random bits"

    # Calls

    def _url(self, path):
        return f"{self.base_url}/api/authenticator/v{self.version}{path}"

    def call(self, method, path, data=None, headers=None, **changes):
        """A call with the connection's token, signed as its version has it."""
        key, url = changes.get("key", self.key), self._url(path)
        expires = changes.get("expires")
        expires = int(time.time()) + SIGNED_FOR if expires is None else expires
        sent = {"Content-Type": "application/json", **(headers or {})}
        token = changes.get("token", self.token)
        if token is not False:
            sent["Access-Token"] = token
        fields = {"data": data} if data is not None else None
        if fields and self.version == 2 and expires is not False:
            fields["exp"] = expires
        body = ios_body(fields) if fields else b""
        if self.version == 1:
            if expires is not False:
                sent["Expires-at"] = str(expires)
            signature = signature_v1(
                key, changes.get("signed_method", method), changes.get("signed_url", url), str(expires), body)
            name = "Signature"
        else:
            signature, name = (detached_jws(key, body) if method != "GET" else False), "x-jws-signature"
        signature = changes.get("signature", signature)
        if signature is not False:
            sent[name] = signature
        return self.http.request(
            method, url, data=changes.get("sent_body", body), headers=sent, timeout=TIMEOUT)

    def list(self, **changes):
        return self.call("GET", "/authorizations", **changes)

    def get(self, authorization, **changes):
        return self.call("GET", f"/authorizations/{authorization}", **changes)

    def decide(self, authorization, confirm, code, bundle=None, geolocation=None, by=None, **changes):
        """PUT authorizations: yes or no. `bundle` replaces what version 2 encrypts, once it is encrypted."""
        path = f"/authorizations/{authorization}"
        if self.version == 1:
            headers = {"GEO-Location": geolocation, "Authorization-Type": by}
            headers = {name: value for name, value in headers.items() if value}
            return self.call("PUT", path, {"confirm": confirm, "authorization_code": code}, headers, **changes)
        if bundle is None:
            said = {"authorization_code": code, "user_authorization_type": by, "geolocation": geolocation}
            bundle = seal(self.provider_key, json.dumps(said).encode())
        return self.call("PUT", f"{path}/{'confirm' if confirm else 'deny'}", bundle, **changes)

    def scan(self, link, **changes):
        """The instant action of a link."""
        said = query_of(link, "/action")
        if self.version == 1:
            assert said["connect_url"] == self.base_url, link
            return self.call("PUT", f"/actions/{said['action_uuid']}", **changes)
        assert (said["api_version"], said["provider_id"]) == ("2", str(self.provider)), link
        data = {"provider_id": said["provider_id"], "action_id": said["action_id"], "connection_id": str(self.id)}
        return self.call("POST", "/authorizations", data, **changes)

    def consents(self, **changes):
        return self.call("GET", "/consents", **changes)

    def revoke_consent(self, consent, **changes):
        if self.version == 1:
            return self.call("DELETE", f"/consents/{consent}", **changes)
        return self.call("PUT", f"/consents/{consent}/revoke", {}, **changes)

    def revoke(self, **changes):
        """Ends the connection."""
        if self.version == 1:
            return self.call("DELETE", "/connections", **changes)
        return self.call("PUT", f"/connections/{self.id}/revoke", {}, **changes)

    # What is encrypted

    def opened(self, item):
        """What an item of a list says inside."""
        typed(item["connection_id"], self.id_type)
        assert item["connection_id"] == self.id, (item, self.id)
        return json.loads(unseal(self.key, item))
