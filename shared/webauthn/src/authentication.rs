//! Verifying an assertion (section 7.2).

use countersign_crypto::equal;

use crate::authenticator_data::AuthenticatorData;
use crate::client_data::{self, Ceremony};
use crate::evidence::{is_signature, signed_bytes};
use crate::refused::Refused;
use crate::relying_party::{Expected, RelyingParty};
use crate::response::AuthenticationResponse;
use crate::stored::StoredCredential;

/// What a valid assertion says. [`StoredCredential::after`] takes it into the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Authenticated {
    /// The signature counter; 0 where the authenticator has none.
    pub sign_count: u32,
    /// Whether the credential is kept by more than one device.
    pub backup_state: bool,
    /// Whether the authenticator verified the person.
    pub user_verified: bool,
}

/// Verifies the answer to request options. `user_id` is the id of the user whose credential `stored` is.
///
/// # Errors
/// [`Refused`], the first rule that was broken.
pub fn verify_authentication(
    rp: &RelyingParty,
    expected: Expected<'_>,
    user_id: &[u8],
    response: &AuthenticationResponse,
    stored: &StoredCredential,
) -> Result<Authenticated, Refused> {
    // Steps 5 to 7.
    if response.id != stored.credential_id {
        return Err(Refused::CredentialId);
    }
    if response.user_handle.as_deref().is_some_and(|handle| !equal(handle, user_id)) {
        return Err(Refused::User);
    }
    // Steps 8 to 15.
    client_data::verify(&response.client_data_json, Ceremony::Authentication, rp, expected)?;
    // Steps 16 to 20.
    let data = AuthenticatorData::parse(&response.authenticator_data)?;
    data.verify(rp, expected)?;
    if data.backup_eligible() != stored.backup_eligible {
        return Err(Refused::BackupEligibility);
    }
    // Step 21.
    let signed = signed_bytes(&response.authenticator_data, &response.client_data_json);
    if !is_signature(&stored.public_key, &signed, &response.signature) {
        return Err(Refused::Signature);
    }
    // Step 22. Two zeros are an authenticator without a counter.
    if (data.sign_count, stored.sign_count) != (0, 0) && data.sign_count <= stored.sign_count {
        return Err(Refused::Counter);
    }
    Ok(Authenticated {
        sign_count: data.sign_count,
        backup_state: data.backed_up(),
        user_verified: data.user_verified(),
    })
}

#[cfg(test)]
#[path = "authentication_tests.rs"]
mod tests;
