use countersign_domain::chance::Random;
use proptest::prelude::*;

use super::*;
use crate::authenticator::vectors::{key, other, text};
use crate::jws::MAX_LENGTH;
use crate::signing_key::SigningKey;
use crate::system::SystemRandom;

fn body() -> &'static [u8] {
    text("/v2/body").as_bytes()
}

fn checked(header: &str) -> Result<(), SignatureInvalid> {
    verify(key().public(), header, body())
}

/// The key as one that signs anything.
fn signer() -> SigningKey {
    SigningKey::from_pkcs8(Algorithm::Rs256, key().to_pkcs8().expose()).unwrap()
}

/// A detached JWS over `payload`, a text that is signed as it is, with this protected header.
fn signed(signer: &SigningKey, protected: &str, payload: &str) -> String {
    let protected = base64url(protected.as_bytes());
    let signature = signer.sign(format!("{protected}.{payload}").as_bytes()).unwrap();
    format!("{protected}..{}", base64url(&signature))
}

#[test]
fn what_an_independent_implementation_has_signed_verifies_with_type_or_without() {
    for header in [text("/v2/plain_header"), text("/v2/typed_header")] {
        assert_eq!(checked(header), Ok(()));
        assert_eq!(verify(&other(), header, body()), Err(SignatureInvalid));
        for other in [&b""[..], &body()[1..], &[body(), b"\n"].concat()] {
            assert_eq!(verify(key().public(), header, other), Err(SignatureInvalid));
        }
    }
}

#[test]
fn bodies_of_any_length_and_bytes_are_signed() {
    let mut large = vec![0; 2 * MAX_LENGTH];
    SystemRandom.fill(&mut large);
    for body in [&b""[..], b"\xff\x00", &large] {
        let header = key().sign_detached(body).unwrap();
        assert_eq!(verify(key().public(), &header, body), Ok(()));
        assert_eq!(verify(key().public(), &header, b"other"), Err(SignatureInvalid));
    }
}

#[test]
fn a_payload_inside_is_refused() {
    let (protected, signature) = text("/v2/plain_header").split_once("..").unwrap();
    let payload = base64url(body());
    assert_eq!(checked(&format!("{protected}..{signature}")), Ok(()));
    for payload in [payload.as_str(), "e30", "A", "AA", " ", ".", ".."] {
        let header = format!("{protected}.{payload}.{signature}");
        assert_eq!(checked(&header), Err(SignatureInvalid), "{payload:?}");
    }
}

#[test]
fn extensions_and_payloads_that_are_not_encoded_are_refused() {
    let (signer, payload) = (signer(), base64url(body()));
    assert_eq!(checked(&signed(&signer, r#"{"alg":"RS256"}"#, &payload)), Ok(()));
    let plain = std::str::from_utf8(body()).unwrap();
    for protected in [
        r#"{"alg":"RS256","b64":false,"crit":["b64"]}"#,
        r#"{"alg":"RS256","b64":true,"crit":["b64"]}"#,
        r#"{"alg":"RS256","crit":[]}"#,
        r#"{"alg":"RS256","crit":null}"#,
        r#"{"alg":"RS256","crit":["exp"],"exp":1}"#,
    ] {
        for payload in [&payload, plain] {
            assert_eq!(checked(&signed(&signer, protected, payload)), Err(SignatureInvalid), "{protected}");
        }
    }
    // Without `crit` nobody has to know `b64`; the payload stays encoded.
    let unannounced = signed(&signer, r#"{"alg":"RS256","b64":false}"#, plain);
    assert_eq!(checked(&unannounced), Err(SignatureInvalid));
}

#[test]
fn another_algorithm_is_refused_even_where_the_signature_is_right() {
    let (signer, payload) = (signer(), base64url(body()));
    for alg in ["none", "HS256", "RS384", "RS512", "PS256", "ES256", "EdDSA", "rs256", ""] {
        let header = signed(&signer, &format!(r#"{{"alg":"{alg}"}}"#), &payload);
        assert_eq!(checked(&header), Err(SignatureInvalid), "{alg}");
    }
    for protected in [
        "",
        "[]",
        "{}",
        r#"{"alg":1}"#,
        r#"{"alg":"RS256","alg":"RS256"}"#,
        r#"{"alg":"RS256"} x"#,
        r#"["RS256",null,null]"#,
        r#"["RS256"]"#,
    ] {
        assert_eq!(checked(&signed(&signer, protected, &payload)), Err(SignatureInvalid), "{protected}");
    }
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa] {
        let signer = SigningKey::generate(algorithm, &SystemRandom).unwrap();
        for alg in [algorithm.name(), "RS256"] {
            let header = signed(&signer, &format!(r#"{{"alg":"{alg}"}}"#), &payload);
            assert_eq!(checked(&header), Err(SignatureInvalid), "{alg}");
        }
    }
}

#[test]
fn other_shapes_are_refused() {
    let good = text("/v2/plain_header");
    let (protected, signature) = good.split_once("..").unwrap();
    for header in [
        String::new(),
        "..".to_owned(),
        "...".to_owned(),
        format!("{protected}.{signature}"),
        format!("{protected}.."),
        format!("..{signature}"),
        format!("{protected}...{signature}"),
        format!("{good}."),
        format!(".{good}"),
        format!(" {good}"),
        format!("{good}\n"),
        format!("{good}="),
        format!("{protected}=..{signature}"),
        format!("{protected}..{}", &signature[4..]),
        format!("{good}{}", "A".repeat(MAX_LENGTH)),
    ] {
        assert_eq!(checked(&header), Err(SignatureInvalid), "{header}");
    }
}

proptest! {
    #[test]
    fn any_flipped_bit_is_refused(place in any::<proptest::sample::Index>(), bit in 0u8..8) {
        let good = text("/v2/plain_header");
        let mut bytes = good.as_bytes().to_vec();
        let at = place.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(header) = String::from_utf8(bytes) {
            prop_assert_eq!(checked(&header), Err(SignatureInvalid));
        }
        let mut body = body().to_vec();
        let at = place.index(body.len());
        body[at] ^= 1 << bit;
        prop_assert_eq!(verify(key().public(), good, &body), Err(SignatureInvalid));
    }

    #[test]
    fn no_header_panics(header in ".{0,60}|[A-Za-z0-9_-]{0,40}\\.\\.[A-Za-z0-9_-]{0,40}") {
        prop_assert_eq!(checked(&header), Err(SignatureInvalid));
    }
}
