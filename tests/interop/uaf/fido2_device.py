"""A WebAuthn authenticator and its browser, on the types of Yubico's `fido2`: no code is shared with the service.

`soft-webauthn` was tried: it never says that the user was verified, and needs a `fido2` before 1.0.
"""

import hashlib
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.webauthn import (
    AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData, PublicKeyCredentialCreationOptions,
    PublicKeyCredentialRequestOptions)

from device import base64url

FLAG = AuthenticatorData.FLAG


class Credential:
    """One credential of one relying party."""

    def __init__(self, rp_id, user_handle):
        self.rp_id, self.user_handle = rp_id, user_handle
        self.id, self.counter = os.urandom(32), 0
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def public(self):
        return ES256.from_cryptography_key(self._key.public_key())

    def sign(self, data):
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))


class Fido2Device:
    """The authenticator, at pages of one origin. `changes` replace what it says."""

    def __init__(self, origin):
        self.origin, self.credentials = origin, []

    def _client_data(self, kind, challenge, origin=None, **_):
        return CollectedClientData.create(kind, challenge, origin or self.origin)

    def create(self, options, type="webauthn.create", challenge=None, rp_id=None, flags=FLAG.UP | FLAG.UV, **changes):
        """The credential as JSON, for options as JSON, which `fido2` reads as a browser does."""
        read = PublicKeyCredentialCreationOptions.from_dict(options)
        assert any(one.alg == ES256.ALGORITHM for one in read.pub_key_cred_params), options
        held = {one.id for one in read.exclude_credentials or ()}
        assert not any(one.id in held for one in self.credentials), "it is registered already"
        credential = Credential(read.rp.id, read.user.id)
        client_data = self._client_data(type, challenge or read.challenge, **changes)
        attested = AttestedCredentialData.create(bytes(16), credential.id, credential.public)
        hashed = hashlib.sha256((rp_id or read.rp.id).encode()).digest()
        data = AuthenticatorData.create(hashed, flags | FLAG.AT, credential.counter, attested)
        self.credentials.append(credential)
        return {
            "type": "public-key", "id": base64url(credential.id), "rawId": base64url(credential.id),
            "response": {
                "clientDataJSON": base64url(client_data),
                "attestationObject": base64url(AttestationObject.create("none", data, {}))}}

    def get(self, options, type="webauthn.get", challenge=None, rp_id=None, flags=FLAG.UP | FLAG.UV, counter=None,
            flip=False, **changes):
        """As `create`, for an authentication."""
        read = PublicKeyCredentialRequestOptions.from_dict(options)
        allowed = {one.id for one in read.allow_credentials or ()}
        credential = [
            one for one in self.credentials if one.rp_id == read.rp_id and (not allowed or one.id in allowed)][-1]
        credential.counter += 1
        client_data = self._client_data(type, challenge or read.challenge, **changes)
        hashed = hashlib.sha256((rp_id or read.rp_id).encode()).digest()
        data = AuthenticatorData.create(hashed, flags, credential.counter if counter is None else counter)
        signature = credential.sign(data + client_data.hash)
        if flip:
            signature = signature[:-1] + bytes([signature[-1] ^ 1])
        return {
            "type": "public-key", "id": base64url(credential.id), "rawId": base64url(credential.id),
            "response": {
                "clientDataJSON": base64url(client_data), "authenticatorData": base64url(data),
                "signature": base64url(signature), "userHandle": base64url(credential.user_handle)}}
