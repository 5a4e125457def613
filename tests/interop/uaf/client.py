"""A FIDO UAF 1.1 client with one software authenticator, written from the specification: what an app embeds.

Nothing is shared with the service. Every value of an answer can be replaced by keyword, so that checks can say in one
word what is wrong with it; what is signed afterwards covers the replaced value.
"""

import hashlib
import json
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from device import base64url, from_base64url
from uaf import tlv

# The model and the app that the demo's App Space knows.
AAID = "CE5A#0001"
FACET = "ios:bundle-id:com.example.demobank"


class NoKey(Exception):
    """No key of this client is what the policy accepts."""


class Key:
    """A registered key."""

    def __init__(self, app_id, username):
        self.app_id, self.username = app_id, username
        self.id, self.counter = os.urandom(32), 0
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def public(self):
        return self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def sign(self, data):
        """ECDSA with SHA-256, r and s of 32 bytes each."""
        r, s = decode_dss_signature(self._key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def entry(uaf_request, operation):
    """The entry of version 1.1; fails where the message is of another operation."""
    found = [one for one in json.loads(uaf_request) if one["header"]["upv"] == {"major": 1, "minor": 1}]
    assert len(found) == 1 and found[0]["header"]["op"] == operation, uaf_request
    assert len(found[0]["header"].get("serverData", "")) <= 1536, "serverData is too long"
    if operation != "Dereg":
        assert 8 <= len(from_base64url(found[0]["challenge"])) <= 64, "a challenge has 8 to 64 bytes"
    return found[0]


def challenge_params(asked, facet=FACET, challenge=None, app_id=None, channel_binding=None):
    """The final challenge parameters as they stand in the message, and their hash: over that text, not over the JSON."""
    params = {
        "appID": app_id or asked["header"]["appID"], "challenge": challenge or asked["challenge"],
        "facetID": facet, "channelBinding": channel_binding or {}}
    text = base64url(json.dumps(params).encode())
    return text, hashlib.sha256(text.encode()).digest()


def shown(asked):
    """The text that is to be confirmed; none where the request only authenticates."""
    forms = [form for form in asked.get("transaction", []) if form["contentType"] == "text/plain"]
    if not asked.get("transaction"):
        return None
    text = from_base64url(forms[0]["content"]).decode("ascii")
    assert 1 <= len(text) <= 200, "the text is empty or too long"
    return text


def message(asked, params, assertion, header=None):
    """The message to send."""
    assertions = [{"assertionScheme": "UAFV1TLV", "assertion": base64url(assertion)}]
    return json.dumps([{"header": header or asked["header"], "fcParams": params, "assertions": assertions}])


class Client:
    """The client and the keys of its authenticator."""

    def __init__(self):
        self.keys = []

    def register(self, uaf_request, flip=False, cut=None, key=None, params=None, **changes):
        """The answer to a registration request, and the new key, which is kept. `params` replaces final challenge
        parameters, `changes` what the key data say, `flip` breaks the signature, `cut` shortens the assertion."""
        asked = entry(uaf_request, "Reg")
        app_id = asked["header"]["appID"]
        for rule in asked["policy"].get("disallowed", []):
            if any(base64url(known.id) in rule.get("keyIDs", []) for known in self.keys):
                raise NoKey("this authenticator is registered already")
        if not any(AAID in rule.get("aaid", []) for rules in asked["policy"]["accepted"] for rule in rules):
            raise NoKey("the model is not accepted")
        key = key or Key(app_id, asked["username"])
        text, challenge_hash = challenge_params(asked, **(params or {}))
        said = {"aaid": AAID, "challenge_hash": challenge_hash, "key_id": key.id, "public_key": key.public, **changes}
        krd = tlv.key_data(**said)
        assertion = tlv.surrogate(krd, flipped(key.sign(krd), flip))[:cut]
        self.keys.append(key)
        return message(asked, text, assertion), key

    def authenticate(self, uaf_request, key=None, flip=False, cut=None, params=None, confirmed=None, **changes):
        """The answer to an authentication request, and the text that was confirmed. `confirmed` replaces it, `key` the key,
        the rest is as for `register`."""
        asked = entry(uaf_request, "Auth")
        key = key or self.accepted(asked)
        text = shown(asked)
        signs = text if confirmed is None else confirmed
        params_text, challenge_hash = challenge_params(asked, **(params or {}))
        key.counter += 1
        said = {
            "aaid": AAID, "challenge_hash": challenge_hash, "key_id": key.id, "nonce": os.urandom(16),
            "sign_counter": key.counter,
            "transaction_hash": hashlib.sha256(signs.encode()).digest() if signs else b"", **changes}
        signed = tlv.signed_data(**said)
        assertion = tlv.authentication(signed, flipped(key.sign(signed), flip))[:cut]
        return message(asked, params_text, assertion), text

    def accepted(self, asked):
        """The newest key that the policy accepts."""
        for key in reversed(self.keys):
            for rules in asked["policy"]["accepted"]:
                (rule,) = rules
                names = rule.get("keyIDs")
                if AAID in rule["aaid"] and (not names or base64url(key.id) in names) \
                        and key.app_id == asked["header"]["appID"]:
                    return key
        raise NoKey("no key is accepted")

    def forget(self, uaf_request):
        """Does what a deregistration request says; the keys that are gone."""
        asked = entry(uaf_request, "Dereg")

        def covers(one, key):
            return one["aaid"] in ("", AAID) and one["keyID"] in ("", base64url(key.id))

        gone = [
            key for key in self.keys
            if key.app_id == asked["header"]["appID"] and any(covers(one, key) for one in asked["authenticators"])]
        self.keys = [key for key in self.keys if key not in gone]
        return gone


def flipped(data, flip):
    """The data, or the data with their last bit turned."""
    return data[:-1] + bytes([data[-1] ^ 1]) if flip else data
