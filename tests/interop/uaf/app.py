"""An app at the app side of the Cloud API, written from docs/cloud-api.md: links, redeeming, UAF messages, dispatch targets."""

import json
import time
import uuid
from urllib.parse import parse_qs, urlsplit

import requests

from device import TIMEOUT, Es256, base64url, from_base64url, jws, sha256
from uaf.client import Client

UAF = "application/fido+uaf;charset=UTF-8"
TARGETS = "/_app/token/dispatch/targets/"


def link_data(link):
    """`nma_data` of an app link."""
    (value,) = parse_qs(urlsplit(link).query, strict_parsing=True)["dispatchTokenResponse"]
    payload = json.loads(from_base64url(value))
    assert payload["nma_data_content_type"] == "application/json" and payload["nma_data_version"] == "1", payload
    uuid.UUID(payload["nma_data"]["token"])
    return payload["nma_data"]


def claims(token):
    """Header and payload of a JWT, unverified."""
    return tuple(json.loads(from_base64url(part)) for part in token.split(".")[:2])


def tokens(answer):
    """The tokens of a ServerResponse by their kind."""
    return {claims(token["value"])[0]["typ"]: token["value"] for token in answer["additionalTokens"]}


def digest_text(message):
    """What is signed for a message that is no short ASCII."""
    return f"Message SHA-256 {sha256(message.encode())}"


class App:
    """One installation: its UAF client, and, once it is registered, who it is. Calls give the reply as it is."""

    def __init__(self, base_url):
        self.base_url, self.client = base_url, Client()
        self.user = self.target = self.key = self.device_token = None
        self.signature_key = Es256()
        self.http = requests.Session()

    def post(self, path, body, content_type=UAF, **headers):
        headers = {"Content-Type": content_type, **headers}
        url = path if path.startswith("http") else self.base_url + path
        return self.http.post(url, data=json.dumps(body).encode(), headers=headers, timeout=TIMEOUT)

    def redeem(self, data):
        """Redeems the token of `nma_data`."""
        assert data["redeem_url"].startswith(self.base_url + "/_app/token/redeem/"), data
        return self.post(data["redeem_url"], {"token": data["token"]}, "application/json")

    def request(self, kind, context, authority=None):
        """Asks for a request of an operation that begins in the app: `Reg`, `Auth` or `Dereg`."""
        path = {"Reg": "registration", "Auth": "authentication", "Dereg": "deregistration"}[kind]
        headers = {"Authorization": f"Bearer {authority}"} if authority else {}
        # The transport binding has the context as a text.
        body = {"op": kind, "context": json.dumps(context)}
        return self.post(f"/_app/uaf/1.1/request/{path}/", body, **headers)

    def send(self, kind, uaf_response, **context):
        """Sends the answer to a registration (`Reg`) or authentication (`Auth`) request."""
        path = {"Reg": "registration", "Auth": "authentication"}[kind]
        body = {"uafResponse": uaf_response, **({"context": context} if context else {})}
        return self.post(f"/_app/uaf/1.1/{path}/", body)

    def registered(self, answer, key):
        """Remembers who it is, from the answer to a registration."""
        self.device_token, self.key = tokens(answer)["device+jwt"], key
        self.user = claims(self.device_token)[1]["sub"]
        return answer

    def create_target(self, username, **changes):
        """Gives the service the signature key."""
        body = {
            "username": username, "deviceId": "installation", "name": "Interop phone",
            "signatureKey": self.signature_key.jwk, **changes}
        reply = self.post(TARGETS, body, "application/json", Authorization=f"Bearer {self.device_token}")
        if reply.status_code == 201:
            self.target = reply.json()["id"]
        return reply

    def signature(self, method, path, body, key=None, **changes):
        """The JWS of the header Device-Signature; `changes` replace claims."""
        said = {
            "sub": self.user, "htm": method, "htu": self.base_url + path.split("?")[0], "iat": int(time.time()),
            "jti": str(uuid.uuid4()), "bh": sha256(body), **changes}
        return jws(key or self.signature_key, {"typ": "countersign-proof+jwt", "kid": self.target}, said)

    def signed(self, method, path, body=None, content_type="application/json", **changes):
        """A call with a signature."""
        raw = b"" if body is None else json.dumps(body).encode()
        headers = {"Content-Type": content_type} if raw else {}
        headers["Device-Signature"] = self.signature(method, path, raw, **changes)
        return self.http.request(method, self.base_url + path, data=raw, headers=headers, timeout=TIMEOUT)

    def pending(self):
        return self.signed("GET", "/_app/token/dispatch/pending/")

    def decline(self, transaction, reason="cancelled"):
        return self.signed("POST", "/_app/token/dispatch/decline/", {"transactionId": transaction, "reason": reason})

    def deregistration(self, username):
        """Asks for the request that makes the client forget the key."""
        body = {"op": "Dereg", "context": json.dumps({"username": username})}
        return self.signed("POST", "/_app/uaf/1.1/request/deregistration/", body, UAF)
