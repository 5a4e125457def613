"""Receipts and device signatures, verified by joserfc."""

import json
import warnings

from joserfc import jws, jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import KeySet, import_key


# "EdDSA" is the algorithm's name in the device protocol; RFC 9864 would rather say "Ed25519".
warnings.filterwarnings("ignore", "EdDSA is deprecated", SecurityWarning)


def verify(token, key_set, issuer, audience):
    """The claims of a receipt that the key set signed for this Request Origin. Raises otherwise."""
    found = jwt.decode(token, KeySet.import_key_set(key_set), algorithms=["ES256"])
    if found.header.get("typ") != "receipt+jwt":
        raise ValueError(f"typ is {found.header.get('typ')!r}")
    essential = {"iss": issuer, "aud": audience}
    rules = {name: {"essential": True, "value": value} for name, value in essential.items()}
    jwt.JWTClaimsRegistry(**rules).validate(found.claims)
    return found.claims


def verify_answer(token, jwk):
    """Header and claims of an answer that the device's key signed. Raises otherwise."""
    algorithm = {"EC": "ES256", "OKP": "EdDSA", "RSA": "RS256"}[jwk["kty"]]
    found = jws.deserialize_compact(token, import_key(jwk), algorithms=[algorithm])
    return found.headers(), json.loads(found.payload)
