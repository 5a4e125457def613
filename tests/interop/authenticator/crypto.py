"""What both ends of the Authenticator API do with RSA and AES, on `cryptography`: no code is shared with the service."""

import base64
import json
import os

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from device import base64url, from_base64url

BLOCK_BITS = 128


def generate(bits=2048):
    """A key pair."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def public_pem(public):
    """A public key as PEM (SPKI)."""
    return public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def pem(key):
    """The public half as PEM."""
    return public_pem(key.public_key())


def from_pem(text):
    """A public key; fails for anything but SPKI of RSA."""
    assert text.startswith("-----BEGIN PUBLIC KEY-----\n"), text
    key = serialization.load_pem_public_key(text.encode())
    assert isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048, text
    return key


def public_of_jwk(jwk):
    """A public key from its JWK."""
    e, n = (int.from_bytes(from_base64url(jwk[name]), "big") for name in ("e", "n"))
    return rsa.RSAPublicNumbers(e, n).public_key()


def base64_of(data):
    return base64.b64encode(data).decode()


def bytes_of(text):
    """Strict base64 on one line: nothing else is to come from the service."""
    return base64.b64decode(text, validate=True)


def aes_encrypt(key, iv, plaintext):
    padder = PKCS7(BLOCK_BITS).padder()
    padded = padder.update(plaintext) + padder.finalize()
    cipher = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return cipher.update(padded) + cipher.finalize()


def aes_decrypt(key, iv, ciphertext):
    cipher = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    unpadder = PKCS7(BLOCK_BITS).unpadder()
    return unpadder.update(cipher.update(ciphertext) + cipher.finalize()) + unpadder.finalize()


def rsa_encrypt(public, plaintext):
    return public.encrypt(plaintext, padding.PKCS1v15())


def seal(public, plaintext, key=None, iv=None):
    """`key`, `iv` and `data` for the holder of a public key."""
    key, iv = key or os.urandom(32), iv or os.urandom(16)
    return {
        "key": base64_of(rsa_encrypt(public, key)), "iv": base64_of(rsa_encrypt(public, iv)),
        "data": base64_of(aes_encrypt(key, iv, plaintext))}


def unseal(private, sealed):
    """The plaintext."""
    key, iv = (private.decrypt(bytes_of(sealed[name]), padding.PKCS1v15()) for name in ("key", "iv"))
    assert (len(key), len(iv)) == (32, 16), "the RSA parts have other sizes"
    return aes_decrypt(key, iv, bytes_of(sealed["data"]))


def sign(private, data):
    """RSA PKCS#1 v1.5 with SHA-256."""
    return private.sign(data, padding.PKCS1v15(), hashes.SHA256())


def verify(public, signature, data):
    """Fails unless the signature holds."""
    public.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())


def signature_v1(private, method, url, expires_at, body):
    """The header `Signature` of version 1."""
    return base64_of(sign(private, f"{method.lower()}|{url}|{expires_at}|".encode() + body))


def detached_jws(private, body, header=None):
    """The header `x-jws-signature` of version 2 (RFC 7515, appendix F)."""
    head = base64url(json.dumps(header or {"alg": "RS256"}).encode())
    return f"{head}..{base64url(sign(private, f'{head}.{base64url(body)}'.encode()))}"


def verify_detached(public, jws, body):
    """Fails unless this is a detached RS256 JWS over the body; gives its header."""
    head, payload, signature = jws.split(".")
    header = json.loads(from_base64url(head))
    assert payload == "" and header["alg"] == "RS256", jws
    verify(public, from_base64url(signature), f"{head}.{base64url(body)}".encode())
    return header


def verifies(public, jws, body):
    try:
        verify_detached(public, jws, body)
    except (InvalidSignature, ValueError, AssertionError, KeyError):
        return False
    return True
