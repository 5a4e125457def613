//! The Relying Party, and what it expects of a ceremony.

use countersign_crypto::digest::sha256;
use countersign_crypto::equal;

use crate::challenge::Challenge;
use crate::selection::UserVerification;

/// For whom credentials are made and used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    /// The RP ID: the domain that credentials belong to, such as `example.com`.
    pub id: String,
    /// What the person is shown.
    pub name: String,
    /// From where ceremonies may come, compared character by character: web origins as browsers write them
    /// (`https://login.example.com`, no path, no default port) and apps (`android:apk-key-hash:…`).
    pub origins: Vec<String>,
}

impl RelyingParty {
    pub(crate) fn allows(&self, origin: &str) -> bool {
        self.origins.iter().any(|allowed| allowed == origin)
    }

    pub(crate) fn has_id_hash(&self, hash: &[u8; 32]) -> bool {
        equal(&sha256(self.id.as_bytes()), hash)
    }
}

/// What was asked for when the ceremony began.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The challenge of the ceremony's options.
    pub challenge: &'a Challenge,
    /// The user verification of the ceremony's options; only `Required` is enforced.
    pub user_verification: UserVerification,
}
