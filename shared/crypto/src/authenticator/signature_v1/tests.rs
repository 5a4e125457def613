use proptest::prelude::*;

use super::*;
use crate::authenticator::vectors::{key, other, text};
use crate::encoding::{base64, from_base64};

/// Five minutes before the call expires.
const NOW: Timestamp = Timestamp::from_secs(1_795_341_600);

fn call() -> SignedCall<'static> {
    SignedCall {
        method: "PUT",
        url: text("/v1/url"),
        expires_at: text("/v1/expires_at"),
        body: text("/v1/body").as_bytes(),
        signature: text("/v1/signature"),
    }
}

fn checked(call: &SignedCall<'_>, now: Timestamp) -> Result<(), SignatureRefused> {
    verify(key().public(), call, now)
}

#[test]
fn what_an_independent_implementation_has_signed_verifies() {
    for method in ["PUT", "put", "Put"] {
        assert_eq!(checked(&SignedCall { method, ..call() }, NOW), Ok(()));
    }
    let get = SignedCall { method: "GET", body: b"", signature: text("/v1/signature_of_get"), ..call() };
    assert_eq!(checked(&get, NOW), Ok(()));
    assert_eq!(verify(&other(), &call(), NOW), Err(SignatureRefused::Invalid));
}

#[test]
fn another_method_url_time_or_body_is_refused() {
    let good = call();
    let body = text("/v1/body");
    let compact = body.replace([' ', '\n'], "");
    for other in [
        SignedCall { method: "DELETE", ..good },
        SignedCall { method: "", ..good },
        SignedCall { url: "https://auth.example.com/api/authenticator/v1/authorizations/0199", ..good },
        SignedCall { url: "https://auth.example.com/api/authenticator/v1/authorizations/0199?a=2", ..good },
        SignedCall { url: "https://auth.example.com/api/authenticator/v1/authorizations/0198?a=1", ..good },
        SignedCall { url: "http://auth.example.com/api/authenticator/v1/authorizations/0199?a=1", ..good },
        SignedCall {
            url: "https://auth.example.com:443/api/authenticator/v1/authorizations/0199?a=1",
            ..good
        },
        SignedCall { url: "https://AUTH.example.com/api/authenticator/v1/authorizations/0199?a=1", ..good },
        SignedCall { expires_at: "1795341901", ..good },
        SignedCall { body: b"", ..good },
        SignedCall { body: compact.as_bytes(), ..good },
        SignedCall { body: &good.body[1..], ..good },
        SignedCall { body: &[good.body, b" "].concat(), ..good },
    ] {
        assert_eq!(checked(&other, NOW), Err(SignatureRefused::Invalid), "{} {}", other.method, other.url);
    }
}

/// `put|url|time|body` as `put|url|time|` with the rest of the body would be one text; the time is digits alone, so it
/// is not.
#[test]
fn no_part_can_reach_into_the_next() {
    let good = call();
    let moved = format!("{}|{}", good.expires_at, text("/v1/body"));
    let taken = SignedCall { expires_at: &moved, body: b"", ..good };
    assert_eq!(checked(&taken, NOW), Err(SignatureRefused::Expired(Expired)));
    // The place where the method ends is fixed too: it is the request's own.
    let moved = format!("|{}", good.url);
    assert_eq!(checked(&SignedCall { url: &moved, ..good }, NOW), Err(SignatureRefused::Invalid));
}

#[test]
fn a_time_that_is_past_or_more_than_an_hour_ahead_has_expired_whatever_the_signature() {
    let exp = 1_795_341_900;
    for (now, valid) in [
        (exp - 3601, false),
        (exp - 3600, true),
        (exp - 300, true),
        (exp - 1, true),
        (exp, false),
        (exp + 1, false),
    ] {
        let now = Timestamp::from_secs(now);
        let expected = if valid { Ok(()) } else { Err(SignatureRefused::Expired(Expired)) };
        assert_eq!(checked(&call(), now), expected);
        let unsigned = SignedCall { signature: "", ..call() };
        let expected = if valid { SignatureRefused::Invalid } else { SignatureRefused::Expired(Expired) };
        assert_eq!(checked(&unsigned, now), Err(expected));
    }
    assert_eq!(checked(&call(), Timestamp::from_millis(exp * 1000 - 1)), Ok(()));
}

#[test]
fn a_time_that_is_not_plain_seconds_has_expired() {
    for expires_at in [
        "",
        " ",
        "-1",
        "+1795341900",
        " 1795341900",
        "1795341900 ",
        "01795341900",
        "1795341900.0",
        "1.7953419e9",
        "1795341900000",
        "0x6b02dd8c",
        "1_795_341_900",
        "９９",
        "2026-11-22T10:05:00Z",
        "99999999999999999999999999",
        "1795341900\n",
        "null",
    ] {
        let refused = checked(&SignedCall { expires_at, ..call() }, NOW);
        assert_eq!(refused, Err(SignatureRefused::Expired(Expired)), "{expires_at:?}");
    }
}

#[test]
fn another_text_is_no_signature() {
    let good = text("/v1/signature");
    let bytes = from_base64(good).unwrap();
    for signature in [
        "",
        "=",
        &good[4..],
        good.trim_end_matches('='),
        &format!("{good}\n"),
        &base64(&bytes[1..]),
        &base64(&[&[0], &bytes[..]].concat()),
        &base64(&[0; 256]),
        &base64(&[0xff; 256]),
        text("/v1/pss"),
        text("/v1/signature_of_get"),
    ] {
        let refused = checked(&SignedCall { signature, ..call() }, NOW);
        assert_eq!(refused, Err(SignatureRefused::Invalid), "{signature:?}");
    }
}

proptest! {
    #[test]
    fn any_flipped_bit_of_body_or_signature_is_refused(place in any::<proptest::sample::Index>(), bit in 0u8..8) {
        let mut body = call().body.to_vec();
        let at = place.index(body.len());
        body[at] ^= 1 << bit;
        prop_assert_eq!(checked(&SignedCall { body: &body, ..call() }, NOW), Err(SignatureRefused::Invalid));
        let mut signature = from_base64(call().signature).unwrap();
        let at = place.index(signature.len());
        signature[at] ^= 1 << bit;
        let signature = base64(&signature);
        prop_assert_eq!(checked(&SignedCall { signature: &signature, ..call() }, NOW), Err(SignatureRefused::Invalid));
    }

    #[test]
    fn no_header_panics(expires_at in ".{0,30}|[0-9]{1,30}", signature in ".{0,40}|[A-Za-z0-9+/]{342}==") {
        let other = SignedCall { expires_at: &expires_at, signature: &signature, ..call() };
        prop_assert!(checked(&other, NOW).is_err());
    }
}
