"""CX1-HMAC-SHA256 of docs/origin-api.md, from the backend's side."""

import base64
import http.client
import time
from urllib.parse import urlsplit

import requests

from backend import FORM, TIMEOUT, authorization, signature
from check_device import enrolled
from tally import equal, expect

# The example of docs/origin-api.md.
EXAMPLE = {
    "secret": "c2VjcmV0IG9mIHRoZSBleGFtcGxl", "guid": "5f0c1d2e-3b4a-8222-9222-6f7a8b9c0d1e",
    "milliseconds": 1795341600123}


def run(tally, backend):
    check = tally.check
    device = enrolled(backend, "ann+1@example.com")

    with check("the documented examples have the signatures that hmac computes"):
        post = signature(
            method="POST", url="https://auth.example.com/api/request/add",
            body=b'{"accountId":"ann@example.com","content":"Pay 120.00 EUR to ACME?"}', **EXAMPLE)
        equal(post, "5tSF0EhEnuYW55SE1JJ7peiELImUu+2wCOqnooxBD9g=")
        get = signature(
            method="GET", url="https://auth.example.com/api/device/getAll?accountId=ann%40example.com",
            body=b"", **EXAMPLE)
        equal(get, "bOaHEKBEdHKbZ5MbVinugfzvMEtZABv2gSe1SXm676k=")
    with check("GET with a query"):
        account = expect(backend.call("GET", "/api/account/get", {"accountId": "ann+1@example.com"}), 200)
        equal((account["privakeyId"], [one["guid"] for one in account["devices"]]), (device.user, [device.guid]))
    with check("GET with a query that is escaped in another way, and with a field that means nothing"):
        path = "/api/account/get?x=%7e~&accountId=%61nn%2b1%40example.com&&y=%e2%82%ac"
        # Not by `requests`, which would put the escapes in capitals after they were signed.
        connection = http.client.HTTPConnection(urlsplit(backend.base_url).netloc, timeout=TIMEOUT)
        connection.request("GET", path, headers={"Authorization": signed(backend, "GET", path)})
        equal(connection.getresponse().status, 200)
        connection.close()
    with check("GET of a user that does not exist"):
        expect(backend.call("GET", "/api/account/get", {"accountId": "nobody"}), 404, "not_found")
    with check("POST of JSON"):
        asked = expect(backend.ask("ann+1@example.com", "Pay 120 \u20ac?", transactionId="T-1"), 201)
        equal((asked["content"], asked["transactionId"], asked["statusId"]), ("Pay 120 \u20ac?", "T-1", 3))
    with check("POST of JSON with odd white space and escapes is signed byte for byte"):
        body = b' {\n\t"accountId" : "ann+1@example.com","content":"\\u20ac\\/"\r\n} '
        equal(expect(backend.send("POST", "/api/request/add", body), 201)["content"], "\u20ac/")
    with check("POST of a form with bracketed names"):
        fields = [
            ("accountId", "ann+1@example.com"), ("content[title]", "Pay 120 \u20ac?"),
            ("content[keys][0][key]", "To"), ("content[keys][0][value]", "ACME & Sons"),
            ("buttons[0][title]", "Pay"), ("buttons[0][strongAuth]", "true"),
            ("buttons[1]", '{"title": "No", "strongAuth": false}'), ("duration", "90s")]
        reply = backend.form("POST", "/api/request/add", fields)
        asked = expect(reply, 201)
        equal(asked["content"], {"title": "Pay 120 \u20ac?", "keys": [{"key": "To", "value": "ACME & Sons"}]})
        equal(asked["buttons"], [{"title": "Pay", "strongAuth": True}, {"title": "No", "strongAuth": False}])
        equal(reply.headers["Location"].split("/")[0:3], backend.base_url.split("/"))
    with check("PATCH of JSON and of a form"):
        cancelled = expect(backend.form("PATCH", "/api/request/cancel", [("requestGuid", asked["guid"])]), 200)
        equal(cancelled["status"], "cancelled")
        expect(backend.call("PATCH", "/api/request/cancel", {"requestGuid": asked["guid"]}), 422, "wrong_state")
    with check("a reading call may be sent again as it is, a changing one may not"):
        get, put = "/api/account/get?accountId=ann%2B1%40example.com", "/api/account/bind"
        credential = authorization(backend.secret, "GET", backend.base_url + get, backend.guid)
        for _ in range(2):
            expect(backend.send("GET", get, credential=credential), 200)
        body = b'{"accountId":"once"}'
        credential = authorization(backend.secret, "PUT", backend.base_url + put, backend.guid, body)
        expect(backend.send("PUT", put, body, credential=credential), 201)
        expect(backend.send("PUT", put, body, credential=credential), 401, "replayed")
    with check("a time four minutes off is taken"):
        for minutes in (-4, 4):
            expect(backend.send("GET", get, credential=signed(backend, "GET", get, minutes=minutes)), 200)
    with check("a time six minutes off is refused with the server's time"):
        for minutes in (-6, 6):
            reply = backend.send("GET", get, credential=signed(backend, "GET", get, minutes=minutes))
            assert expect(reply, 401, "clock_skew")["serverTime"].endswith("Z")
    # Ten failures from one address in five minutes would close it for this Request Origin: so few of a kind.
    body = b"accountId=refused"
    put = "/api/account/bind"
    for name, credential in {
        "an altered signature": altered(signed(backend, "PUT", put, body)),
        "another body": signed(backend, "PUT", put, b"accountId=refuse"),
        "another method": signed(backend, "POST", put, body),
        "another URL": signed(backend, "PUT", put + "?", body),
        "another secret": signed(backend, "PUT", put, body, secret=backend.secret + "="),
        "the secret decoded": decoded_secret(backend, "PUT", put, body),
    }.items():
        with check(f"{name} is refused"):
            reply = backend.send("PUT", put, body, FORM, credential)
            expect(reply, 401, "unauthorized")
            assert reply.headers["WWW-Authenticate"], "WWW-Authenticate"
    with check("the body was good: it is taken with a good signature"):
        expect(backend.send("PUT", put, body, FORM), 201)
    with check("an unknown Request Origin, and none, is refused"):
        other = backend.guid[:-1] + ("0" if backend.guid[-1] != "0" else "1")
        credential = authorization(backend.secret, "GET", backend.base_url + get, other)
        expect(backend.send("GET", get, credential=credential), 401, "unauthorized")
        expect(requests.get(backend.base_url + get, timeout=TIMEOUT), 401, "unauthorized")
    with check("an HMAC secret is no password"):
        reply = requests.get(backend.base_url + get, auth=(backend.guid, backend.secret), timeout=TIMEOUT)
        expect(reply, 401, "unauthorized")


def signed(backend, method, path, body=b"", minutes=0, secret=None):
    time_of_call = int((time.time() + 60 * minutes) * 1000)
    return authorization(
        secret or backend.secret, method, backend.base_url + path, backend.guid, body, time_of_call)


def altered(credential):
    """One bit of one byte of the signature turned."""
    head, encoded = credential.rsplit(",", 1)
    mac = bytearray(base64.b64decode(encoded))
    mac[16] ^= 1
    return f"{head},{base64.b64encode(bytes(mac)).decode()}"


def decoded_secret(backend, method, path, body):
    """By the decoded secret, which the specification forbids."""
    class Decoded(str):
        def encode(self, *_):
            return base64.urlsafe_b64decode(self + "=" * (-len(self) % 4))

    return signed(backend, method, path, body, secret=Decoded(backend.secret))
