//! What is to be wrong with a credential.

use std::fmt;

use serde_json::Value;

use super::AuthenticatorData;
use crate::stages::{Change, stages};

/// Changes to a credential, each at its stage: what comes after it signs and carries the changed value, so that nothing but the
/// change is wrong. The default changes nothing.
///
/// ```
/// use countersign_authenticator::webauthn::Tamper;
///
/// let elsewhere = Tamper::default().client_data(|data| data["origin"] = "https://evil.example".into());
/// let unverified = Tamper::default().authenticator_data(|data| data.flags &= !0x04);
/// # let _ = (elsewhere, unverified);
/// ```
#[derive(Default)]
pub struct Tamper {
    client_data: Change<Value>,
    authenticator_data: Change<AuthenticatorData>,
    signature: Change<Vec<u8>>,
    credential: Change<Value>,
}

stages! {
    /// Before the client data (`type`, `challenge`, `origin`, `crossOrigin`) are written and hashed.
    client_data, change_client_data: Value;
    /// Before authenticator data are written and signed.
    authenticator_data, change_authenticator_data: AuthenticatorData;
    /// Before a signature, DER, is put into its credential.
    signature, change_signature: Vec<u8>;
    /// Before the credential is given out.
    credential, change_credential: Value;
}

impl fmt::Debug for Tamper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tamper(…)")
    }
}
