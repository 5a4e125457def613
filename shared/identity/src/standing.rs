//! Whether a provider still stands by an access token and the user it is for.

use countersign_domain::identity_provider::{IdpProtocol, OAuth2, OpenIdConnect};
use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;
use serde_json::Value;

use crate::endpoint::BearerAnswer;
use crate::error::IdpError;
use crate::{Connection, Idp, profile};

/// What a provider says of an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Good, and for this user.
    Good,
    /// Expired, revoked, or for somebody else.
    Refused,
}

impl From<bool> for Standing {
    fn from(good: bool) -> Self {
        if good { Self::Good } else { Self::Refused }
    }
}

impl Idp {
    /// Asks the provider whether `access` is good for `subject`: the userinfo endpoint or introspection of OpenID Connect;
    /// the verify URL or else the profile of OAuth2.
    pub async fn standing(
        &self,
        connection: &Connection<'_>,
        access: &Secret<String>,
        subject: &str,
        now: Timestamp,
    ) -> Result<Standing, IdpError> {
        match &connection.provider.protocol {
            IdpProtocol::OpenIdConnect(settings) => {
                self.openid_standing(connection, settings, access, subject, now).await
            }
            IdpProtocol::OAuth2(settings) => {
                self.oauth2_standing(&connection.provider.client_id, settings, access, subject).await
            }
        }
    }

    async fn openid_standing(
        &self,
        connection: &Connection<'_>,
        settings: &OpenIdConnect,
        access: &Secret<String>,
        subject: &str,
        now: Timestamp,
    ) -> Result<Standing, IdpError> {
        let description = self.description(settings, now).await?;
        if let Some(endpoint) = &description.userinfo_endpoint {
            let answer =
                self.get_as_bearer(endpoint.url(), Some(access.expose()), "userinfo endpoint").await?;
            // Core, section 5.3.2: another subject is another user's token.
            return Ok(match answer {
                BearerAnswer::Good(claims) => {
                    (claims.get("sub").and_then(Value::as_str) == Some(subject)).into()
                }
                BearerAnswer::Refused => Standing::Refused,
            });
        }
        match &description.introspection_endpoint {
            Some(endpoint) => {
                let (active, whose) = self.introspect(connection, endpoint, access, now).await?;
                Ok((active && whose.is_none_or(|whose| whose == subject)).into())
            }
            None => Err(IdpError::misconfigured("it has neither a userinfo nor an introspection endpoint")),
        }
    }

    async fn oauth2_standing(
        &self,
        client_id: &str,
        settings: &OAuth2,
        access: &Secret<String>,
        subject: &str,
    ) -> Result<Standing, IdpError> {
        let Some(verify) = &settings.verify_token_url else {
            let url = settings.user_profile_url.url();
            return Ok(match self.get_as_bearer(url, Some(access.expose()), "user profile").await? {
                BearerAnswer::Good(profile) => {
                    (profile::subject(settings, &profile).as_deref() == Some(subject)).into()
                }
                BearerAnswer::Refused => Standing::Refused,
            });
        };
        // Where providers have such a URL, they take the token in the query: Login With Amazon, Google.
        let mut url = verify.url().clone();
        url.query_pairs_mut().append_pair("access_token", access.expose());
        Ok(match self.get_as_bearer(&url, None, "verify token URL").await? {
            BearerAnswer::Good(told) => verified(&told, client_id, settings, subject).into(),
            BearerAnswer::Refused => Standing::Refused,
        })
    }
}

/// What a provider tells of a token beside 200 must not speak against it: not active, for another client, another user.
fn verified(told: &Value, client_id: &str, settings: &OAuth2, subject: &str) -> bool {
    let agrees = |name: &str, expected: &str| told.get(name).is_none_or(|value| value == expected);
    let subject_agrees = told.get(&settings.end_user_id_name).is_none()
        || profile::subject(settings, told).as_deref() == Some(subject);
    told.get("active").is_none_or(|active| active == true)
        && agrees("aud", client_id)
        && agrees("client_id", client_id)
        && subject_agrees
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::samples::login_with_amazon;

    #[test]
    fn what_is_told_beside_200_must_not_speak_against_the_token() {
        let settings = login_with_amazon();
        let good = |told| verified(&told, "countersign", &settings, "42");
        assert!(good(json!({})));
        assert!(good(json!({"aud": "countersign", "user_id": "42", "active": true, "exp": 60})));
        assert!(good(json!({"client_id": "countersign", "user_id": 42})));
        for told in [
            json!({"aud": "another"}),
            json!({"client_id": "another"}),
            json!({"user_id": "43"}),
            json!({"user_id": null}),
            json!({"active": false}),
            json!({"active": "true"}),
        ] {
            assert!(!good(told.clone()), "{told}");
        }
    }
}
