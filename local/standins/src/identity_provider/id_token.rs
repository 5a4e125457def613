//! Id tokens (OpenID Connect Core 1.0, section 2), as they should be and as they should not.

use countersign_crypto::encoding::base64url;
use countersign_crypto::signing_key::{SigningFailed, SigningKey};
use countersign_domain::chance::Random;
use countersign_domain::time::{Span, Timestamp};
use serde::Serialize;
use serde_json::json;

use super::control::Tamper;
use super::keys::{self, Keys};
use super::{CLIENT_ID, CLIENT_SECRET, hs256};

/// How long an id token is good.
const LIFE: Span = Span::minutes(10);

/// What an id token says. Times are in seconds since the epoch.
#[derive(Serialize)]
pub(super) struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
}

impl<'a> Claims<'a> {
    /// The claims about the user `login` for the one client.
    pub(super) fn new(issuer: &'a str, login: &'a str, nonce: Option<&'a str>, now: Timestamp) -> Self {
        Self { iss: issuer, sub: login, aud: CLIENT_ID, nonce, iat: 0, exp: 0 }.issued(now)
    }

    fn issued(self, at: Timestamp) -> Self {
        Self { iat: at.secs(), exp: (at + LIFE).secs(), ..self }
    }

    /// Signs, or spoils; `None` when there is to be no id token.
    pub(super) fn sign(
        self,
        keys: &Keys,
        tamper: Option<Tamper>,
        random: &dyn Random,
    ) -> Result<Option<String>, SigningFailed> {
        let key = keys.current();
        let at = Timestamp::from_secs(self.iat);
        let claims = match tamper {
            None => self,
            Some(Tamper::NoIdToken) => return Ok(None),
            Some(Tamper::AlgNone) => return self.compact("none", |_| Vec::new()).map(Some),
            Some(Tamper::SymmetricWithClientSecret) => {
                let tag = |signed: &[u8]| hs256::tag(CLIENT_SECRET.as_bytes(), signed).to_vec();
                return self.compact("HS256", tag).map(Some);
            }
            Some(Tamper::UnknownKey) => {
                let other = keys::generate(random);
                return self.signed_by(&other, &keys::kid(&other)).map(Some);
            }
            Some(Tamper::WrongKeySameKid) => {
                return self.signed_by(&keys::generate(random), &keys::kid(key)).map(Some);
            }
            Some(Tamper::OtherAudience) => Self { aud: "somebody-else", ..self },
            Some(Tamper::Expired) => {
                Self { exp: (at - Span::hours(1)).secs(), iat: (at - Span::hours(2)).secs(), ..self }
            }
            Some(Tamper::IssuedInFuture) => self.issued(at + Span::hours(1)),
            Some(Tamper::NoNonce) => Self { nonce: None, ..self },
            Some(Tamper::OtherNonce) => Self { nonce: Some("of-another-login"), ..self },
            Some(Tamper::OtherIssuer) => Self { iss: "https://issuer.example", ..self },
        };
        claims.signed_by(key, &keys::kid(key)).map(Some)
    }

    fn signed_by(&self, key: &SigningKey, kid: &str) -> Result<String, SigningFailed> {
        key.sign_jws("JWT", kid, self)
    }

    /// The compact form with a signature that no key of ours makes.
    fn compact(&self, alg: &str, signature: impl Fn(&[u8]) -> Vec<u8>) -> Result<String, SigningFailed> {
        let header = json!({"alg": alg, "typ": "JWT"}).to_string();
        let claims = serde_json::to_vec(self).map_err(|_| SigningFailed::Payload)?;
        let signed = format!("{}.{}", base64url(header.as_bytes()), base64url(&claims));
        let signature = base64url(&signature(signed.as_bytes()));
        Ok(format!("{signed}.{signature}"))
    }
}

#[cfg(test)]
mod tests {
    use countersign_crypto::system::SystemRandom;

    use super::*;

    /// Computed with Python's hmac module over the same header and claims.
    #[test]
    fn the_client_secret_signs_as_any_jwt_library_would() {
        let at = Timestamp::from_secs(1_700_000_000);
        let keys = Keys::fresh(&SystemRandom);
        let claims = Claims::new("https://i.example", "ann", None, at);
        let token =
            claims.sign(&keys, Some(Tamper::SymmetricWithClientSecret), &SystemRandom).unwrap().unwrap();
        let signature = token.rsplit('.').next().unwrap();
        assert_eq!(signature, "WSQKv0zTH1Yr5AqPjc0tqUzNpkCsvOmQ1Va6lqXSjiM");
    }
}
