//! The scheme `CX1-HMAC-SHA256`: a Request Origin signs each call with its HMAC secret.

use std::fmt::Write as _;

use aws_lc_rs::hmac;
use countersign_domain::secret::Secret;
use countersign_domain::time::{Span, Timestamp};

use crate::digest::Digest;
use crate::encoding::{base64, from_base64};

/// The scheme's name in `Authorization`, with the comma that follows it.
const SCHEME: &str = "CX1-HMAC-SHA256,";

/// How far the caller's clock may be from ours, before or after.
pub const WINDOW: Span = Span::minutes(5);

/// Why a credential was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Cx1Refused {
    /// The header is of another scheme.
    #[error("is not of the scheme CX1-HMAC-SHA256")]
    OtherScheme,
    /// The header is not `<guid>/<milliseconds>,<base64 signature>`.
    #[error("is not a CX1-HMAC-SHA256 credential")]
    Malformed,
    /// The time is more than [`WINDOW`] away from now.
    #[error("has a time too far from the server's")]
    Skewed,
    /// The signature is not the secret's over this request.
    #[error("has a wrong signature")]
    Signature,
}

/// What the `Authorization` header of a signed call says; not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cx1Credential {
    guid: String,
    sent_timestamp: String,
    timestamp: Timestamp,
    signature: [u8; 32],
}

impl Cx1Credential {
    /// Reads `CX1-HMAC-SHA256,<guid>/<ms since epoch>,<base64 signature>`.
    ///
    /// # Errors
    /// [`Cx1Refused::OtherScheme`], [`Cx1Refused::Malformed`].
    pub fn parse(authorization: &str) -> Result<Self, Cx1Refused> {
        let rest = authorization.strip_prefix(SCHEME).ok_or(Cx1Refused::OtherScheme)?;
        let (who_and_when, signature) = rest.split_once(',').ok_or(Cx1Refused::Malformed)?;
        let (guid, sent) = who_and_when.split_once('/').ok_or(Cx1Refused::Malformed)?;
        // 15 digits reach beyond the year 30000; a sign or a space would be a second spelling.
        if !is_guid(guid)
            || !(1..=15).contains(&sent.len())
            || !sent.bytes().all(|byte| byte.is_ascii_digit())
        {
            return Err(Cx1Refused::Malformed);
        }
        let millis = sent.parse().map_err(|_| Cx1Refused::Malformed)?;
        let signature = from_base64(signature).map_err(|_| Cx1Refused::Malformed)?;
        Ok(Self {
            guid: guid.to_owned(),
            sent_timestamp: sent.to_owned(),
            timestamp: Timestamp::from_millis(millis),
            signature: signature.try_into().map_err(|_| Cx1Refused::Malformed)?,
        })
    }

    /// The Request Origin's GUID exactly as it was sent, which is how it was signed.
    pub fn guid(&self) -> &str {
        &self.guid
    }

    /// The caller's time.
    pub const fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// Denotes this (GUID, signature), so that a store can accept it once.
    pub fn once(&self) -> Digest {
        let mut bytes = self.guid.to_ascii_lowercase().into_bytes();
        bytes.extend_from_slice(&self.signature);
        Digest::of(&bytes)
    }

    /// Whether the caller's time lies within [`WINDOW`] of `now`.
    ///
    /// # Errors
    /// [`Cx1Refused::Skewed`].
    pub fn check_time(&self, now: Timestamp) -> Result<(), Cx1Refused> {
        let distance = (now - self.timestamp).as_millis().saturating_abs();
        if distance <= WINDOW.as_millis() { Ok(()) } else { Err(Cx1Refused::Skewed) }
    }

    /// Whether the signature is `secret`'s over this request, in constant time. The secret counts as its
    /// UTF-8 bytes,
    /// whatever it looks like. `full_url` is the public URL with query that the caller used.
    ///
    /// # Errors
    /// [`Cx1Refused::Signature`].
    pub fn verify(
        &self,
        secret: &Secret<String>,
        method: &str,
        full_url: &str,
        body: &[u8],
    ) -> Result<(), Cx1Refused> {
        let text = string_to_sign(method, full_url, &self.sent_timestamp, &self.guid, body);
        hmac::verify(&key(secret), &text, &self.signature).map_err(|_| Cx1Refused::Signature)
    }
}

/// The `Authorization` header for a call.
pub fn sign(
    secret: &Secret<String>,
    guid: &str,
    at: Timestamp,
    method: &str,
    full_url: &str,
    body: &[u8],
) -> Secret<String> {
    let timestamp = at.millis().to_string();
    let tag = hmac::sign(&key(secret), &string_to_sign(method, full_url, &timestamp, guid, body));
    let mut header = String::from(SCHEME);
    // Writing to a String cannot fail.
    let _ = write!(header, "{guid}/{timestamp},{}", base64(tag.as_ref()));
    Secret::new(header)
}

/// What is signed: method, URL, timestamp and GUID as sent, without separators, and then the body byte for
/// byte;
/// a GET is signed without its body.
pub fn string_to_sign(method: &str, full_url: &str, timestamp: &str, guid: &str, body: &[u8]) -> Vec<u8> {
    let mut text = [method, full_url, timestamp, guid].concat().into_bytes();
    if method != "GET" {
        text.extend_from_slice(body);
    }
    text
}

fn key(secret: &Secret<String>) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes())
}

/// Five groups of 8, 4, 4, 4 and 12 hexadecimal digits.
fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GUID: &str = "7E0a4e86-4f4b-4f0f-9f5c-1c2d3e4f5a6b";
    const URL: &str = "https://auth.example.com/api/request/add?x=1";

    fn secret() -> Secret<String> {
        Secret::new("c2VjcmV0".to_owned())
    }

    fn signed(method: &str, body: &[u8]) -> Cx1Credential {
        let header = sign(&secret(), GUID, Timestamp::from_millis(1_795_341_600_123), method, URL, body);
        Cx1Credential::parse(header.expose()).unwrap()
    }

    /// Computed with Python's hmac module over the same text, the secret as its UTF-8 bytes.
    #[test]
    fn the_signature_is_the_one_an_independent_client_computes() {
        let header =
            sign(&secret(), GUID, Timestamp::from_millis(1_795_341_600_123), "POST", URL, br#"{"a":1}"#);
        assert_eq!(
            header.expose(),
            &format!("CX1-HMAC-SHA256,{GUID}/1795341600123,13wfcZ/FgNXiP40uEyCZAImOGqLNZ7kKHhxzpwikGKI=")
        );
        let header = sign(&secret(), GUID, Timestamp::from_millis(1_795_341_600_123), "GET", URL, b"ignored");
        assert_eq!(
            header.expose(),
            &format!("CX1-HMAC-SHA256,{GUID}/1795341600123,vNTFGssvFZJKhQHqC0Y/aR+30ajWMJgdVQ3/BQF6kX0=")
        );
    }

    #[test]
    fn the_text_has_no_separators_and_a_get_no_body() {
        assert_eq!(string_to_sign("PUT", "https://h/p", "12", "g", b"\xff{}"), b"PUThttps://h/p12g\xff{}");
        assert_eq!(string_to_sign("GET", "https://h/p", "12", "g", b"body"), b"GEThttps://h/p12g");
    }

    #[test]
    fn any_other_request_or_secret_fails() {
        let credential = signed("POST", b"body");
        assert_eq!(credential.verify(&secret(), "POST", URL, b"body"), Ok(()));
        for (method, url, body) in
            [("PUT", URL, b"body"), ("POST", "https://auth.example.com/", b"body"), ("POST", URL, b"bodY")]
        {
            assert_eq!(credential.verify(&secret(), method, url, body), Err(Cx1Refused::Signature));
        }
        let decoded = Secret::new("secret".to_owned());
        assert_eq!(credential.verify(&decoded, "POST", URL, b"body"), Err(Cx1Refused::Signature));
    }

    #[test]
    fn five_minutes_either_way_are_allowed() {
        let credential = signed("GET", b"");
        let at = credential.timestamp();
        assert_eq!(credential.guid(), GUID);
        for now in [at, at + WINDOW, at - WINDOW] {
            assert_eq!(credential.check_time(now), Ok(()));
        }
        for now in
            [at + WINDOW + Span::millis(1), at - WINDOW - Span::millis(1), Timestamp::from_millis(i64::MIN)]
        {
            assert_eq!(credential.check_time(now), Err(Cx1Refused::Skewed));
        }
    }

    #[test]
    fn the_same_credential_is_known_again() {
        assert_eq!(signed("POST", b"body").once(), signed("POST", b"body").once());
        assert_ne!(signed("POST", b"body").once(), signed("POST", b"other").once());
    }

    #[test]
    fn malformed_headers_are_refused() {
        let good = sign(&secret(), GUID, Timestamp::from_millis(1), "GET", URL, b"");
        let signature = good.expose().rsplit_once(',').unwrap().1;
        for header in ["", "Basic abc", "cx1-hmac-sha256,x", "CX1-HMAC-SHA256 x"] {
            assert_eq!(Cx1Credential::parse(header), Err(Cx1Refused::OtherScheme), "{header}");
        }
        for rest in [
            String::new(),
            GUID.to_owned(),
            format!("{GUID}/1"),
            format!("{GUID}/,{signature}"),
            format!("{GUID}/+1,{signature}"),
            format!("{GUID}/-1,{signature}"),
            format!("{GUID}/1.5,{signature}"),
            format!("{GUID}/9999999999999999,{signature}"),
            format!("{GUID}/1,{signature}="),
            format!("{GUID}/1,{signature},"),
            format!("{GUID}/1,AAAA"),
            format!("{GUID}/1, {signature}"),
            format!("{}/1,{signature}", GUID.replace('-', "")),
            format!("{}/1,{signature}", GUID.replace('7', "g")),
        ] {
            let header = format!("{SCHEME}{rest}");
            assert_eq!(Cx1Credential::parse(&header), Err(Cx1Refused::Malformed), "{header}");
        }
    }

    proptest! {
        #[test]
        fn no_header_panics(rest in ".{0,80}") {
            let _ = Cx1Credential::parse(&rest);
            let _ = Cx1Credential::parse(&format!("{SCHEME}{rest}"));
        }

        #[test]
        fn any_flipped_byte_fails(place in any::<proptest::sample::Index>(), bit in 0u8..8) {
            let header = sign(&secret(), GUID, Timestamp::from_millis(1_795_341_600_123), "POST", URL, b"body");
            let mut bytes = header.expose().clone().into_bytes();
            let at = place.index(bytes.len());
            bytes[at] ^= 1 << bit;
            if let Ok(Ok(credential)) = String::from_utf8(bytes).map(|header| Cx1Credential::parse(&header)) {
                prop_assert_eq!(credential.verify(&secret(), "POST", URL, b"body"), Err(Cx1Refused::Signature));
            }
        }
    }
}
