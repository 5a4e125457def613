use proptest::prelude::*;

use super::*;
use crate::authenticator::vectors::{key, other, text, texts};
use crate::jwk::Algorithm;
use crate::signing_key::SigningKey;
use crate::system::SystemRandom;

#[test]
fn pem_is_read_and_written_as_an_independent_implementation_does() {
    for pem in ["/public_pem", "/other_pem", "/large_pem"].map(text) {
        assert_eq!(AppKey::from_pem(pem).unwrap().to_pem(), pem);
    }
    assert_eq!(AppKey::from_pem(text("/public_pem")).as_ref(), Ok(key().public()));
    assert_eq!(AppKey::from_pem(text("/pkcs1_pem")).as_ref(), Ok(key().public()));
}

/// What stands between the lines that begin and end it.
fn body(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with('-')).collect()
}

#[test]
fn lines_may_be_of_any_length_and_end_in_any_way() {
    let pem = text("/public_pem");
    let body = body(pem);
    let (begin, end) = ("-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----");
    let narrow: Vec<_> = body.as_bytes().chunks(7).map(|line| std::str::from_utf8(line).unwrap()).collect();
    for written in [
        pem.trim_end().to_owned(),
        pem.replace('\n', "\r\n"),
        pem.replace('\n', "\r"),
        pem.replace('\n', " "),
        format!("\r\n  {pem}\n\n"),
        pem.replace('\n', "\n  "),
        format!("{begin}{body}{end}"),
        format!("{begin}\n{body}\n{end}"),
        format!("{begin}\n{}\n{end}\n", narrow.join("\n")),
    ] {
        assert_eq!(AppKey::from_pem(&written).as_ref(), Ok(key().public()), "{written:?}");
    }
}

#[test]
fn a_jwk_is_the_same_key() {
    let public = key().public();
    assert_eq!(AppKey::from_jwk(public.public_jwk().clone()).as_ref(), Ok(public));
    assert_eq!(public.thumbprint(), public.public_jwk().thumbprint());
    assert_ne!(public.thumbprint(), other().thumbprint());
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa] {
        let jwk = SigningKey::generate(algorithm, &SystemRandom).unwrap().public().clone();
        assert_eq!(AppKey::from_jwk(jwk), Err(NotAnAppKey));
    }
}

#[test]
fn weak_keys_and_keys_of_other_kinds_are_refused() {
    for (kind, pem) in texts("/refused_pems") {
        assert_eq!(AppKey::from_pem(pem), Err(NotAnAppKey), "{kind}");
    }
}

#[test]
fn other_texts_are_refused() {
    let pem = text("/public_pem");
    let body = body(pem);
    let der = crate::encoding::from_base64(&body).unwrap();
    let longer = base64(&[&der[..], &[0]].concat());
    for written in [
        String::new(),
        "-----BEGIN PUBLIC KEY-----".to_owned(),
        "-----BEGIN PUBLIC KEY----------END PUBLIC KEY-----".to_owned(),
        body.clone(),
        pem.replace("BEGIN PUBLIC", "BEGIN PRIVATE"),
        pem.replace("END PUBLIC", "END RSA PUBLIC"),
        pem.replace("PUBLIC KEY", "CERTIFICATE"),
        pem.replace("PUBLIC KEY", "public key"),
        pem.replacen("-----", "----", 1),
        format!("{pem}{pem}"),
        format!("key: {pem}"),
        format!("{pem}."),
        pem.replace('A', "-"),
        pem.replace(&body[..4], ""),
        format!("-----BEGIN PUBLIC KEY-----{longer}-----END PUBLIC KEY-----"),
        format!("{}{pem}", " ".repeat(LONGEST)),
    ] {
        assert_eq!(AppKey::from_pem(&written), Err(NotAnAppKey), "{written:?}");
    }
}

#[test]
fn more_than_fits_is_not_encrypted() {
    let key = key().public();
    assert_eq!(key.encrypt(&[1; 245]).map(|encrypted| encrypted.len()), Ok(256));
    assert_eq!(key.encrypt(&[1; 246]), Err(EncryptionFailed));
}

proptest! {
    #[test]
    fn no_text_panics(text in ".{0,80}|-----BEGIN (RSA )?PUBLIC KEY-----[A-Za-z0-9+/=\n]{0,80}-----END (RSA )?PUBLIC KEY-----") {
        let _ = AppKey::from_pem(&text);
    }

    /// What is read is written in one way, which is read as the same key.
    #[test]
    fn any_changed_character_is_refused_or_another_key(place in any::<proptest::sample::Index>(), byte in 0u8..128) {
        let mut pem = text("/public_pem").as_bytes().to_vec();
        let at = place.index(pem.len());
        pem[at] = byte;
        let pem = String::from_utf8(pem).unwrap();
        if let Ok(read) = AppKey::from_pem(&pem) {
            prop_assert_eq!(body(&read.to_pem()), pem.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
                .trim_start_matches("-----BEGIN PUBLIC KEY-----").trim_end_matches("-----END PUBLIC KEY-----")
                .replace(' ', ""));
            prop_assert_eq!(AppKey::from_pem(&read.to_pem()), Ok(read));
        }
    }
}
