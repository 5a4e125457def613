//! Assertions of the scheme UAFV1TLV (FIDO UAF Authenticator Commands, TAG_UAFV1_REG_ASSERTION, TAG_UAFV1_AUTH_ASSERTION).

use super::tlv::{self, element, nested};
use crate::encoding::sha256;

/// What a registration states of a key, as it is about to be attested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyData {
    /// The model.
    pub aaid: String,
    /// The authenticator's version.
    pub version: u16,
    /// 1 in every registration.
    pub mode: u8,
    /// The number of the signature algorithm.
    pub algorithm: u16,
    /// The number of the public key's encoding.
    pub key_encoding: u16,
    /// The hash of the final challenge parameters.
    pub final_challenge_hash: Vec<u8>,
    /// The key's name: 32 bytes.
    pub key_id: Vec<u8>,
    /// Signatures so far.
    pub sign_counter: u32,
    /// Registrations so far.
    pub registration_counter: u32,
    /// The public key.
    pub public_key: Vec<u8>,
}

impl KeyData {
    /// The KRD with its header: what an attestation signs.
    pub fn encode(&self) -> Vec<u8> {
        let info = [
            &self.version.to_le_bytes()[..],
            &[self.mode],
            &self.algorithm.to_le_bytes(),
            &self.key_encoding.to_le_bytes(),
        ];
        let counters = [self.sign_counter.to_le_bytes(), self.registration_counter.to_le_bytes()];
        nested(
            tlv::KRD,
            &[
                (tlv::AAID, self.aaid.as_bytes().to_vec()),
                (tlv::ASSERTION_INFO, info.concat()),
                (tlv::FINAL_CHALLENGE_HASH, self.final_challenge_hash.clone()),
                (tlv::KEY_ID, self.key_id.clone()),
                (tlv::COUNTERS, counters.concat()),
                (tlv::PUB_KEY, self.public_key.clone()),
            ],
        )
    }
}

/// A registration assertion whose KRD the registered key itself has signed.
pub fn basic_surrogate(krd: &[u8], signature: &[u8]) -> Vec<u8> {
    let attestation = nested(tlv::BASIC_SURROGATE, &[(tlv::SIGNATURE, signature.to_vec())]);
    element(tlv::REG_ASSERTION, &[krd, &attestation].concat())
}

/// A registration assertion whose KRD the key of the first of these certificates (DER) has signed.
pub fn basic_full(krd: &[u8], signature: &[u8], chain: &[Vec<u8>]) -> Vec<u8> {
    let mut fields = vec![(tlv::SIGNATURE, signature.to_vec())];
    fields.extend(chain.iter().map(|certificate| (tlv::CERT, certificate.clone())));
    element(tlv::REG_ASSERTION, &[krd, &nested(tlv::BASIC_FULL, &fields)].concat())
}

/// What a registered key is about to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedData {
    /// The model.
    pub aaid: String,
    /// The authenticator's version.
    pub version: u16,
    /// 1: the user was verified. 2: and has confirmed what was shown.
    pub mode: u8,
    /// The number of the signature algorithm.
    pub algorithm: u16,
    /// The authenticator's own: at least 8 bytes.
    pub nonce: Vec<u8>,
    /// The hash of the final challenge parameters.
    pub final_challenge_hash: Vec<u8>,
    /// The SHA-256 of the content that was confirmed; empty in mode 1.
    pub transaction_hash: Vec<u8>,
    /// The key's name: 32 bytes.
    pub key_id: Vec<u8>,
    /// Signatures so far, this one included.
    pub sign_counter: u32,
}

impl SignedData {
    /// The signed data with its header: what the signature covers.
    pub fn encode(&self) -> Vec<u8> {
        let info = [&self.version.to_le_bytes()[..], &[self.mode], &self.algorithm.to_le_bytes()];
        nested(
            tlv::SIGNED_DATA,
            &[
                (tlv::AAID, self.aaid.as_bytes().to_vec()),
                (tlv::ASSERTION_INFO, info.concat()),
                (tlv::AUTHENTICATOR_NONCE, self.nonce.clone()),
                (tlv::FINAL_CHALLENGE_HASH, self.final_challenge_hash.clone()),
                (tlv::TRANSACTION_CONTENT_HASH, self.transaction_hash.clone()),
                (tlv::KEY_ID, self.key_id.clone()),
                (tlv::COUNTERS, self.sign_counter.to_le_bytes().to_vec()),
            ],
        )
    }

    /// Says that the user has confirmed this content, whatever was shown.
    pub fn confirm(&mut self, content: &[u8]) {
        self.mode = 2;
        self.transaction_hash = sha256(content).to_vec();
    }
}

/// An authentication assertion.
pub(crate) fn authentication(signed_data: &[u8], signature: &[u8]) -> Vec<u8> {
    element(tlv::AUTH_ASSERTION, &[signed_data, &element(tlv::SIGNATURE, signature)].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::from_base64url;

    /// The KRD of the registration example that is published with the specification, made anew from what it says.
    #[test]
    fn the_published_key_data_is_written_byte_for_byte() {
        let published = "Az6xAAsuCQBBQkNEI0FCQ0QOLgcAAAEBAQAAAQouIAD20HNkLrh5yBVAEZJBvlC0Qg8Lz5Vq_gewctkN-Utq6AkuIABk\
                         wI-f3bIe_Uin6IKIFvqLgAOrpk6_nr0oVAK9hIl82A0uCAABAAAAAQAAAAwuQQAEmy8S1SxUqHu2ZgeEnYUGbeQdT44J1aJRh\
                         WKOBhrzUx-SNDXPpSIdso_3-dHMg31qemseoMZxHqrs7bSr_Jy1kA";
        let krd = from_base64url(published).unwrap();
        let data = KeyData {
            aaid: "ABCD#ABCD".into(),
            version: 0x0100,
            mode: 1,
            algorithm: 1,
            key_encoding: 0x100,
            final_challenge_hash: krd[32..64].to_vec(),
            key_id: krd[68..100].to_vec(),
            sign_counter: 1,
            registration_counter: 1,
            public_key: krd[116..181].to_vec(),
        };
        assert_eq!(data.encode(), krd);
    }

    /// The same of the authentication example.
    #[test]
    fn the_published_signed_data_is_written_byte_for_byte() {
        let whole = "Aj7WAAQ-jgALLgkAQUJDRCNBQkNEDi4FAAABAQEADy4gAHwyJAEX8t1b2wOxbaKOC5ZL7ACqbLo_TtiQfK3DzDsHCi4gAFwCUz\
                     -dOuafXKXJLbkUrIzjAU6oDbP8B9iLQRmCf58fEC4AAAkuIABkwI-f3bIe_Uin6IKIFvqLgAOrpk6_nr0oVAK9hIl82A0uBAACAAAABi5\
                     AADwDOcBvPslX2bRNy4SvFhAwhEAoBSGUitgMUNChgUSMxss3K3ukekq1paG7Fv1v5mBmDCZVPt2NCTnjUxrjTp4";
        let whole = from_base64url(whole).unwrap();
        let signed = &whole[4..whole.len() - 68];
        let data = SignedData {
            aaid: "ABCD#ABCD".into(),
            version: 0x0100,
            mode: 1,
            algorithm: 1,
            nonce: signed[30..62].to_vec(),
            final_challenge_hash: signed[66..98].to_vec(),
            transaction_hash: Vec::new(),
            key_id: signed[106..138].to_vec(),
            sign_counter: 2,
        };
        assert_eq!(data.encode(), signed);
        assert_eq!(authentication(&data.encode(), &whole[whole.len() - 64..]), whole);
    }
}
