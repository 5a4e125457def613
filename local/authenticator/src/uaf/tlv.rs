//! The encoding of assertions (FIDO UAF Authenticator Commands, Data Structures): tag and length as two bytes each, little-endian,
//! then the value.

/// A registration assertion.
pub const REG_ASSERTION: u16 = 0x3e01;
/// An authentication assertion.
pub const AUTH_ASSERTION: u16 = 0x3e02;
/// What an attestation signs.
pub const KRD: u16 = 0x3e03;
/// What a registered key signs.
pub const SIGNED_DATA: u16 = 0x3e04;
/// An attestation by a certified key.
pub const BASIC_FULL: u16 = 0x3e07;
/// An attestation by the registered key.
pub const BASIC_SURROGATE: u16 = 0x3e08;
/// A certificate, DER.
pub const CERT: u16 = 0x2e05;
/// A signature.
pub const SIGNATURE: u16 = 0x2e06;
/// A key's name.
pub const KEY_ID: u16 = 0x2e09;
/// The hash of the final challenge parameters.
pub const FINAL_CHALLENGE_HASH: u16 = 0x2e0a;
/// A model's name.
pub const AAID: u16 = 0x2e0b;
/// A public key.
pub const PUB_KEY: u16 = 0x2e0c;
/// Counters.
pub const COUNTERS: u16 = 0x2e0d;
/// Version, mode and algorithms.
pub const ASSERTION_INFO: u16 = 0x2e0e;
/// The authenticator's nonce.
pub const AUTHENTICATOR_NONCE: u16 = 0x2e0f;
/// The hash of what was confirmed.
pub const TRANSACTION_CONTENT_HASH: u16 = 0x2e10;

/// One element.
///
/// # Panics
/// For a value of more than 65,535 bytes, which the length cannot say.
pub fn element(tag: u16, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len()).expect("no value of an assertion is that long");
    [&tag.to_le_bytes()[..], &length.to_le_bytes(), value].concat()
}

/// One element that holds others.
///
/// # Panics
/// As [`element`].
pub fn nested(tag: u16, fields: &[(u16, Vec<u8>)]) -> Vec<u8> {
    element(tag, &fields.iter().flat_map(|(tag, value)| element(*tag, value)).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tag_and_length_are_little_endian() {
        assert_eq!(element(KEY_ID, &[7, 8]), [0x09, 0x2e, 2, 0, 7, 8]);
        assert_eq!(element(CERT, &[0; 0x123])[..4], [0x05, 0x2e, 0x23, 0x01]);
        let fields = [(AAID, b"A".to_vec()), (TRANSACTION_CONTENT_HASH, Vec::new())];
        assert_eq!(nested(KRD, &fields), [0x03, 0x3e, 9, 0, 0x0b, 0x2e, 1, 0, b'A', 0x10, 0x2e, 0, 0]);
    }
}
