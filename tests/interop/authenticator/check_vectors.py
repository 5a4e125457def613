"""The published vector, and the client's own crypto against itself. Needs no service."""

import json

from cryptography.exceptions import InvalidSignature

from authenticator.crypto import (
    aes_decrypt, aes_encrypt, base64_of, bytes_of, detached_jws, generate, seal, sign, signature_v1, unseal,
    verifies, verify)
from tally import equal, raises

HALF = bytes([65, 1, 2, 23, 4, 5, 6, 7, 32, 21, 10, 11, 12, 13, 84, 45])
PLAINTEXT = b'{"name":"Andrey", "age":27, "car":"BMW", "mileage":null}'
CIPHERTEXT = "MBrw7K2rCIKop50b2PmkmlAVO9Bulhl7yO8ZPw2ulVnh7MB9yI0vRJjum6xFnQMq9BR172WT/KAw78Zg4++EQQ=="


def run(tally):
    with tally.check("Authenticator: the published AES vector"):
        equal(base64_of(aes_encrypt(HALF * 2, HALF, PLAINTEXT)), CIPHERTEXT)
        equal(aes_decrypt(HALF * 2, HALF, bytes_of(CIPHERTEXT)), PLAINTEXT)
        equal(json.loads(PLAINTEXT)["car"], "BMW")
    with tally.check("Authenticator: what is sealed is opened by its reader alone"):
        key, other = generate(), generate()
        equal(unseal(key, seal(key.public_key(), PLAINTEXT)), PLAINTEXT)
        sealed = seal(key.public_key(), PLAINTEXT, HALF * 2, HALF)
        equal(sealed["data"], CIPHERTEXT)
        raises((ValueError, AssertionError), unseal, other, sealed)
    with tally.check("Authenticator: signatures hold for what was signed only"):
        public = key.public_key()
        verify(public, bytes_of(signature_v1(key, "PUT", "https://a.example/b", "7", b"{}")), b"put|https://a.example/b|7|{}")
        raises(InvalidSignature, verify, public, sign(key, b"a"), b"b")
        jws = detached_jws(key, b"{}")
        assert verifies(public, jws, b"{}") and not verifies(public, jws, b"{ }"), jws
        assert not verifies(other.public_key(), jws, b"{}") and not verifies(public, jws.replace("..", ".e30."), b"{}")
