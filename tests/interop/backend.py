"""A Request Origin by CX1-HMAC-SHA256, written from docs/origin-api.md, with the standard library's hmac."""

import base64
import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import requests

TIMEOUT = 20
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def signature(secret, method, url, milliseconds, guid, body):
    """The base64 HMAC over method, URL, time and GUID, and over the raw body unless the method is GET."""
    text = f"{method}{url}{milliseconds}{guid}".encode()
    if method != "GET":
        text += body
    return base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()


def authorization(secret, method, url, guid, body=b"", milliseconds=None):
    if milliseconds is None:
        milliseconds = int(time.time() * 1000)
    return f"CX1-HMAC-SHA256,{guid}/{milliseconds},{signature(secret, method, url, milliseconds, guid, body)}"


class Backend:
    """One Request Origin with an HMAC key."""

    def __init__(self, base_url, guid, secret):
        self.base_url, self.guid, self.secret = base_url, guid, secret
        self.http = requests.Session()

    def send(self, method, path, body=b"", content_type=JSON, credential=None):
        """A call with the credential given, or with a fresh good one."""
        url = self.base_url + path
        if credential is None:
            credential = authorization(self.secret, method, url, self.guid, body)
        headers = {"Authorization": credential}
        if body:
            headers["Content-Type"] = content_type
        return self.http.request(method, url, data=body, headers=headers, timeout=TIMEOUT)

    def call(self, method, path, fields):
        """A call as JSON; GET takes its fields in the query."""
        if method == "GET":
            return self.send(method, f"{path}?{urlencode(fields)}")
        return self.send(method, path, json.dumps(fields).encode())

    def form(self, method, path, fields):
        """A call as a form; `fields` are pairs with bracketed names."""
        return self.send(method, path, urlencode(fields).encode(), FORM)

    def bind(self, account):
        return self.call("PUT", "/api/account/bind", {"accountId": account})

    def ask(self, account, content, **fields):
        return self.call("POST", "/api/request/add", {"accountId": account, "content": content, **fields})

    def request(self, guid):
        return self.call("GET", "/api/request/getRequest", {"requestGuid": guid})

    def key_set(self):
        """The public keys; nobody needs a credential for them."""
        return requests.get(self.base_url + "/.well-known/jwks.json", timeout=TIMEOUT).json()
