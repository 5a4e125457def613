//! TAG_UAFV1_AUTH_ASSERTION (FIDO UAF Authenticator Commands, UAFV1TLV assertions).

use super::{Info, Mode};
use crate::aaid::{Aaid, KeyId};
use crate::extensions::AssertionExtensions;
use crate::tags;
use crate::tlv::{Fields, Malformed, one};

/// The fewest bytes of an authenticator's nonce.
const MIN_NONCE: usize = 8;

/// An authentication assertion; nothing in it is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticationAssertion<'a> {
    /// The model.
    pub aaid: Aaid,
    /// Version, mode and signature algorithm.
    pub info: Info,
    /// The authenticator's nonce.
    pub nonce: &'a [u8],
    /// The final challenge hash.
    pub final_challenge_hash: [u8; 32],
    /// The hash of what was confirmed; there exactly in [`Mode::Confirmed`].
    pub transaction_hash: Option<[u8; 32]>,
    /// The key's name.
    pub key_id: KeyId,
    /// Signatures so far.
    pub sign_counter: u32,
    /// The signed data with its header: what the signature covers.
    pub signed: &'a [u8],
    /// The signature.
    pub signature: &'a [u8],
    pub(crate) extensions: AssertionExtensions,
}

impl<'a> AuthenticationAssertion<'a> {
    /// Reads the bytes of an assertion.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut fields = Fields::of(&one(tags::AUTH_ASSERTION, bytes)?)?;
        let data = fields.element(tags::SIGNED_DATA)?;
        let signature = fields.take(tags::SIGNATURE)?;
        fields.end()?;

        let mut fields = Fields::of(&data)?;
        let info = Info::read(fields.exact(tags::ASSERTION_INFO)?)?;
        let transaction_hash = match (info.mode, fields.take(tags::TRANSACTION_CONTENT_HASH)?) {
            (Mode::Verified, []) => None,
            (Mode::Confirmed, hash) => Some(hash.try_into().map_err(|_| Malformed)?),
            _ => return Err(Malformed),
        };
        let assertion = Self {
            aaid: Aaid::from_bytes(fields.take(tags::AAID)?)?,
            info,
            nonce: fields.take(tags::AUTHENTICATOR_NONCE)?,
            final_challenge_hash: fields.exact(tags::FINAL_CHALLENGE_HASH)?,
            transaction_hash,
            key_id: KeyId::from_bytes(fields.take(tags::KEY_ID)?)?,
            sign_counter: u32::from_le_bytes(fields.exact(tags::COUNTERS)?),
            signed: data.whole,
            signature,
            extensions: AssertionExtensions::take(&mut fields)?,
        };
        fields.end()?;
        if assertion.nonce.len() < MIN_NONCE { Err(Malformed) } else { Ok(assertion) }
    }
}
