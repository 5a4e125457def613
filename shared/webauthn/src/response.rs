//! What a client answers: `RegistrationResponseJSON` and `AuthenticationResponseJSON` (section 5.1), read and
//! bounded, verified by nothing.

use countersign_crypto::encoding::from_base64url;
use serde_json::Value;

use crate::challenge::Challenge;
use crate::client_data;
use crate::credential_id::CredentialId;
use crate::evidence::Evidence;

/// The most characters of base64url in one member.
const MAX_CHARACTERS: usize = 16 * 1024;
const BYTES: &str = "base64url without padding, of 1 to 16384 characters";
const ID: &str = "base64url without padding of 1 to 1023 bytes";

/// A member of the response is not what it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field} must be {must_be}")]
pub struct Malformed {
    /// The member, such as `credential.response.signature`.
    pub field: &'static str,
    /// What it must be.
    pub must_be: &'static str,
}

/// The answer to creation options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationResponse {
    pub(crate) id: CredentialId,
    pub(crate) client_data_json: Vec<u8>,
    pub(crate) attestation_object: Vec<u8>,
}

/// The answer to request options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticationResponse {
    pub(crate) id: CredentialId,
    pub(crate) client_data_json: Vec<u8>,
    pub(crate) authenticator_data: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    pub(crate) user_handle: Option<Vec<u8>>,
}

impl RegistrationResponse {
    /// Reads the credential. Members that are not needed are ignored.
    ///
    /// # Errors
    /// [`Malformed`], the first that applies.
    pub fn parse(credential: &Value) -> Result<Self, Malformed> {
        let id = credential_id(credential)?;
        let response = &credential["response"];
        Ok(Self {
            id,
            client_data_json: bytes(response, "clientDataJSON", "credential.response.clientDataJSON")?,
            attestation_object: bytes(
                response,
                "attestationObject",
                "credential.response.attestationObject",
            )?,
        })
    }

    /// The challenge that the client names, to find the ceremony by. None where it names none of 16 to 64 bytes.
    pub fn claimed_challenge(&self) -> Option<Challenge> {
        client_data::claimed_challenge(&self.client_data_json)
    }

    /// The credential that the client names.
    pub const fn credential_id(&self) -> &CredentialId {
        &self.id
    }
}

impl AuthenticationResponse {
    /// Reads the credential. Members that are not needed are ignored.
    ///
    /// # Errors
    /// [`Malformed`], the first that applies.
    pub fn parse(credential: &Value) -> Result<Self, Malformed> {
        let id = credential_id(credential)?;
        let response = &credential["response"];
        Ok(Self {
            id,
            client_data_json: bytes(response, "clientDataJSON", "credential.response.clientDataJSON")?,
            authenticator_data: bytes(
                response,
                "authenticatorData",
                "credential.response.authenticatorData",
            )?,
            signature: bytes(response, "signature", "credential.response.signature")?,
            user_handle: match &response["userHandle"] {
                // Clients write a missing handle in three ways.
                Value::Null => None,
                Value::String(none) if none.is_empty() => None,
                _ => Some(bytes(response, "userHandle", "credential.response.userHandle")?),
            },
        })
    }

    /// The challenge that the client names, to find the ceremony by. None where it names none of 16 to 64 bytes.
    pub fn claimed_challenge(&self) -> Option<Challenge> {
        client_data::claimed_challenge(&self.client_data_json)
    }

    /// The credential that the client names, to find its record by.
    pub const fn credential_id(&self) -> &CredentialId {
        &self.id
    }

    /// The id of the user that the client names, to find the user by where none was named before.
    pub fn claimed_user(&self) -> Option<&[u8]> {
        self.user_handle.as_deref()
    }

    /// What was signed, to be kept whole.
    pub fn evidence(&self) -> Evidence {
        Evidence::of(&self.authenticator_data, &self.client_data_json, &self.signature)
    }
}

/// Reads `type`, `id` and `rawId`, which some clients leave out.
fn credential_id(credential: &Value) -> Result<CredentialId, Malformed> {
    if !credential.is_object() {
        return Err(Malformed { field: "credential", must_be: "an object" });
    }
    if credential["type"] != "public-key" {
        return Err(Malformed { field: "credential.type", must_be: "public-key" });
    }
    let text = credential["id"].as_str().unwrap_or_default();
    let id = CredentialId::parse(text).map_err(|_| Malformed { field: "credential.id", must_be: ID })?;
    match &credential["rawId"] {
        Value::Null => Ok(id),
        Value::String(raw) if raw == text => Ok(id),
        _ => Err(Malformed { field: "credential.rawId", must_be: "the same as credential.id" }),
    }
}

fn bytes(response: &Value, name: &str, field: &'static str) -> Result<Vec<u8>, Malformed> {
    let text = response[name].as_str().unwrap_or_default();
    let refused = Malformed { field, must_be: BYTES };
    if text.is_empty() || text.len() > MAX_CHARACTERS {
        return Err(refused);
    }
    from_base64url(text).map_err(|_| refused)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn assertion() -> Value {
        json!({
            "type": "public-key",
            "id": "a25vd24",
            "rawId": "a25vd24",
            "response": {"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AQ", "userHandle": "YWRh"},
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
        })
    }

    fn refused(change: impl FnOnce(&mut Value)) -> String {
        let mut changed = assertion();
        change(&mut changed);
        AuthenticationResponse::parse(&changed).unwrap_err().to_string()
    }

    #[test]
    fn an_assertion_is_read_with_or_without_what_may_be_missing() {
        let read = AuthenticationResponse::parse(&assertion()).unwrap();
        assert_eq!(read.credential_id().as_bytes(), b"known");
        assert_eq!(read.claimed_user(), Some(b"ada".as_slice()));
        let evidence = json!({"authenticator_data": "AA", "client_data_json": "e30", "signature": "AQ"});
        assert_eq!(serde_json::to_value(read.evidence()).unwrap(), evidence);

        for none in [json!(null), json!("")] {
            let mut less = assertion();
            less["response"]["userHandle"] = none;
            less.as_object_mut().unwrap().remove("rawId");
            let less = AuthenticationResponse::parse(&less).unwrap();
            assert_eq!((less.claimed_user(), less.credential_id()), (None, read.credential_id()));
        }
    }

    #[test]
    fn a_registration_is_read() {
        let read = RegistrationResponse::parse(&json!({
            "type": "public-key",
            "id": "a25vd24",
            "response": {"clientDataJSON": "e30", "attestationObject": "oA", "transports": ["usb"]},
        }))
        .unwrap();
        assert_eq!(read.attestation_object, [0xa0]);
        assert_eq!(read.claimed_challenge(), None);
        let refused = RegistrationResponse::parse(&assertion()).unwrap_err();
        assert_eq!(refused.field, "credential.response.attestationObject");
    }

    #[test]
    fn the_challenge_is_found_in_the_client_data() {
        let mut answer = assertion();
        // {"type":"","origin":"","challenge":"AAECAwQFBgcICQoLDA0ODw"}
        answer["response"]["clientDataJSON"] =
            json!("eyJ0eXBlIjoiIiwib3JpZ2luIjoiIiwiY2hhbGxlbmdlIjoiQUFFQ0F3UUZCZ2NJQ1FvTERBME9EdyJ9");
        let claimed = AuthenticationResponse::parse(&answer).unwrap().claimed_challenge();
        assert_eq!(claimed, Some(crate::samples::challenge()));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (sentence, said) in [
            ("credential.type must be public-key", refused(|c| c["type"] = json!("password"))),
            (
                "credential.id must be base64url without padding of 1 to 1023 bytes",
                refused(|c| c["id"] = json!("")),
            ),
            (
                "credential.rawId must be the same as credential.id",
                refused(|c| c["rawId"] = json!("a25vd25")),
            ),
            ("credential.rawId must be the same as credential.id", refused(|c| c["rawId"] = json!([1]))),
        ] {
            assert_eq!(said, sentence);
        }
        assert_eq!(AuthenticationResponse::parse(&json!("x")).unwrap_err().field, "credential");
        for (name, field) in [
            ("clientDataJSON", "credential.response.clientDataJSON"),
            ("authenticatorData", "credential.response.authenticatorData"),
            ("signature", "credential.response.signature"),
            ("userHandle", "credential.response.userHandle"),
        ] {
            for wrong in [json!("AA=="), json!("+/8"), json!(7), json!("A".repeat(16 * 1024 + 4))] {
                let said = refused(|c| c["response"][name] = wrong);
                assert_eq!(
                    said,
                    format!("{field} must be base64url without padding, of 1 to 16384 characters")
                );
            }
        }
        let said = refused(|c| c["response"] = json!("AA"));
        assert!(said.starts_with("credential.response.clientDataJSON must be"), "{said}");
    }
}
