//! Authenticator data (Web Authentication Level 3, section 6.1) and COSE keys (RFC 9053, section 7.1).

use super::cbor;

/// The flags of authenticator data.
pub mod flags {
    /// The user was present.
    pub const USER_PRESENT: u8 = 0x01;
    /// The user was verified.
    pub const USER_VERIFIED: u8 = 0x04;
    /// The credential may be backed up.
    pub const BACKUP_ELIGIBLE: u8 = 0x08;
    /// The credential is backed up.
    pub const BACKED_UP: u8 = 0x10;
    /// A new credential stands there.
    pub const ATTESTED: u8 = 0x40;
}

/// Authenticator data, as it is about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticatorData {
    /// The SHA-256 of the relying party's id.
    pub rp_id_hash: Vec<u8>,
    /// See [`flags`].
    pub flags: u8,
    /// Signatures so far.
    pub counter: u32,
    /// At registration.
    pub credential: Option<NewCredential>,
}

/// What authenticator data says of a new credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCredential {
    /// The model: 16 bytes.
    pub aaguid: Vec<u8>,
    /// The credential's id.
    pub id: Vec<u8>,
    /// The public key as COSE.
    pub cose_key: Vec<u8>,
}

impl AuthenticatorData {
    /// The bytes.
    ///
    /// # Panics
    /// For a credential id of more than 65,535 bytes, which the length cannot say.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = [&self.rp_id_hash[..], &[self.flags], &self.counter.to_be_bytes()].concat();
        if let Some(NewCredential { aaguid, id, cose_key }) = &self.credential {
            let length = u16::try_from(id.len()).expect("no credential id is that long");
            out.extend([&aaguid[..], &length.to_be_bytes(), id, cose_key].concat());
        }
        out
    }
}

/// The COSE key of an uncompressed point (4, x, y) of P-256, for ES256.
pub(crate) fn cose_key(point: &[u8]) -> Vec<u8> {
    let (x, y) = point[1..].split_at(32);
    cbor::map(&[
        (cbor::integer(1), cbor::integer(2)),
        (cbor::integer(3), cbor::integer(-7)),
        (cbor::integer(-1), cbor::integer(1)),
        (cbor::integer(-2), cbor::bytes(x)),
        (cbor::integer(-3), cbor::bytes(y)),
    ])
}

/// The attestation object of format `none` (Web Authentication Level 3, section 8.7).
pub(crate) fn attestation_object(authenticator_data: &[u8]) -> Vec<u8> {
    cbor::map(&[
        (cbor::text("fmt"), cbor::text("none")),
        (cbor::text("attStmt"), cbor::map(&[])),
        (cbor::text("authData"), cbor::bytes(authenticator_data)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_stand_where_the_specification_says() {
        let point = [&[4; 1][..], &[0xaa; 32], &[0xbb; 32]].concat();
        let key = cose_key(&point);
        assert_eq!(key[..10], [0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
        assert_eq!((key[10], key[42..45].to_vec(), key[45]), (0xaa, vec![0x22, 0x58, 32], 0xbb));
        assert_eq!(key.len(), 77);
        let new = NewCredential { aaguid: vec![1; 16], id: vec![2; 3], cose_key: key };
        let mut data =
            AuthenticatorData { rp_id_hash: vec![9; 32], flags: 0x45, counter: 0x102, credential: Some(new) };
        let bytes = data.encode();
        assert_eq!(bytes[32..37], [0x45, 0, 0, 1, 2]);
        assert_eq!(bytes[53..58], [0, 3, 2, 2, 2]);
        assert_eq!(bytes.len(), 37 + 16 + 2 + 3 + 77);
        data.credential = None;
        assert_eq!(data.encode().len(), 37);
        assert_eq!(attestation_object(&[7])[..], *b"\xa3cfmtdnonegattStmt\xa0hauthDataA\x07");
    }
}
