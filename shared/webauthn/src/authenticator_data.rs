//! Authenticator data: what the authenticator says, and signs (section 6.1).

use coset::cbor::Value;
use countersign_crypto::jwk::PublicJwk;

use crate::cbor;
use crate::cose_key;
use crate::credential_id::CredentialId;
use crate::refused::Refused;
use crate::relying_party::{Expected, RelyingParty};
use crate::selection::UserVerification;

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const BACKUP_ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;
const ATTESTED_CREDENTIAL: u8 = 0x40;
const EXTENSIONS: u8 = 0x80;

#[derive(Debug)]
pub(crate) struct AuthenticatorData<'a> {
    rp_id_hash: &'a [u8; 32],
    flags: u8,
    pub(crate) sign_count: u32,
    pub(crate) attested: Option<AttestedCredential>,
}

/// Attested credential data (section 6.5.2).
#[derive(Debug)]
pub(crate) struct AttestedCredential {
    pub(crate) aaguid: [u8; 16],
    pub(crate) id: CredentialId,
    /// The COSE_Key as it was read, which need not be of a kind that is offered.
    pub(crate) key: Value,
}

impl AttestedCredential {
    /// The key, where its algorithm was offered.
    pub(crate) fn jwk(&self) -> Result<PublicJwk, Refused> {
        cose_key::jwk(self.key.clone())
    }
}

impl<'a> AuthenticatorData<'a> {
    /// Reads the layout; nothing may follow. Reserved flags are ignored, extensions must be a map.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, Refused> {
        Self::read(bytes).ok_or(Refused::AuthenticatorData)
    }

    fn read(bytes: &'a [u8]) -> Option<Self> {
        let (rp_id_hash, rest) = bytes.split_first_chunk::<32>()?;
        let (flags, rest) = rest.split_first()?;
        let (sign_count, mut rest) = rest.split_first_chunk::<4>()?;
        let mut attested = None;
        if flags & ATTESTED_CREDENTIAL != 0 {
            let (aaguid, after) = rest.split_first_chunk::<16>()?;
            let (length, after) = after.split_first_chunk::<2>()?;
            let (id, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
            let (key, after) = cbor::first(after)?;
            attested = Some(AttestedCredential { aaguid: *aaguid, id: CredentialId::new(id).ok()?, key });
            rest = after;
        }
        if flags & EXTENSIONS != 0 {
            let (extensions, after) = cbor::first(rest)?;
            extensions.as_map()?;
            rest = after;
        }
        let data = Self { rp_id_hash, flags: *flags, sign_count: u32::from_be_bytes(*sign_count), attested };
        rest.is_empty().then_some(data)
    }

    /// Verifies what both ceremonies have in common (section 7.1, steps 14 to 18; section 7.2, steps 16 to 19).
    pub(crate) fn verify(&self, rp: &RelyingParty, expected: Expected<'_>) -> Result<(), Refused> {
        if !rp.has_id_hash(self.rp_id_hash) {
            return Err(Refused::RpId);
        }
        if self.flags & USER_PRESENT == 0 {
            return Err(Refused::UserPresence);
        }
        if expected.user_verification == UserVerification::Required && !self.user_verified() {
            return Err(Refused::UserVerification);
        }
        if self.backed_up() && !self.backup_eligible() {
            return Err(Refused::BackupState);
        }
        Ok(())
    }

    pub(crate) const fn user_verified(&self) -> bool {
        self.flags & USER_VERIFIED != 0
    }

    pub(crate) const fn backup_eligible(&self) -> bool {
        self.flags & BACKUP_ELIGIBLE != 0
    }

    pub(crate) const fn backed_up(&self) -> bool {
        self.flags & BACKED_UP != 0
    }
}
