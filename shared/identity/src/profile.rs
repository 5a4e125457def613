//! User profiles of plain OAuth2: a JSON object, one field of which denotes the user.

use countersign_domain::identity_provider::OAuth2;
use countersign_domain::secret::Secret;
use serde_json::Value;

use crate::Idp;
use crate::endpoint::BearerAnswer;
use crate::error::IdpError;

impl Idp {
    /// Who the holder of a fresh access token is.
    pub(crate) async fn profile_subject(
        &self,
        settings: &OAuth2,
        access: &Secret<String>,
    ) -> Result<String, IdpError> {
        let url = settings.user_profile_url.url();
        match self.get_as_bearer(url, Some(access.expose()), "user profile").await? {
            BearerAnswer::Good(profile) => subject(settings, &profile).ok_or_else(|| {
                IdpError::misconfigured(format!("the user profile has no {}", settings.end_user_id_name))
            }),
            BearerAnswer::Refused => Err(IdpError::refused(
                "invalid_token",
                "the user profile cannot be read with the access token",
            )),
        }
    }
}

/// The field that denotes the user: a text, or a number as some providers have it.
pub(crate) fn subject(settings: &OAuth2, profile: &Value) -> Option<String> {
    match profile.get(&settings.end_user_id_name)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) if number.is_u64() => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::samples::login_with_amazon;

    #[test]
    fn the_field_that_denotes_the_user_is_a_text_or_a_whole_number() {
        let settings = login_with_amazon();
        let subject = |profile| subject(&settings, &profile);
        assert_eq!(
            subject(json!({"user_id": "amzn1.account.K2LI23KL2LK2"})).as_deref(),
            Some("amzn1.account.K2LI23KL2LK2")
        );
        assert_eq!(subject(json!({"user_id": 42})).as_deref(), Some("42"));
        for profile in [
            json!({}),
            json!({"user_id": ""}),
            json!({"user_id": null}),
            json!({"user_id": true}),
            json!({"user_id": 4.2}),
            json!({"user_id": -42}),
            json!({"user_id": ["42"]}),
            json!({"sub": "42"}),
            json!("42"),
        ] {
            assert_eq!(subject(profile.clone()), None, "{profile}");
        }
    }
}
