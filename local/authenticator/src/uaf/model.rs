//! The authenticator models, and what is published about them (FIDO Metadata Statements).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::tlv;

/// The model whose keys attest themselves.
pub const MODEL: &str = "CE5A#0001";

/// The model whose keys are attested by a certified key.
pub const ATTESTED_MODEL: &str = "CE5A#0002";

/// The facet id of the app that is tried out with (`cargo phone`): App Spaces that it is to work in must trust it.
pub const PHONE_FACET: &str = "ios:bundle-id:com.example.demobank";

/// The only assertion scheme of UAF.
pub(crate) const SCHEME: &str = "UAFV1TLV";
/// `ALG_SIGN_SECP256R1_ECDSA_SHA256_RAW`.
pub(crate) const ALGORITHM: u16 = 1;
/// `ALG_KEY_ECC_X962_RAW`.
pub(crate) const KEY_ENCODING: u16 = 0x100;
/// Of both models.
pub(crate) const VERSION: u16 = 1;
/// `USER_VERIFY_PASSCODE`.
pub(crate) const USER_VERIFICATION: u32 = 0x04;
/// `KEY_PROTECTION_SOFTWARE`.
pub(crate) const KEY_PROTECTION: u16 = 0x01;
/// `MATCHER_PROTECTION_SOFTWARE`.
pub(crate) const MATCHER_PROTECTION: u16 = 0x01;
/// `ATTACHMENT_HINT_INTERNAL`.
pub(crate) const ATTACHMENT_HINT: u32 = 0x01;
/// `TRANSACTION_CONFIRMATION_DISPLAY_ANY`.
pub(crate) const TC_DISPLAY: u16 = 0x01;

/// The metadata statement of [`MODEL`], as a server is to know it.
pub fn metadata_statement() -> Value {
    statement(MODEL, tlv::BASIC_SURROGATE, &[])
}

/// The metadata statement of [`ATTESTED_MODEL`]; `roots` are certificates in DER that its attestation leads to.
pub fn attested_statement(roots: &[Vec<u8>]) -> Value {
    statement(ATTESTED_MODEL, tlv::BASIC_FULL, roots)
}

fn statement(aaid: &str, attestation: u16, roots: &[Vec<u8>]) -> Value {
    json!({
        "aaid": aaid,
        "description": "Countersign software authenticator",
        "authenticatorVersion": VERSION,
        "protocolFamily": "uaf",
        "upv": [{ "major": 1, "minor": 0 }, { "major": 1, "minor": 1 }],
        "assertionScheme": SCHEME,
        "authenticationAlgorithm": ALGORITHM,
        "publicKeyAlgAndEncoding": KEY_ENCODING,
        "attestationTypes": [attestation],
        "attestationRootCertificates": roots.iter().map(|root| STANDARD.encode(root)).collect::<Vec<_>>(),
        "userVerificationDetails": [[{ "userVerification": USER_VERIFICATION }]],
        "keyProtection": KEY_PROTECTION,
        "matcherProtection": MATCHER_PROTECTION,
        "attachmentHint": ATTACHMENT_HINT,
        "isSecondFactorOnly": false,
        "tcDisplay": TC_DISPLAY,
        "tcDisplayContentType": "text/plain",
    })
}
