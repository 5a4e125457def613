use proptest::prelude::*;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, PKCS_ECDSA_P256_SHA256,
    PKCS_ECDSA_P384_SHA384, PublicKeyData, SignatureAlgorithm,
};

use super::*;

/// 2030-01-01T00:00:00Z.
const FROM: i64 = 1_893_456_000_000;
/// 2031-01-01T00:00:00Z.
const UNTIL: i64 = 1_924_992_000_000;

struct Chain {
    root: Vec<u8>,
    issuer: Vec<u8>,
    leaf: Vec<u8>,
    point: Vec<u8>,
}

fn params(name: &str, authority: bool) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    if authority {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    }
    params
}

/// Root, issuer and leaf, the authorities with keys of this algorithm.
fn chain(algorithm: &'static SignatureAlgorithm) -> Chain {
    let (root_key, issuer_key) =
        (KeyPair::generate_for(algorithm).unwrap(), KeyPair::generate_for(algorithm).unwrap());
    let leaf_key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let root_params = params("root", true);
    let root = root_params.self_signed(&root_key).unwrap();
    let root = (root.der().to_vec(), Issuer::new(root_params, root_key));
    let issuer_params = params("issuer", true);
    let issuer = issuer_params.signed_by(&issuer_key, &root.1).unwrap();
    let issuer = (issuer.der().to_vec(), Issuer::new(issuer_params, issuer_key));
    let mut leaf_params = params("leaf", false);
    leaf_params.not_before = rcgen::date_time_ymd(2030, 1, 1);
    leaf_params.not_after = rcgen::date_time_ymd(2031, 1, 1);
    let leaf = leaf_params.signed_by(&leaf_key, &issuer.1).unwrap();
    Chain { root: root.0, issuer: issuer.0, leaf: leaf.der().to_vec(), point: leaf_key.der_bytes().to_vec() }
}

#[test]
fn a_path_gives_the_key_of_its_first_certificate() {
    for algorithm in [&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P384_SHA384] {
        let Chain { root, issuer, leaf, point } = chain(algorithm);
        let key = UafPublicKey::read(KeyKind::P256, crate::uaf_signature::KeyForm::EcRaw, &point);
        let of = |given: &[&[u8]], roots: &[&[u8]]| certified_key(given, roots, FROM, KeyKind::P256);
        let key = Ok(key.unwrap());
        assert_eq!(of(&[&leaf, &issuer], &[&root]), key);
        assert_eq!(of(&[&leaf, &issuer, &root], &[&root]), key);
        assert_eq!(of(&[&leaf, &issuer], &[&leaf, &root]), key);
        assert_eq!(of(&[&leaf], &[&issuer]), key);
        assert_eq!(of(&[&leaf], &[&leaf]), key);
        let spki = certified_key(&[&leaf, &issuer], &[&root], FROM, KeyKind::Secp256k1);
        assert_eq!(spki, Err(PathRefused::Key(KeyRefused)));
    }
}

#[test]
fn a_certificate_counts_in_its_time_only() {
    let Chain { root, issuer, leaf, .. } = chain(&PKCS_ECDSA_P256_SHA256);
    let at = |millis| certified_key(&[&leaf, &issuer], &[&root], millis, KeyKind::P256).map(|_| ());
    assert_eq!(at(FROM - 1), Err(PathRefused::Path));
    assert_eq!(at(FROM), Ok(()));
    assert_eq!(at(UNTIL), Ok(()));
    assert_eq!(at(UNTIL + 1000), Err(PathRefused::Path));
    assert_eq!(at(-1), Err(PathRefused::Path));
}

#[test]
fn a_path_that_leads_nowhere_is_refused() {
    let Chain { root, issuer, leaf, .. } = chain(&PKCS_ECDSA_P256_SHA256);
    let other = chain(&PKCS_ECDSA_P256_SHA256);
    let of = |given: &[&[u8]], roots: &[&[u8]]| certified_key(given, roots, FROM, KeyKind::P256).err();
    assert_eq!(of(&[], &[&root]), Some(PathRefused::Malformed));
    assert_eq!(of(&[leaf.as_slice(); 7], &[&root]), Some(PathRefused::Malformed));
    assert_eq!(of(&[b"not DER"], &[&root]), Some(PathRefused::Malformed));
    assert_eq!(of(&[b"not DER"], &[b"not DER"]), Some(PathRefused::Malformed));
    for (given, roots) in [
        (vec![&leaf[..], &issuer], vec![]),
        (vec![&leaf[..], &issuer], vec![&other.root[..]]),
        (vec![&leaf[..]], vec![&root[..]]),
        (vec![&leaf[..], &other.issuer], vec![&root[..]]),
        (vec![&leaf[..], &issuer, &other.issuer], vec![&root[..]]),
        (vec![&leaf[..], &issuer, &issuer], vec![&root[..]]),
        (vec![&issuer[..]], vec![&root[..]]),
        (vec![&issuer[..], &leaf], vec![&root[..]]),
    ] {
        assert_eq!(of(&given, &roots), Some(PathRefused::Path));
    }
}

#[test]
fn every_byte_of_a_path_counts() {
    let Chain { root, issuer, leaf, .. } = chain(&PKCS_ECDSA_P256_SHA256);
    let of = |leaf: &[u8], issuer: &[u8]| certified_key(&[leaf, issuer], &[&root], FROM, KeyKind::P256);
    assert!(of(&leaf, &issuer).is_ok());
    let flip = |der: &[u8], at: usize| {
        let mut bad = der.to_vec();
        bad[at] ^= 1;
        bad
    };
    for at in 0..leaf.len() {
        assert!(of(&flip(&leaf, at), &issuer).is_err(), "leaf, byte {at}");
    }
    for at in 0..issuer.len() {
        assert!(of(&leaf, &flip(&issuer, at)).is_err(), "issuer, byte {at}");
    }
}

#[test]
fn the_header_of_a_sequence_is_der() {
    assert_eq!(sequence(&[7; 3]), [0x30, 3, 7, 7, 7]);
    assert_eq!(sequence(&[7; 0x7f])[..3], [0x30, 0x7f, 7]);
    assert_eq!(sequence(&[7; 0x80])[..4], [0x30, 0x81, 0x80, 7]);
    assert_eq!(sequence(&[7; 0x122])[..5], [0x30, 0x82, 1, 0x22, 7]);
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..128), listed in any::<bool>()) {
        let roots: &[&[u8]] = if listed { &[&bytes] } else { &[] };
        prop_assert!(certified_key(&[&bytes], roots, FROM, KeyKind::P256).is_err());
    }
}
