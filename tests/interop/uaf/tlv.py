"""Assertions of the scheme UAFV1TLV (FIDO UAF Authenticator Commands 1.1): tag and length as two bytes each, little-endian."""

import struct

REG_ASSERTION, AUTH_ASSERTION, KRD, SIGNED_DATA = 0x3E01, 0x3E02, 0x3E03, 0x3E04
BASIC_SURROGATE = 0x3E08
SIGNATURE, KEY_ID, FINAL_CHALLENGE_HASH, AAID, PUB_KEY = 0x2E06, 0x2E09, 0x2E0A, 0x2E0B, 0x2E0C
COUNTERS, ASSERTION_INFO, NONCE, TRANSACTION_HASH = 0x2E0D, 0x2E0E, 0x2E0F, 0x2E10


def element(tag, value):
    return struct.pack("<HH", tag, len(value)) + value


def nested(tag, fields):
    """One element that holds others: pairs of tag and value, in this order."""
    return element(tag, b"".join(element(inner, value) for inner, value in fields))


def key_data(aaid, challenge_hash, key_id, public_key, sign_counter=0, registration_counter=1, version=1, mode=1,
             algorithm=1, encoding=0x100):
    """The KRD with its header: what an attestation signs."""
    return nested(KRD, [
        (AAID, aaid.encode()),
        (ASSERTION_INFO, struct.pack("<HBHH", version, mode, algorithm, encoding)),
        (FINAL_CHALLENGE_HASH, challenge_hash),
        (KEY_ID, key_id),
        (COUNTERS, struct.pack("<II", sign_counter, registration_counter)),
        (PUB_KEY, public_key),
    ])


def surrogate(krd, signature):
    """A registration assertion whose KRD the registered key itself has signed."""
    return element(REG_ASSERTION, krd + nested(BASIC_SURROGATE, [(SIGNATURE, signature)]))


def signed_data(aaid, challenge_hash, key_id, nonce, sign_counter, transaction_hash=b"", version=1, mode=None,
                algorithm=1):
    """The signed data with their header: what the signature covers. Mode 2 where something was confirmed."""
    mode = mode or (2 if transaction_hash else 1)
    return nested(SIGNED_DATA, [
        (AAID, aaid.encode()),
        (ASSERTION_INFO, struct.pack("<HBH", version, mode, algorithm)),
        (NONCE, nonce),
        (FINAL_CHALLENGE_HASH, challenge_hash),
        (TRANSACTION_HASH, transaction_hash),
        (KEY_ID, key_id),
        (COUNTERS, struct.pack("<I", sign_counter)),
    ])


def authentication(signed, signature):
    """An authentication assertion."""
    return element(AUTH_ASSERTION, signed + element(SIGNATURE, signature))
