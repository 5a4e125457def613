//! What is kept of a credential.

use countersign_crypto::jwk::PublicJwk;
use serde::{Deserialize, Serialize};

use crate::authentication::Authenticated;
use crate::credential_id::CredentialId;

/// A credential record (section 4). Its JSON is what is stored, so its members keep their names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredCredential {
    /// Unique among all credentials of the Relying Party: the caller refuses a second one.
    pub credential_id: CredentialId,
    /// The credential's public key.
    pub public_key: PublicJwk,
    /// The highest signature counter seen; 0 where the authenticator has none.
    pub sign_count: u32,
    /// Whether the person was ever verified with this credential.
    pub user_verified: bool,
    /// Whether it may be kept by more than one device. Never changes.
    pub backup_eligible: bool,
    /// Whether it was, when it was last used.
    pub backup_state: bool,
}

impl StoredCredential {
    /// The record after an authentication (section 7.2, step 24). To be stored under the condition that the counter
    /// is still the one that was read.
    #[must_use]
    pub fn after(self, used: &Authenticated) -> Self {
        Self {
            sign_count: used.sign_count,
            backup_state: used.backup_state,
            user_verified: self.user_verified || used.user_verified,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn json() -> Value {
        // The key is that of RFC 7515, appendix A.3.1.
        json!({
            "credential_id": "a25vd24",
            "public_key": {
                "kty": "EC",
                "crv": "P-256",
                "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
            },
            "sign_count": 7,
            "user_verified": false,
            "backup_eligible": true,
            "backup_state": false,
        })
    }

    #[test]
    fn its_json_is_stable() {
        let stored: StoredCredential = serde_json::from_value(json()).unwrap();
        assert_eq!(stored.credential_id.as_bytes(), b"known");
        assert_eq!(serde_json::to_value(&stored).unwrap(), json());
        for member in
            ["credential_id", "public_key", "sign_count", "user_verified", "backup_eligible", "backup_state"]
        {
            let mut less = json();
            less.as_object_mut().unwrap().remove(member);
            assert!(serde_json::from_value::<StoredCredential>(less).is_err(), "{member}");
        }
    }

    #[test]
    fn a_use_raises_the_counter_and_forgets_no_verification() {
        let stored: StoredCredential = serde_json::from_value(json()).unwrap();
        let used = Authenticated { sign_count: 8, backup_state: true, user_verified: true };
        let after = stored.clone().after(&used);
        assert_eq!(
            after,
            StoredCredential { sign_count: 8, backup_state: true, user_verified: true, ..stored }
        );
        let again =
            after.clone().after(&Authenticated { sign_count: 9, backup_state: false, user_verified: false });
        assert_eq!(again, StoredCredential { sign_count: 9, backup_state: false, ..after });
    }
}
