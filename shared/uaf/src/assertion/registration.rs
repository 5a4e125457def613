//! TAG_UAFV1_REG_ASSERTION (FIDO UAF Authenticator Commands, UAFV1TLV assertions).

use super::{Info, Mode};
use crate::aaid::{Aaid, KeyId};
use crate::extensions::AssertionExtensions;
use crate::tags;
use crate::tlv::{Fields, Malformed, one};

/// A registration assertion; nothing in it is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationAssertion<'a> {
    /// The model.
    pub aaid: Aaid,
    /// Version and signature algorithm; the mode is always the first.
    pub info: Info,
    /// The number of the key's encoding.
    pub key_encoding: u16,
    /// The final challenge hash.
    pub final_challenge_hash: [u8; 32],
    /// The key's name.
    pub key_id: KeyId,
    /// Signatures so far.
    pub sign_counter: u32,
    /// Registrations so far.
    pub registration_counter: u32,
    /// The key, as its encoding says.
    pub public_key: &'a [u8],
    /// The KRD with its header: what the attestation signs.
    pub signed: &'a [u8],
    /// The attestation.
    pub attestation: Attestation<'a>,
    pub(crate) extensions: AssertionExtensions,
}

/// An attestation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attestation<'a> {
    /// By a certified key.
    BasicFull {
        /// Over the KRD.
        signature: &'a [u8],
        /// DER, the key's own first, each certified by the next.
        certificates: Vec<&'a [u8]>,
    },
    /// By the registered key.
    BasicSurrogate {
        /// Over the KRD.
        signature: &'a [u8],
    },
    /// Direct anonymous attestation, not read further.
    Ecdaa,
}

impl<'a> RegistrationAssertion<'a> {
    /// Reads the bytes of an assertion.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut fields = Fields::of(&one(tags::REG_ASSERTION, bytes)?)?;
        let krd = fields.element(tags::KRD)?;
        let attestation = fields.last()?;

        let mut fields = Fields::of(&krd)?;
        let info: [u8; 7] = fields.exact(tags::ASSERTION_INFO)?;
        let [v0, v1, mode, s0, s1, k0, k1] = info;
        let info = Info::read([v0, v1, mode, s0, s1])?;
        if info.mode != Mode::Verified {
            return Err(Malformed);
        }
        let [c0, c1, c2, c3, r0, r1, r2, r3] = fields.exact(tags::COUNTERS)?;
        let assertion = Self {
            aaid: Aaid::from_bytes(fields.take(tags::AAID)?)?,
            info,
            key_encoding: u16::from_le_bytes([k0, k1]),
            final_challenge_hash: fields.exact(tags::FINAL_CHALLENGE_HASH)?,
            key_id: KeyId::from_bytes(fields.take(tags::KEY_ID)?)?,
            sign_counter: u32::from_le_bytes([c0, c1, c2, c3]),
            registration_counter: u32::from_le_bytes([r0, r1, r2, r3]),
            public_key: fields.take(tags::PUB_KEY)?,
            signed: krd.whole,
            attestation: Attestation::read(attestation)?,
            extensions: AssertionExtensions::take(&mut fields)?,
        };
        fields.end()?;
        Ok(assertion)
    }
}

impl<'a> Attestation<'a> {
    fn read(element: crate::tlv::Element<'a>) -> Result<Self, Malformed> {
        match element.tag {
            tags::ATTESTATION_BASIC_FULL => {
                let mut fields = Fields::of(&element)?;
                let signature = fields.take(tags::SIGNATURE)?;
                let certificates: Vec<_> =
                    fields.several(tags::CERT).iter().map(|certificate| certificate.value).collect();
                fields.end()?;
                if certificates.is_empty() {
                    Err(Malformed)
                } else {
                    Ok(Self::BasicFull { signature, certificates })
                }
            }
            tags::ATTESTATION_BASIC_SURROGATE => {
                let mut fields = Fields::of(&element)?;
                let signature = fields.take(tags::SIGNATURE)?;
                fields.end()?;
                Ok(Self::BasicSurrogate { signature })
            }
            tags::ATTESTATION_ECDAA => Ok(Self::Ecdaa),
            _ => Err(Malformed),
        }
    }
}
