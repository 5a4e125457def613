//! Credentials as callers write them.

use countersign_domain::invalid::Invalid;
pub(crate) use countersign_lambda::web_authn::{malformed, refused};
use countersign_webauthn::Malformed;
use serde_json::{Map, Value};

/// A credential is an object, or a JSON text of one: in forms the text is easier to write.
pub(crate) fn object(credential: &Value) -> Result<Value, Invalid> {
    match credential {
        Value::Object(_) => Ok(credential.clone()),
        Value::String(text) => {
            let read = serde_json::from_str::<Map<String, Value>>(text);
            read.map(Value::Object).map_err(|_| Invalid::new("credential", "is not the JSON of an object"))
        }
        _ => Err(Invalid::new("credential", "is neither an object nor its JSON")),
    }
}

/// The body of a request is not a credential.
pub(crate) fn malformed_body(Malformed { field, must_be }: Malformed) -> Invalid {
    Invalid::new(field.strip_prefix("credential.").unwrap_or(field), format!("must be {must_be}"))
}

#[cfg(test)]
mod tests {
    use countersign_webauthn::RegistrationResponse;
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_is_taken_as_it_is_and_as_text() {
        let credential = json!({"id": "AQ"});
        assert_eq!(object(&credential), Ok(credential.clone()));
        assert_eq!(object(&json!(credential.to_string())), Ok(credential));
        for other in [json!(null), json!([]), json!("[]"), json!("{"), json!(1)] {
            assert!(object(&other).is_err(), "{other}");
        }
    }

    #[test]
    fn a_malformed_member_goes_by_the_callers_name() {
        let found = || RegistrationResponse::parse(&json!({"type": "public-key", "id": "="})).unwrap_err();
        assert_eq!(malformed(found()).field, "credential.id");
        assert_eq!(malformed_body(found()).field, "id");
    }
}
