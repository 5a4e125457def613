//! The options of both ceremonies in their JSON forms (sections 5.1.8 and 5.1.9).

use countersign_crypto::encoding::base64url;
use serde_json::{Value, json};

use crate::algorithm::{OFFERED, cose_identifier};
use crate::challenge::Challenge;
use crate::credential_id::CredentialId;
use crate::relying_party::RelyingParty;
use crate::selection::{Selection, UserVerification};
use crate::user::CredentialUser;

/// `PublicKeyCredentialCreationOptionsJSON`: asks for a new credential. `exclude` are the user's credentials, of whose
/// authenticators none shall make another; the client waits for `timeout_millis`.
pub fn creation_options(
    rp: &RelyingParty,
    user: &CredentialUser,
    challenge: &Challenge,
    selection: Selection,
    exclude: &[CredentialId],
    timeout_millis: u32,
) -> Value {
    let algorithms =
        OFFERED.map(|algorithm| json!({"type": "public-key", "alg": cose_identifier(algorithm)}));
    json!({
        "rp": {"id": rp.id, "name": rp.name},
        "user": {"id": base64url(user.id()), "name": user.name(), "displayName": user.display_name()},
        "challenge": challenge.text(),
        "pubKeyCredParams": algorithms,
        "timeout": timeout_millis,
        "excludeCredentials": descriptors(exclude),
        "authenticatorSelection": selection.to_json(),
        "attestation": "none",
    })
}

/// `PublicKeyCredentialRequestOptionsJSON`: asks for an assertion by one of the credentials `allow`, or by any that
/// the authenticator keeps for the Relying Party where `allow` is empty; the client waits for `timeout_millis`.
pub fn request_options(
    rp: &RelyingParty,
    challenge: &Challenge,
    allow: &[CredentialId],
    user_verification: UserVerification,
    timeout_millis: u32,
) -> Value {
    json!({
        "rpId": rp.id,
        "challenge": challenge.text(),
        "timeout": timeout_millis,
        "allowCredentials": descriptors(allow),
        "userVerification": user_verification.name(),
    })
}

fn descriptors(ids: &[CredentialId]) -> Vec<Value> {
    ids.iter().map(|id| json!({"type": "public-key", "id": id})).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;
    use crate::selection::{Attachment, ResidentKey};

    #[test]
    fn creation_options_have_the_form_of_level_3() {
        let selection = Selection {
            attachment: Some(Attachment::Platform),
            resident_key: Some(ResidentKey::Required),
            ..Selection::default()
        };
        let user = CredentialUser::new(*b"ada", "ada@example.org", "Ada").unwrap();
        let known = [CredentialId::new(*b"known").unwrap()];
        let options = creation_options(
            &samples::relying_party(),
            &user,
            &samples::challenge(),
            selection,
            &known,
            60_000,
        );
        assert_eq!(
            options,
            json!({
                "rp": {"id": "example.org", "name": "Example"},
                "user": {"id": "YWRh", "name": "ada@example.org", "displayName": "Ada"},
                "challenge": "AAECAwQFBgcICQoLDA0ODw",
                "pubKeyCredParams": [
                    {"type": "public-key", "alg": -7},
                    {"type": "public-key", "alg": -8},
                    {"type": "public-key", "alg": -257},
                ],
                "timeout": 60000,
                "excludeCredentials": [{"type": "public-key", "id": "a25vd24"}],
                "authenticatorSelection": {
                    "authenticatorAttachment": "platform",
                    "residentKey": "required",
                    "requireResidentKey": true,
                    "userVerification": "required",
                },
                "attestation": "none",
            })
        );
    }

    #[test]
    fn request_options_have_the_form_of_level_3() {
        let known = [CredentialId::new(*b"known").unwrap()];
        let options = request_options(
            &samples::relying_party(),
            &samples::challenge(),
            &known,
            UserVerification::Preferred,
            30_000,
        );
        assert_eq!(
            options,
            json!({
                "rpId": "example.org",
                "challenge": "AAECAwQFBgcICQoLDA0ODw",
                "timeout": 30000,
                "allowCredentials": [{"type": "public-key", "id": "a25vd24"}],
                "userVerification": "preferred",
            })
        );
    }
}
