//! What is to be wrong with an answer.

use std::fmt;

use serde_json::Value;

use super::assertion::{KeyData, SignedData};
use super::fc_params::FinalChallengeParams;
use crate::stages::{Change, stages};

/// Changes to an answer, each at its stage: what comes after it signs and carries the changed value, so that nothing but the
/// change is wrong. The default changes nothing.
///
/// ```
/// use countersign_authenticator::uaf::Tamper;
///
/// let wrong_app = Tamper::default().params(|params| params.facet_id = "https://evil.example".into());
/// let cut_off = Tamper::default().assertion(|bytes| bytes.truncate(40));
/// # let _ = (wrong_app, cut_off);
/// ```
#[derive(Default)]
pub struct Tamper {
    params: Change<FinalChallengeParams>,
    key_data: Change<KeyData>,
    signed_data: Change<SignedData>,
    signature: Change<Vec<u8>>,
    assertion: Change<Vec<u8>>,
    response: Change<Value>,
}

stages! {
    /// Before the final challenge parameters are written and hashed.
    params, change_params: FinalChallengeParams;
    /// Before what a registration states is attested.
    key_data, change_key_data: KeyData;
    /// Before what an authentication states is signed.
    signed_data, change_signed_data: SignedData;
    /// Before a signature, r and s, is put into its assertion.
    signature, change_signature: Vec<u8>;
    /// Before the bytes of an assertion are put into the message.
    assertion, change_assertion: Vec<u8>;
    /// Before the message, the array as JSON, is written.
    response, change_response: Value;
}

impl fmt::Debug for Tamper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tamper(…)")
    }
}
