"""A small client of OAuth2 and OpenID Connect, to see that the provider is what the other checks take it for."""

import hashlib
import secrets
from urllib.parse import quote_plus, urlencode

import requests
from joserfc import jwt
from joserfc.jwk import KeySet

from device import base64url
from idp.browser import query
from idp.provider import CLIENT_ID, CLIENT_SECRET

TIMEOUT = 20
# Nobody listens there: browsers stop before it.
REDIRECT_URI = "http://127.0.0.1:1/verify"


class Client:
    """A confidential client with PKCE, HTTP Basic and one login at a time."""

    def __init__(self, shape, scope, secret=CLIENT_SECRET):
        self.shape, self.scope, self.secret = shape, scope, secret
        self.state = self.nonce = self.verifier = None

    def authorization_url(self, **changes):
        """Where to send the browser; `changes` replace parameters, None takes one away."""
        self.state, self.verifier = (base64url(secrets.token_bytes(32)) for _ in range(2))
        fields = {
            "response_type": "code", "client_id": CLIENT_ID, "redirect_uri": REDIRECT_URI, "scope": self.scope,
            "state": self.state, "code_challenge_method": "S256",
            "code_challenge": base64url(hashlib.sha256(self.verifier.encode()).digest())}
        if "openid" in self.scope.split():
            self.nonce = base64url(secrets.token_bytes(32))
            fields |= {"nonce": self.nonce, "prompt": "consent"}
        fields |= changes
        given = urlencode({name: value for name, value in fields.items() if value is not None})
        return f"{self.shape.addresses['authorization']}?{given}"

    def post(self, name, **fields):
        """A call by the client to one of the provider's addresses."""
        # RFC 6749, 2.3.1: both are form-encoded before they are made the user name and password.
        credential = (quote_plus(CLIENT_ID), quote_plus(self.secret))
        return requests.post(self.shape.addresses[name], data=fields, auth=credential, timeout=TIMEOUT)

    def exchange(self, callback_url, **changes):
        given = query(callback_url)
        fields = {
            "grant_type": "authorization_code", "code": given.get("code"), "redirect_uri": REDIRECT_URI,
            "code_verifier": self.verifier} | changes
        return self.post("token", **fields)

    def refresh(self, token):
        return self.post("token", grant_type="refresh_token", refresh_token=token)

    def get(self, name, token):
        """One of the provider's addresses by Bearer token."""
        return requests.get(
            self.shape.addresses[name], headers={"Authorization": f"Bearer {token}"}, timeout=TIMEOUT)

    def id_token_claims(self, token, alg="RS256"):
        """The claims of a good id token; raises otherwise (OpenID Connect Core, 3.1.3.7)."""
        keys = KeySet.import_key_set(requests.get(self.shape.addresses["jwks"], timeout=TIMEOUT).json())
        found = jwt.decode(token, keys, algorithms=[alg])
        expected = {"iss": self.shape.addresses["issuer"], "aud": CLIENT_ID, "nonce": self.nonce}
        rules = {name: {"essential": True, "value": value} for name, value in expected.items()}
        rules |= {name: {"essential": True} for name in ("sub", "exp", "iat")}
        jwt.JWTClaimsRegistry(**rules).validate(found.claims)
        if isinstance(found.claims["aud"], list) and found.claims.get("azp") != CLIENT_ID:
            raise ValueError("another authorized party")
        return found.claims
