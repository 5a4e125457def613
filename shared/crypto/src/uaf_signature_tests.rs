use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256K1_SHA256_ASN1_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair, RSA_PKCS1_SHA256,
    RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
};
use proptest::prelude::*;

use super::*;

const ALL_KINDS: [KeyKind; 3] = [KeyKind::P256, KeyKind::Secp256k1, KeyKind::Rsa];
const ALL_FORMS: [KeyForm; 4] = [KeyForm::EcRaw, KeyForm::EcDer, KeyForm::Rsa2048Raw, KeyForm::RsaDer];

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn spki(pair: &impl AsDer<PublicKeyX509Der<'static>>) -> Vec<u8> {
    pair.as_der().unwrap().as_ref().to_vec()
}

/// RFC 6979, appendix A.2.5: P-256 with SHA-256, message "sample".
#[test]
fn the_signature_of_rfc_6979_verifies() {
    let point = hex(concat!(
        "0460FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6",
        "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299",
    ));
    let r = hex("EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716");
    let s = hex("F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8");
    let raw = [&r[..], &s].concat();
    // Both numbers have their highest bit set, so DER puts a zero before each.
    let der = [&[0x30, 0x46, 0x02, 0x21, 0][..], &r, &[0x02, 0x21, 0], &s].concat();
    let key = UafPublicKey::read(KeyKind::P256, KeyForm::EcRaw, &point).unwrap();
    assert_eq!(UafPublicKey::from_spki(KeyKind::P256, &[P256_SPKI, &point].concat()), Ok(key.clone()));
    assert!(key.verify(Scheme::EcdsaP256, Form::Raw, b"sample", &raw));
    assert!(key.verify(Scheme::EcdsaP256, Form::Der, b"sample", &der));
    assert!(!key.verify(Scheme::EcdsaP256, Form::Raw, b"samplf", &raw));
    assert!(!key.verify(Scheme::EcdsaP256, Form::Der, b"sample", &raw));
    assert!(!key.verify(Scheme::EcdsaP256, Form::Raw, b"sample", &der));
    assert!(!key.verify(Scheme::EcdsaSecp256k1, Form::Raw, b"sample", &raw));
    assert!(!key.verify(Scheme::RsaPss, Form::Raw, b"sample", &raw));
    let trailing = [&der[..], &[0]].concat();
    assert!(!key.verify(Scheme::EcdsaP256, Form::Der, b"sample", &trailing));
}

fn ec(algorithm: &'static EcdsaSigningAlgorithm) -> EcdsaKeyPair {
    EcdsaKeyPair::generate(algorithm).unwrap()
}

#[test]
fn a_point_has_one_spelling_per_form_and_one_curve() {
    let pair = ec(&ECDSA_P256K1_SHA256_ASN1_SIGNING);
    let raw = pair.public_key().as_ref().to_vec();
    let der = spki(pair.public_key());
    let kind = KeyKind::Secp256k1;
    let key = UafPublicKey::read(kind, KeyForm::EcRaw, &raw).unwrap();
    assert_eq!((UafPublicKey::from_spki(kind, &der), key.kind()), (Ok(key.clone()), kind));
    let signature = pair.sign(&SystemRandom::new(), b"m").unwrap();
    assert!(key.verify(Scheme::EcdsaSecp256k1, Form::Der, b"m", signature.as_ref()));

    let mut compressed = vec![2 + raw[64] % 2];
    compressed.extend(&raw[1..33]);
    let mut hybrid = raw.clone();
    hybrid[0] = 6 + raw[64] % 2;
    let mut off = raw.clone();
    off[64] ^= 1;
    for bad in [&compressed, &hybrid, &off, &der, &vec![0], &Vec::new(), &[&raw[..], &[0]].concat()] {
        assert_eq!(UafPublicKey::read(kind, KeyForm::EcRaw, bad), Err(KeyRefused), "{bad:x?}");
    }
    for bad in [&raw, &[&der[..], &[0]].concat(), &der[..der.len() - 1].to_vec()] {
        assert_eq!(UafPublicKey::read(kind, KeyForm::EcDer, bad), Err(KeyRefused), "{bad:x?}");
    }
    for kind in [KeyKind::P256, KeyKind::Rsa] {
        assert_eq!(UafPublicKey::read(kind, KeyForm::EcRaw, &raw), Err(KeyRefused));
        assert_eq!(UafPublicKey::read(kind, KeyForm::EcDer, &der), Err(KeyRefused));
    }
}

fn rsa_sign(pair: &RsaKeyPair, encoding: &'static dyn RsaEncoding) -> Vec<u8> {
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(encoding, &SystemRandom::new(), b"m", &mut signature).unwrap();
    signature
}

#[test]
fn rsa_signatures_are_bare_or_in_an_octet_string() {
    for size in [KeySize::Rsa2048, KeySize::Rsa3072] {
        let pair = RsaKeyPair::generate(size).unwrap();
        let key = UafPublicKey::from_spki(KeyKind::Rsa, &spki(pair.public_key())).unwrap();
        let pss = rsa_sign(&pair, &RSA_PSS_SHA256);
        let pkcs1 = rsa_sign(&pair, &RSA_PKCS1_SHA256);
        for (scheme, good, other) in [(Scheme::RsaPss, &pss, &pkcs1), (Scheme::RsaPkcs1, &pkcs1, &pss)] {
            let length = u16::try_from(good.len()).unwrap().to_be_bytes();
            let der = [&[0x04, 0x82], &length[..], good].concat();
            assert!(key.verify(scheme, Form::Raw, b"m", good));
            assert!(key.verify(scheme, Form::Der, b"m", &der));
            assert!(!key.verify(scheme, Form::Raw, b"m", other));
            assert!(!key.verify(scheme, Form::Raw, b"n", good));
            assert!(!key.verify(scheme, Form::Raw, b"m", &der));
            assert!(!key.verify(scheme, Form::Der, b"m", good));
            for bad in [
                [&der[..], &[0]].concat(),
                der[..der.len() - 1].to_vec(),
                [&[0x03, 0x82], &length[..], good].concat(),
                [&[0x04, 0x83, 0], &length[..], good].concat(),
            ] {
                assert!(!key.verify(scheme, Form::Der, b"m", &bad));
            }
        }
    }
}

#[test]
fn an_rsa_key_is_read_in_its_forms_only() {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let public = pair.public_key();
    let (n, e) = (public.modulus().big_endian_without_leading_zero(), [1, 0, 1]);
    let raw = [n, &e].concat();
    let key = UafPublicKey::read(KeyKind::Rsa, KeyForm::Rsa2048Raw, &raw).unwrap();
    for der in [spki(public), public.as_ref().to_vec()] {
        assert_eq!(UafPublicKey::read(KeyKind::Rsa, KeyForm::RsaDer, &der), Ok(key.clone()));
        let longer = [&der[..], &[0]].concat();
        assert_eq!(UafPublicKey::read(KeyKind::Rsa, KeyForm::RsaDer, &longer), Err(KeyRefused));
        assert_eq!(UafPublicKey::read(KeyKind::Rsa, KeyForm::RsaDer, &der[1..]), Err(KeyRefused));
    }
    let zero = [&[0], n, &e].concat();
    let even = {
        let mut even = raw.clone();
        even[255] &= 0xfe;
        even
    };
    for bad in [n.to_vec(), n[..255].to_vec(), [n, &[3]].concat(), [n, &[0, 1, 0, 1]].concat(), zero, even] {
        assert_eq!(UafPublicKey::read(KeyKind::Rsa, KeyForm::Rsa2048Raw, &bad), Err(KeyRefused));
    }
    let long = RsaKeyPair::generate(KeySize::Rsa3072).unwrap();
    let long = [long.public_key().modulus().big_endian_without_leading_zero(), &e].concat();
    assert_eq!(UafPublicKey::read(KeyKind::Rsa, KeyForm::Rsa2048Raw, &long), Err(KeyRefused));
}

proptest! {
    #[test]
    fn no_bytes_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        prefix in prop_oneof![Just(P256_SPKI), Just(SECP256K1_SPKI), Just(&[][..]), Just(&[0x30, 0x82][..])],
    ) {
        let whole = [prefix, &bytes].concat();
        for kind in ALL_KINDS {
            for form in ALL_FORMS {
                let _ = UafPublicKey::read(kind, form, &whole);
            }
        }
        let _ = octet_string(&bytes);
    }
}
