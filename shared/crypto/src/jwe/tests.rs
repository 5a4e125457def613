use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeySize, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use aws_lc_rs::signature::{KeyPair, RsaKeyPair};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::encoding::from_base64url;
use crate::system::SystemRandom;

/// The device's side, as RFC 7516, section 5.2, has it; shares with the service only the hash and base64url.
enum Device {
    P256(PrivateKey),
    Rsa(OaepPrivateDecryptingKey, Value),
}

impl Device {
    fn p256() -> Self {
        Self::P256(PrivateKey::generate(&ECDH_P256).unwrap())
    }

    fn rsa(size: KeySize) -> Self {
        let pair = RsaKeyPair::generate(size).unwrap();
        let n = base64url(pair.public_key().modulus().big_endian_without_leading_zero());
        let private = PrivateDecryptingKey::from_pkcs8(pair.as_der().unwrap().as_ref()).unwrap();
        Self::Rsa(
            OaepPrivateDecryptingKey::new(private).unwrap(),
            json!({ "kty": "RSA", "n": n, "e": "AQAB" }),
        )
    }

    fn jwk(&self) -> Value {
        match self {
            Self::P256(key) => {
                let point = key.compute_public_key().unwrap();
                let (x, y) = point.as_ref()[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y) })
            }
            Self::Rsa(_, jwk) => jwk.clone(),
        }
    }

    fn encryption_key(&self) -> EncryptionKey {
        EncryptionKey::parse(&self.jwk().to_string()).unwrap()
    }

    fn decrypt(&self, compact: &str) -> Option<Vec<u8>> {
        let parts: Vec<_> = compact.split('.').collect();
        let [header, wrapped, nonce, content, tag] = parts[..] else { return None };
        let read: Value = serde_json::from_slice(&from_base64url(header).ok()?).ok()?;
        let wrapped = from_base64url(wrapped).ok()?;
        let key = match self {
            Self::P256(key) => {
                if read["alg"] != "ECDH-ES" || !wrapped.is_empty() {
                    return None;
                }
                let epk = &read["epk"];
                let coordinate = |name: &str| from_base64url(epk[name].as_str()?).ok();
                let point = [vec![4], coordinate("x")?, coordinate("y")?].concat();
                let peer = UnparsedPublicKey::new(&ECDH_P256, point);
                agreement::agree(key, peer, (), |shared| Ok(rfc_7518_kdf(shared))).ok()?
            }
            Self::Rsa(key, _) => {
                if read["alg"] != "RSA-OAEP-256" {
                    return None;
                }
                let mut out = vec![0; key.min_output_size()];
                key.decrypt(&OAEP_SHA256_MGF1SHA256, &wrapped, &mut out, None).ok()?.to_vec()
            }
        };
        if read["enc"] != "A256GCM" {
            return None;
        }
        let nonce = Nonce::try_assume_unique_for_key(&from_base64url(nonce).ok()?).ok()?;
        let mut sealed = [from_base64url(content).ok()?, from_base64url(tag).ok()?].concat();
        let cipher = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).ok()?);
        let plain = cipher.open_in_place(nonce, Aad::from(header.as_bytes()), &mut sealed).ok()?;
        Some(plain.to_vec())
    }
}

/// RFC 7518, section 4.6.2, for `A256GCM` and nameless parties, written out.
fn rfc_7518_kdf(shared: &[u8]) -> Vec<u8> {
    let other_info = b"\0\0\0\x07A256GCM\0\0\0\0\0\0\0\0\0\0\x01\0";
    sha256(&[&[0, 0, 0, 1], shared, other_info].concat()).to_vec()
}

fn header(compact: &str) -> Value {
    serde_json::from_slice(&from_base64url(compact.split('.').next().unwrap()).unwrap()).unwrap()
}

#[test]
fn the_device_reads_what_was_encrypted_to_it_and_no_other_device_does() {
    let devices =
        [Device::p256(), Device::p256(), Device::rsa(KeySize::Rsa2048), Device::rsa(KeySize::Rsa3072)];
    let payload = br#"{"token":"f81d4fae-7dec-41d0-a765-00a0c91e6bf6"}"#;
    for (to, addressee) in devices.iter().enumerate() {
        let compact = addressee.encryption_key().encrypt(payload, &SystemRandom).unwrap();
        for (at, device) in devices.iter().enumerate() {
            let expected = (at == to).then_some(&payload[..]);
            assert_eq!(device.decrypt(&compact).as_deref(), expected);
        }
    }
}

#[test]
fn the_header_says_how_and_for_which_key() {
    let (p256, rsa) = (Device::p256(), Device::rsa(KeySize::Rsa2048));
    let compact = p256.encryption_key().encrypt(b"", &SystemRandom).unwrap();
    let read = header(&compact);
    assert_eq!((&read["alg"], &read["enc"]), (&json!("ECDH-ES"), &json!("A256GCM")));
    assert_eq!((&read["epk"]["kty"], &read["epk"]["crv"]), (&json!("EC"), &json!("P-256")));
    assert!(read["epk"].get("d").is_none() && read.get("kid").is_none());
    assert_eq!(compact.split('.').nth(1), Some(""));
    assert_eq!(p256.decrypt(&compact), Some(Vec::new()));

    let mut jwk = rsa.jwk();
    jwk["kid"] = json!("phone-1");
    let named = EncryptionKey::parse(&jwk.to_string()).unwrap();
    let compact = named.encrypt(b"x", &SystemRandom).unwrap();
    assert_eq!(header(&compact), json!({ "alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": "phone-1" }));
    assert_eq!(rsa.decrypt(&compact).as_deref(), Some(&b"x"[..]));
}

#[test]
fn every_message_has_keys_and_nonce_of_its_own() {
    for device in [Device::p256(), Device::rsa(KeySize::Rsa2048)] {
        let key = device.encryption_key();
        let messages = [(); 2].map(|()| key.encrypt(b"the same", &SystemRandom).unwrap());
        let [first, second] = messages.each_ref().map(|compact| compact.split('.').collect::<Vec<_>>());
        for part in 1..5 {
            assert!(first[part] != second[part] || first[part].is_empty());
        }
        assert_eq!(device.decrypt(&messages[0]), device.decrypt(&messages[1]));
    }
}

/// A generator that yields what is no scalar by itself must not keep this from ending.
#[test]
fn an_ephemeral_key_is_made_of_whatever_is_drawn() {
    struct Always(u8);
    impl Random for Always {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }
    let device = Device::p256();
    for byte in [0, 0xff] {
        let compact = device.encryption_key().encrypt(b"x", &Always(byte)).unwrap();
        assert_eq!(device.decrypt(&compact).as_deref(), Some(&b"x"[..]));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_payload_is_read_back_and_no_changed_message_is(
        payload in proptest::collection::vec(any::<u8>(), 0..300),
        place in any::<proptest::sample::Index>(),
        other in "[A-Za-z0-9_.-]",
    ) {
        let device = Device::p256();
        let compact = device.encryption_key().encrypt(&payload, &SystemRandom).unwrap();
        prop_assert_eq!(device.decrypt(&compact), Some(payload));
        let mut changed = compact.clone();
        let at = place.index(changed.len());
        changed.replace_range(at..=at, &other);
        prop_assert!(changed == compact || device.decrypt(&changed).is_none());
    }
}
