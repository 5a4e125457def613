"""A device, written from docs/device-protocol.md alone: keys, proofs, enrolment, answers.

JWS and thumbprints are made by hand (RFC 7515, RFC 7638, RFC 8037), so that nothing is shared with the service.
"""

import base64
import hashlib
import json
import time
import uuid
from urllib.parse import unquote

import requests
import rfc8785
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

TIMEOUT = 20


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sha256(data):
    """The base64url SHA-256 of bytes."""
    return base64url(hashlib.sha256(data).digest())


def thumbprint(jwk):
    """The RFC 7638 thumbprint of a public JWK."""
    members = {"EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x"), "RSA": ("e", "kty", "n")}[jwk["kty"]]
    return sha256(json.dumps({name: jwk[name] for name in members}, separators=(",", ":")).encode())


class Es256:
    alg = "ES256"

    def __init__(self):
        self._key = ec.generate_private_key(ec.SECP256R1())
        point = self._key.public_key().public_numbers()
        x, y = (base64url(number.to_bytes(32, "big")) for number in (point.x, point.y))
        self.jwk = {"kty": "EC", "crv": "P-256", "x": x, "y": y}

    def sign(self, data):
        r, s = decode_dss_signature(self._key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


class EdDsa:
    alg = "EdDSA"

    def __init__(self):
        self._key = ed25519.Ed25519PrivateKey.generate()
        self.jwk = {"kty": "OKP", "crv": "Ed25519", "x": base64url(self._key.public_key().public_bytes_raw())}

    def sign(self, data):
        return self._key.sign(data)


class Rs256:
    alg = "RS256"

    def __init__(self, bits=2048):
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
        n = self._key.public_key().public_numbers().n
        self.jwk = {"kty": "RSA", "n": base64url(n.to_bytes(bits // 8, "big")), "e": "AQAB"}

    def sign(self, data):
        return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())


def jws(key, header, payload):
    """A JWS compact serialisation; `header` may override `alg`."""
    parts = [base64url(json.dumps(part).encode()) for part in ({"alg": key.alg, **header}, payload)]
    signature = key.sign(".".join(parts).encode())
    return ".".join([*parts, base64url(signature)])


def altered(token, part, position):
    """The JWS with one bit of one byte turned: part 0 header, 1 payload, 2 signature."""
    parts = token.split(".")
    data = bytearray(from_base64url(parts[part]))
    data[position] ^= 1
    parts[part] = base64url(bytes(data))
    return ".".join(parts)


def alterations(token):
    """The name and the JWS of every alteration that the checks try: first, middle and last byte of each part."""
    for part, name in enumerate(("header", "payload", "signature")):
        length = len(from_base64url(token.split(".")[part]))
        for position in (0, length // 2, length - 1):
            yield f"{name} byte {position}", altered(token, part, position)


def link_values(link):
    """What an enrolment or claim link carries: `<appProtocol>://name=value&...`, values percent-encoded."""
    pairs = (pair.split("=", 1) for pair in link.split("://", 1)[1].split("&"))
    return {name: unquote(value) for name, value in pairs}


def canonical(document):
    """The RFC 8785 form of a JSON text. Integers are read as floats, for which the form is defined."""
    return rfc8785.dumps(json.loads(document, parse_int=float))


class Device:
    """One device: its keys and its calls. Each call gives the reply as it is, so that refusals can be looked at."""

    def __init__(self, auth_key, strong_key):
        self.auth_key, self.strong_key = auth_key, strong_key
        self.base_url = self.guid = self.user = None
        self.http = requests.Session()

    def post(self, path, body):
        """A call without proof."""
        return self.http.post(self.base_url + path, json=body, timeout=TIMEOUT)

    def lookup(self, bind_uri):
        """Step 1 of the enrolment: what the token in the link stands for."""
        values = link_values(bind_uri)
        self.base_url, self.token = values["serviceUrl"], values["st"]
        return self.post("/device/v1/enrolments/lookup", {"token": self.token})

    def enrolment(self, nonce, offset=0, **changes):
        """The body of step 3, with proofs of possession by both keys, of a clock that is off by `offset` seconds;
        `changes` replace fields."""
        claims = {
            "nonce": nonce,
            "aud": self.base_url,
            "authKey": thumbprint(self.auth_key.jwk),
            "strongKey": thumbprint(self.strong_key.jwk),
            "iat": int(time.time()) + offset,
        }
        header = {"typ": "countersign-enrolment+jwt"}
        return {
            "token": self.token,
            "name": "Interop phone",
            "platform": "other",
            "authKey": self.auth_key.jwk,
            "strongKey": self.strong_key.jwk,
            "authProof": jws(self.auth_key, header, claims),
            "strongProof": jws(self.strong_key, header, claims),
            **changes,
        }

    def enrol(self, body):
        """Step 3."""
        reply = self.post("/device/v1/devices", body)
        if reply.ok:
            self.guid, self.user = reply.json()["deviceGuid"], reply.json()["privakeyId"]
        return reply

    def proof(self, method, path, body=b"", key=None, header=None, **changes):
        """The JWS of the header Device-Proof; `header` and `changes` replace what the protocol asks for."""
        claims = {
            "sub": self.user,
            "htm": method,
            "htu": self.base_url + path.split("?")[0],
            "iat": int(time.time()),
            "jti": str(uuid.uuid4()),
            "bh": sha256(body),
            **changes,
        }
        header = {"typ": "countersign-proof+jwt", "kid": self.guid, **(header or {})}
        return jws(key or self.auth_key, header, claims)

    def send(self, method, path, body=b"", proof=None):
        """A call with the proof given, or with none."""
        headers = {"Content-Type": "application/json"} if body else {}
        if proof is not None:
            headers["Device-Proof"] = proof
        return self.http.request(method, self.base_url + path, data=body, headers=headers, timeout=TIMEOUT)

    def call(self, method, path, body=None):
        """A call as the protocol says: sent again where others changed the same thing at the same time."""
        raw = b"" if body is None else json.dumps(body).encode()
        for _ in range(5):
            reply = self.send(method, path, raw, self.proof(method, path, raw))
            if reply.status_code != 409 or reply.json()["error"] != "conflict":
                break
        return reply

    def open_challenges(self):
        return self.call("GET", "/device/v1/challenges")

    def fetch(self, guid):
        return self.call("GET", f"/device/v1/challenges/{guid}")

    def claim(self, claim_uri):
        return self.call("POST", "/device/v1/claims", {"claimToken": link_values(claim_uri)["claim"]})

    def sign_answer(self, shown, answer, key=None, header=None, **changes):
        """The answer JWS over what was shown, by the strong key unless another is given."""
        claims = {
            "challenge": shown["guid"],
            "digest": sha256(shown["document"].encode()),
            "answer": answer,
            "nonce": shown["nonce"],
            "iat": int(time.time()),
            **changes,
        }
        header = {"typ": "countersign-answer+jwt", "kid": self.guid, **(header or {})}
        return jws(key or self.strong_key, header, claims)

    def send_answer(self, guid, token):
        return self.call("POST", f"/device/v1/challenges/{guid}/answer", {"answer": token})

    def answer(self, shown, answer, key=None, **changes):
        return self.send_answer(shown["guid"], self.sign_answer(shown, answer, key, **changes))

    def status(self):
        return self.call("GET", "/device/v1/device")
