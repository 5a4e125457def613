use proptest::prelude::*;
use rsa::BigUint;

use super::*;
use crate::authenticator::signature_v2;
use crate::authenticator::vectors::{envelope, key, other, text, texts};
use crate::encoding::{base64, from_base64};
use crate::jwk::PublicJwk;
use crate::system::SystemRandom;

const MODULUS: usize = 256;

/// `block` under the bare RSA operation, without any padding of its own.
fn raw(block: &[u8; MODULUS]) -> Vec<u8> {
    let PublicJwk::Rsa(public) = key().public().public_jwk() else { panic!("an RSA key") };
    let [n, e, m] = [public.modulus(), public.exponent(), block].map(BigUint::from_bytes_be);
    let encrypted = m.modpow(&e, &n).to_bytes_be();
    [vec![0; MODULUS - encrypted.len()], encrypted].concat()
}

/// The block of RFC 8017, section 7.2.1: 0, 2, bytes that are not 0, 0, `content`.
fn padded(content: &[u8]) -> [u8; MODULUS] {
    let mut block = [0x5a; MODULUS];
    let content_at = MODULUS - content.len();
    block[0] = 0;
    block[1] = 2;
    block[content_at - 1] = 0;
    block[content_at..].copy_from_slice(content);
    block
}

/// What takes the place of content that could not be decrypted.
fn instead<const N: usize>(encrypted: &[u8]) -> [u8; N] {
    let message = [&N.to_be_bytes()[..], encrypted].concat();
    hmac_sha256(&*key().rejection, &message)[..N].try_into().unwrap()
}

#[test]
fn content_of_the_right_length_under_right_padding_is_taken() {
    assert_eq!(*key().unwrap::<32>(&raw(&padded(&[9; 32]))), [9; 32]);
    assert_eq!(*key().unwrap::<16>(&raw(&padded(&[9; 16]))), [9; 16]);
    // Zeros in the content end no padding, and content of zeros is content.
    assert_eq!(*key().unwrap::<32>(&raw(&padded(&[0; 32]))), [0; 32]);
}

/// Ciphertexts that have something wrong with them.
fn wrong() -> Vec<(&'static str, Vec<u8>)> {
    let good = padded(&[9; 32]);
    let changed = |at: usize, byte: u8| {
        let mut block = good;
        block[at] = byte;
        raw(&block)
    };
    let mut unended = good;
    unended[MODULUS - 33] = 1;
    let cipher = raw(&good);
    vec![
        ("another first byte", changed(0, 1)),
        ("padding for signatures", changed(1, 1)),
        ("another second byte", changed(1, 0)),
        ("padding ends at once", changed(2, 0)),
        ("padding of 7 bytes", changed(9, 0)),
        ("content longer by one", changed(MODULUS - 34, 0)),
        ("padding without end", raw(&unended)),
        ("no content", raw(&padded(b""))),
        ("31 bytes", raw(&padded(&[9; 31]))),
        ("33 bytes", raw(&padded(&[9; 33]))),
        ("as much as fits", raw(&padded(&[9; 245]))),
        ("all zeros", vec![0; MODULUS]),
        ("larger than the modulus", vec![0xff; MODULUS]),
        ("nothing", Vec::new()),
        ("one byte", vec![1]),
        ("cut", cipher[..MODULUS - 1].to_vec()),
        ("a byte more", [&cipher[..], &[0]].concat()),
        ("a zero before", [&[0], &cipher[..]].concat()),
    ]
}

#[test]
fn anything_else_is_replaced_by_what_only_this_key_and_ciphertext_give() {
    let ours = key();
    let other = ProviderKey::generate().unwrap();
    let mut seen = vec![];
    for (what, encrypted) in wrong() {
        let taken = ours.unwrap::<32>(&encrypted);
        assert_eq!(*taken, instead::<32>(&encrypted), "{what}");
        assert_eq!(*ours.unwrap::<16>(&encrypted), instead::<16>(&encrypted), "{what}");
        assert_ne!(*other.unwrap::<32>(&encrypted), *taken, "{what}");
        assert!(!seen.contains(&*taken), "{what}");
        seen.push(*taken);
    }
    // The key's length does not fit where the vector's belongs, and the other way round.
    let [key, iv] = [raw(&padded(&[9; 32])), raw(&padded(&[9; 16]))];
    assert_eq!(*ours.unwrap::<16>(&key), instead::<16>(&key));
    assert_eq!(*ours.unwrap::<32>(&iv), instead::<32>(&iv));
}

/// Not even an error comes of wrong padding by itself: what is encrypted under the bytes that stand in opens.
#[test]
fn everything_goes_on_with_the_bytes_that_stand_in() {
    for (what, encrypted) in wrong() {
        let (aes, iv) = (instead::<{ cbc::KEY }>(&encrypted), instead::<{ cbc::BLOCK }>(&encrypted));
        let data = base64(&cbc::encrypt(&aes, &iv, what.as_bytes()).unwrap());
        let member = base64(&encrypted);
        let opened = key().decrypt(&Envelope { key: member.clone(), iv: member, data }).unwrap();
        assert_eq!(opened.expose(), what.as_bytes());
    }
}

#[test]
fn every_failure_is_the_same_error() {
    let good = envelope();
    let data = {
        let (aes, iv) = ([9; cbc::KEY], [9; cbc::BLOCK]);
        base64(&cbc::encrypt(&aes, &iv, &[7; 16]).unwrap())
    };
    let mut errors = vec![];
    for (_, encrypted) in wrong() {
        let key_wrong = Envelope { key: base64(&encrypted), iv: good.iv.clone(), data: data.clone() };
        // Under another key the padding is right by chance once in 256 times; then the content is another.
        match key().decrypt(&key_wrong) {
            Ok(opened) => assert_ne!(opened.expose(), &[7; 16]),
            Err(error) => errors.push(error),
        }
    }
    assert!(errors.len() > 12, "{}", errors.len());
    for (key_text, iv, data) in [
        ("?", &*good.iv, &*good.data),
        (&good.key, "?", &good.data),
        (&good.key, &good.iv, "?"),
        (&good.key, &good.iv, ""),
        (&good.key, &good.iv, "AAAA"),
    ] {
        let envelope = Envelope { key: key_text.to_owned(), iv: iv.to_owned(), data: data.to_owned() };
        errors.push(key().decrypt(&envelope).unwrap_err());
    }
    assert!(
        errors.iter().all(|error| *error == NotDecrypted && error.to_string() == "could not be decrypted")
    );
}

#[test]
fn a_key_is_stored_and_read_back() {
    let fresh = ProviderKey::generate().unwrap();
    let read = ProviderKey::from_pkcs8(fresh.to_pkcs8().expose()).unwrap();
    assert_eq!(read.public(), fresh.public());
    assert_eq!(read.to_pkcs8().expose(), fresh.to_pkcs8().expose());
    let envelope = Envelope::encrypt(fresh.public(), b"content", &SystemRandom).unwrap();
    assert_eq!(read.decrypt(&envelope).unwrap().expose(), b"content");
    assert_eq!(*read.unwrap::<32>(b"wrong"), *fresh.unwrap::<32>(b"wrong"));
    assert!(!key().decrypt(&envelope).is_ok_and(|opened| opened.expose() == b"content"));
}

#[test]
fn what_is_no_rsa_key_of_2048_bits_or_more_is_refused() {
    for (kind, der) in texts("/refused_pkcs8") {
        let refused = ProviderKey::from_pkcs8(&from_base64(der).unwrap());
        assert!(matches!(refused, Err(KeyRefused::Pkcs8)), "{kind}");
    }
    let der = from_base64(text("/pkcs8")).unwrap();
    for cut in [0, 1, 100, der.len() - 1] {
        assert!(matches!(ProviderKey::from_pkcs8(&der[..cut]), Err(KeyRefused::Pkcs8)), "{cut}");
    }
}

#[test]
fn a_key_shows_its_thumbprint_alone() {
    let shown = format!("{:?}", key());
    assert_eq!(shown, format!("ProviderKey({})", key().public().thumbprint()));
}

/// RS256 has one signature for each content, so it is what the independent implementation makes.
#[test]
fn a_detached_signature_is_the_one_that_an_independent_implementation_makes() {
    let body = text("/v2/body").as_bytes();
    let made = key().sign_detached(body).unwrap();
    assert_eq!(made, text("/v2/plain_header"));
    assert_eq!(signature_v2::verify(key().public(), &made, body), Ok(()));
    assert!(signature_v2::verify(&other(), &made, body).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The backend's reading of the padding, and the bare operation, agree on every content.
    #[test]
    fn content_of_any_length_is_taken_only_where_it_fits(content in proptest::collection::vec(any::<u8>(), 0..=245)) {
        let encrypted = raw(&padded(&content));
        let taken = key().unwrap::<32>(&encrypted);
        if content.len() == 32 {
            prop_assert_eq!(&taken[..], &content[..]);
        } else {
            prop_assert_eq!(*taken, instead::<32>(&encrypted));
        }
    }
}
