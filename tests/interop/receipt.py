"""Receipts and device signatures, verified by joserfc."""

import json

from joserfc import jws, jwt
from joserfc.jwk import KeySet, import_key


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
