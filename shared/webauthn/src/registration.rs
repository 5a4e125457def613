//! Registering a new credential (section 7.1).

use countersign_crypto::jwk::PublicJwk;

use crate::attestation::{Attestation, AttestationObject};
use crate::authenticator_data::AuthenticatorData;
use crate::client_data::{self, Ceremony};
use crate::evidence::signed_bytes;
use crate::refused::Refused;
use crate::relying_party::{Expected, RelyingParty};
use crate::response::RegistrationResponse;
use crate::stored::StoredCredential;

/// A credential that was just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCredential {
    /// What to keep of it, under the condition that no credential has its id (section 7.1, step 26).
    pub stored: StoredCredential,
    /// The authenticator's model, as it says itself; all zeros where it does not say.
    pub aaguid: [u8; 16],
    /// What the registration came with.
    pub attestation: Attestation,
}

impl NewCredential {
    /// The credential's public key, as anybody can verify its [`Evidence`](crate::Evidence) with.
    pub const fn jwk(&self) -> &PublicJwk {
        &self.stored.public_key
    }
}

/// Verifies the answer to creation options.
///
/// # Errors
/// [`Refused`], the first rule that was broken.
pub fn verify_registration(
    rp: &RelyingParty,
    expected: Expected<'_>,
    response: &RegistrationResponse,
) -> Result<NewCredential, Refused> {
    // Steps 5 to 12.
    client_data::verify(&response.client_data_json, Ceremony::Registration, rp, expected)?;
    // Steps 13 to 18.
    let object = AttestationObject::parse(&response.attestation_object)?;
    let data = AuthenticatorData::parse(&object.authenticator_data)?;
    data.verify(rp, expected)?;
    // Steps 19 and 20.
    let attested = data.attested.as_ref().ok_or(Refused::AuthenticatorData)?;
    let public_key = attested.jwk()?;
    if attested.id != response.id {
        return Err(Refused::CredentialId);
    }
    let stored = StoredCredential {
        credential_id: attested.id.clone(),
        public_key,
        sign_count: data.sign_count,
        user_verified: data.user_verified(),
        backup_eligible: data.backup_eligible(),
        backup_state: data.backed_up(),
    };
    let aaguid = attested.aaguid;
    // Steps 21 to 24.
    let signed = signed_bytes(&object.authenticator_data, &response.client_data_json);
    let attestation = object.verify(&stored.public_key, &signed)?;
    Ok(NewCredential { stored, aaguid, attestation })
}

#[cfg(test)]
#[path = "registration_tests.rs"]
mod tests;
