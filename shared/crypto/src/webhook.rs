//! Webhook signatures by the Standard Webhooks specification (<https://www.standardwebhooks.com>):
//! `v1` HMAC-SHA256 with a shared secret, `v1a` Ed25519.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::hmac;
use countersign_domain::chance::{self, Random};
use countersign_domain::secret::Secret;
use countersign_domain::time::{Span, Timestamp};
use zeroize::Zeroizing;

use crate::encoding::{base64, from_base64};
use crate::freshness::is_fresh;
use crate::jwk::{Algorithm, JwkRefused, PublicJwk};
use crate::signing_key::{SigningFailed, SigningKey};

const SECRET_PREFIX: &str = "whsec_";
const PUBLIC_KEY_PREFIX: &str = "whpk_";

/// How far `webhook-timestamp` may be from the receiver's clock, before or after.
pub const TOLERANCE: Span = Span::minutes(5);

/// The secret that the service and one receiver share: 24 to 64 bytes, as text `whsec_` and their base64.
pub struct WebhookSecret(Zeroizing<Vec<u8>>);

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

impl WebhookSecret {
    /// A fresh secret of 32 bytes.
    pub fn generate(random: &dyn Random) -> Self {
        Self(Zeroizing::new(chance::bytes::<32>(random).to_vec()))
    }

    /// The text that the receiver is given.
    pub fn expose(&self) -> Secret<String> {
        Secret::new(format!("{SECRET_PREFIX}{}", base64(&self.0)))
    }

    fn key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &self.0)
    }
}

/// The text is not a webhook secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not `whsec_` and base64 of 24 to 64 bytes")]
pub struct NotAWebhookSecret;

impl FromStr for WebhookSecret {
    type Err = NotAWebhookSecret;

    fn from_str(text: &str) -> Result<Self, NotAWebhookSecret> {
        let bytes = from_base64(text.strip_prefix(SECRET_PREFIX).ok_or(NotAWebhookSecret)?);
        let bytes = Zeroizing::new(bytes.map_err(|_| NotAWebhookSecret)?);
        if (24..=64).contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(NotAWebhookSecret) }
    }
}

/// The headers of one attempt, as they came.
#[derive(Debug, Clone, Copy)]
pub struct WebhookHeaders<'a> {
    /// `webhook-id`: the event, the same at every attempt.
    pub id: &'a str,
    /// `webhook-timestamp`: the attempt, in seconds since the epoch.
    pub timestamp: &'a str,
    /// `webhook-signature`: signatures with spaces between them.
    pub signature: &'a str,
}

/// Why a webhook was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebhookRefused {
    /// `webhook-id` is empty or has a full stop, or `webhook-timestamp` is not whole seconds.
    #[error("the webhook's headers are malformed")]
    Malformed,
    /// The time is more than [`TOLERANCE`] away from now.
    #[error("the webhook's time is too far from now")]
    Skewed,
    /// No signature of this version is the key's.
    #[error("the webhook has no signature by this key")]
    Signature,
}

/// `v1,<base64>`: HMAC-SHA256 over `id.timestamp.body`. `id` has no full stop, or readers refuse it.
pub fn sign_v1(secret: &WebhookSecret, id: &str, timestamp: Timestamp, body: &[u8]) -> String {
    let tag = hmac::sign(&secret.key(), &content(id, timestamp.secs(), body));
    format!("v1,{}", base64(tag.as_ref()))
}

/// `v1a,<base64>`: Ed25519 over `id.timestamp.body`. `id` has no full stop, or readers refuse it.
///
/// # Errors
/// [`SigningFailed::WrongKey`] when the key is not an Ed25519 key.
pub fn sign_v1a(
    key: &SigningKey,
    id: &str,
    timestamp: Timestamp,
    body: &[u8],
) -> Result<String, SigningFailed> {
    if key.algorithm() != Algorithm::EdDsa {
        return Err(SigningFailed::WrongKey);
    }
    Ok(format!("v1a,{}", base64(&key.sign(&content(id, timestamp.secs(), body))?)))
}

/// The value of `webhook-signature` that holds all `signatures`.
pub fn signature_header(signatures: &[String]) -> String {
    signatures.join(" ")
}

/// Whether one of the `v1` signatures is the secret's, in constant time each.
///
/// # Errors
/// [`WebhookRefused`].
pub fn verify_v1(
    secret: &WebhookSecret,
    headers: &WebhookHeaders<'_>,
    body: &[u8],
    now: Timestamp,
) -> Result<(), WebhookRefused> {
    verify(headers, body, now, "v1", |content, signature| {
        hmac::verify(&secret.key(), content, signature).is_ok()
    })
}

/// Whether one of the `v1a` signatures is the Ed25519 key's.
///
/// # Errors
/// [`WebhookRefused`]; a key of another kind has signed nothing.
pub fn verify_v1a(
    key: &PublicJwk,
    headers: &WebhookHeaders<'_>,
    body: &[u8],
    now: Timestamp,
) -> Result<(), WebhookRefused> {
    let is_ed25519 = key.algorithm() == Algorithm::EdDsa;
    verify(headers, body, now, "v1a", |content, signature| is_ed25519 && key.verify(content, signature))
}

fn verify(
    headers: &WebhookHeaders<'_>,
    body: &[u8],
    now: Timestamp,
    version: &str,
    is_signed: impl Fn(&[u8], &[u8]) -> bool,
) -> Result<(), WebhookRefused> {
    // With a full stop in the id, another id, time and body would give the same signed bytes.
    if headers.id.is_empty()
        || headers.id.contains('.')
        || !headers.timestamp.bytes().all(|b| b.is_ascii_digit())
    {
        return Err(WebhookRefused::Malformed);
    }
    let timestamp: i64 = headers.timestamp.parse().map_err(|_| WebhookRefused::Malformed)?;
    if !is_fresh(timestamp, now, TOLERANCE) {
        return Err(WebhookRefused::Skewed);
    }
    let content = content(headers.id, timestamp, body);
    let signed = headers
        .signature
        .split(' ')
        .filter_map(|one| one.split_once(','))
        .filter(|(of, _)| *of == version)
        .filter_map(|(_, signature)| from_base64(signature).ok())
        .any(|signature| is_signed(&content, &signature));
    if signed { Ok(()) } else { Err(WebhookRefused::Signature) }
}

fn content(id: &str, seconds: i64, body: &[u8]) -> Vec<u8> {
    let mut content = format!("{id}.{seconds}.").into_bytes();
    content.extend_from_slice(body);
    content
}

/// An Ed25519 public key as `whpk_` and its base64; `None` for keys of other kinds.
pub fn public_key_text(key: &PublicJwk) -> Option<String> {
    match key {
        PublicJwk::Ed25519(key) => Some(format!("{PUBLIC_KEY_PREFIX}{}", base64(key.bytes()))),
        PublicJwk::P256(_) | PublicJwk::Rsa(_) => None,
    }
}

/// Reads a `whpk_` text.
///
/// # Errors
/// [`JwkRefused::Member`], [`JwkRefused::Point`].
pub fn parse_public_key(text: &str) -> Result<PublicJwk, JwkRefused> {
    let bytes = from_base64(text.strip_prefix(PUBLIC_KEY_PREFIX).ok_or(JwkRefused::Member)?);
    let bytes = bytes.ok().and_then(|bytes| bytes.try_into().ok()).ok_or(JwkRefused::Member)?;
    PublicJwk::ed25519(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::system::SystemRandom;

    /// The example of the specification's reference libraries
    /// (https://github.com/standard-webhooks/standard-webhooks, test "sign function works").
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const AT: Timestamp = Timestamp::from_secs(1_614_265_330);
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn headers(signature: &str) -> WebhookHeaders<'_> {
        WebhookHeaders { id: ID, timestamp: "1614265330", signature }
    }

    fn key() -> SigningKey {
        SigningKey::generate(Algorithm::EdDsa, &SystemRandom).unwrap()
    }

    #[test]
    fn the_published_example_holds() {
        let secret: WebhookSecret = SECRET.parse().unwrap();
        assert_eq!(sign_v1(&secret, ID, AT, BODY), SIGNATURE);
        assert_eq!(secret.expose().expose(), SECRET);
        assert_eq!(verify_v1(&secret, &headers(SIGNATURE), BODY, AT), Ok(()));
    }

    #[test]
    fn both_versions_stand_in_one_header() {
        let (secret, key) = (WebhookSecret::generate(&SystemRandom), key());
        let both = signature_header(&[sign_v1a(&key, ID, AT, BODY).unwrap(), sign_v1(&secret, ID, AT, BODY)]);
        assert_eq!(verify_v1(&secret, &headers(&both), BODY, AT), Ok(()));
        assert_eq!(verify_v1a(key.public(), &headers(&both), BODY, AT), Ok(()));
        let other = WebhookSecret::generate(&SystemRandom);
        assert_eq!(verify_v1(&other, &headers(&both), BODY, AT), Err(WebhookRefused::Signature));
        assert_eq!(
            verify_v1a(self::key().public(), &headers(&both), BODY, AT),
            Err(WebhookRefused::Signature)
        );
    }

    #[test]
    fn a_signature_of_one_version_is_none_of_the_other() {
        let secret: WebhookSecret = SECRET.parse().unwrap();
        let renamed = SIGNATURE.replace("v1,", "v1a,");
        assert_eq!(verify_v1(&secret, &headers(&renamed), BODY, AT), Err(WebhookRefused::Signature));
        assert_eq!(verify_v1a(key().public(), &headers(SIGNATURE), BODY, AT), Err(WebhookRefused::Signature));
    }

    #[test]
    fn five_minutes_either_way_are_allowed() {
        let secret: WebhookSecret = SECRET.parse().unwrap();
        let at = |now| verify_v1(&secret, &headers(SIGNATURE), BODY, now);
        assert_eq!(at(AT + TOLERANCE), Ok(()));
        assert_eq!(at(AT - TOLERANCE), Ok(()));
        assert_eq!(at(AT + TOLERANCE + Span::secs(1)), Err(WebhookRefused::Skewed));
        assert_eq!(at(AT - TOLERANCE - Span::secs(1)), Err(WebhookRefused::Skewed));
    }

    #[test]
    fn malformed_headers_are_refused() {
        let secret: WebhookSecret = SECRET.parse().unwrap();
        for (id, timestamp) in
            [("", "1614265330"), ("a.b", "1614265330"), (ID, ""), (ID, "+1614265330"), (ID, "1e9")]
        {
            let headers = WebhookHeaders { id, timestamp, signature: SIGNATURE };
            assert_eq!(verify_v1(&secret, &headers, BODY, AT), Err(WebhookRefused::Malformed));
        }
        for signature in
            ["", "v1", "v1,", "v1 ,", &SIGNATURE[3..], "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="]
        {
            assert_eq!(verify_v1(&secret, &headers(signature), BODY, AT), Err(WebhookRefused::Signature));
        }
    }

    #[test]
    fn secrets_of_other_lengths_or_forms_are_refused() {
        for length in [0, 23, 65] {
            let text = format!("whsec_{}", base64(&vec![1; length]));
            assert_eq!(text.parse::<WebhookSecret>().err(), Some(NotAWebhookSecret));
        }
        for text in ["", "whsec_", &SECRET[6..], "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS"] {
            assert_eq!(text.parse::<WebhookSecret>().err(), Some(NotAWebhookSecret));
        }
        assert!(!format!("{:?}", SECRET.parse::<WebhookSecret>().unwrap()).contains("MfKQ"));
    }

    #[test]
    fn a_public_key_has_a_text_form() {
        let key = key();
        let text = public_key_text(key.public()).unwrap();
        assert!(text.starts_with("whpk_"));
        assert_eq!(parse_public_key(&text).as_ref(), Ok(key.public()));
        assert_eq!(parse_public_key(&text[5..]), Err(JwkRefused::Member));
        assert_eq!(parse_public_key("whpk_AAAA"), Err(JwkRefused::Member));
        let es256 = SigningKey::generate(Algorithm::Es256, &SystemRandom).unwrap();
        assert_eq!(public_key_text(es256.public()), None);
        assert_eq!(sign_v1a(&es256, ID, AT, BODY), Err(SigningFailed::WrongKey));
    }

    proptest! {
        #[test]
        fn any_flipped_byte_of_body_or_signature_fails(place in any::<proptest::sample::Index>(), bit in 0u8..8) {
            let (secret, key) = (WebhookSecret::generate(&SystemRandom), key());
            let mut body = BODY.to_vec();
            let at = place.index(body.len());
            body[at] ^= 1 << bit;
            let v1a = sign_v1a(&key, ID, AT, BODY).unwrap();
            prop_assert!(verify_v1(&secret, &headers(&sign_v1(&secret, ID, AT, BODY)), &body, AT).is_err());
            prop_assert!(verify_v1a(key.public(), &headers(&v1a), &body, AT).is_err());
            let mut bytes = v1a.into_bytes();
            let at = place.index(bytes.len());
            bytes[at] ^= 1 << bit;
            if let Ok(text) = String::from_utf8(bytes) {
                prop_assert!(verify_v1a(key.public(), &headers(&text), BODY, AT).is_err());
            }
        }

        #[test]
        fn parsing_never_panics(text in ".{0,60}") {
            let _ = text.parse::<WebhookSecret>();
            let _ = parse_public_key(&text);
            let secret: WebhookSecret = SECRET.parse().unwrap();
            let _ = verify_v1(&secret, &WebhookHeaders { id: &text, timestamp: &text, signature: &text }, BODY, AT);
        }
    }
}
