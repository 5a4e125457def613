//! The key that pushes to an app are encrypted to: JWE (RFC 7516) by ECDH-ES (RFC 7518, section 4.6) and A256GCM.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::encoding::{AsBigEndian, EcPrivateKeyBin};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Value, json};

use crate::encoding::{base64url, from_base64url, sha256};

/// A key pair on P-256. Serde keeps it as base64url of its scalar; Debug shows none of it.
pub struct PushKey(PrivateKey);

/// The text is no JWE to this key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotForThisKey;

impl fmt::Display for NotForThisKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is no JWE to this key")
    }
}

impl std::error::Error for NotForThisKey {}

impl PushKey {
    /// A fresh pair.
    ///
    /// # Panics
    /// When the backend cannot make one.
    pub fn generate() -> Self {
        Self(PrivateKey::generate(&ECDH_P256).expect("the backend makes keys of P-256"))
    }

    /// The public key, as it is given to the service.
    ///
    /// # Panics
    /// When the backend cannot write it.
    pub fn public_jwk(&self) -> Value {
        let point = self.0.compute_public_key().expect("a private key of P-256 has a public one");
        let (x, y) = point.as_ref()[1..].split_at(32);
        json!({ "kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y), "use": "enc", "alg": "ECDH-ES" })
    }

    /// What a compact JWE to this key holds.
    ///
    /// # Errors
    /// [`NotForThisKey`], also for any other algorithm.
    pub fn open(&self, jwe: &str) -> Result<Vec<u8>, NotForThisKey> {
        let parts: Vec<&str> = jwe.split('.').collect();
        let [protected, "", iv, ciphertext, tag] = parts[..] else { return Err(NotForThisKey) };
        let part = |text: &str| from_base64url(text).ok_or(NotForThisKey);
        let header: Header = serde_json::from_slice(&part(protected)?).map_err(|_| NotForThisKey)?;
        if (header.alg.as_str(), header.enc.as_str()) != ("ECDH-ES", "A256GCM") {
            return Err(NotForThisKey);
        }
        let sender = [&[4][..], &part(&header.epk.x)?, &part(&header.epk.y)?].concat();
        let sender = UnparsedPublicKey::new(&ECDH_P256, sender);
        let (apu, apv) = (part(&header.apu)?, part(&header.apv)?);
        let key = agree(&self.0, sender, NotForThisKey, |shared| {
            let derived = derive(shared, "A256GCM", &apu, &apv, 256);
            UnboundKey::new(&AES_256_GCM, &derived).map_err(|_| NotForThisKey)
        })?;
        let nonce = Nonce::try_assume_unique_for_key(&part(iv)?).map_err(|_| NotForThisKey)?;
        let mut sealed = [part(ciphertext)?, part(tag)?].concat();
        let opened = LessSafeKey::new(key).open_in_place(nonce, Aad::from(protected.as_bytes()), &mut sealed);
        Ok(opened.map_err(|_| NotForThisKey)?.to_vec())
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    enc: String,
    epk: Point,
    #[serde(default)]
    apu: String,
    #[serde(default)]
    apv: String,
}

#[derive(Deserialize)]
struct Point {
    x: String,
    y: String,
}

/// The Concat KDF of one round (RFC 7518, section 4.6.2): at most 256 bits.
fn derive(shared: &[u8], algorithm: &str, apu: &[u8], apv: &[u8], bits: u32) -> Vec<u8> {
    let mut input = [&1u32.to_be_bytes()[..], shared].concat();
    for part in [algorithm.as_bytes(), apu, apv] {
        let length = u32::try_from(part.len()).expect("no part of a header is that long");
        input.extend_from_slice(&length.to_be_bytes());
        input.extend_from_slice(part);
    }
    input.extend_from_slice(&bits.to_be_bytes());
    sha256(&input)[..bits as usize / 8].to_vec()
}

impl fmt::Debug for PushKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PushKey(…)")
    }
}

impl Serialize for PushKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let scalar: EcPrivateKeyBin<'_> =
            self.0.as_be_bytes().map_err(|_| serde::ser::Error::custom("the key cannot be written"))?;
        serializer.serialize_str(&base64url(scalar.as_ref()))
    }
}

impl<'de> Deserialize<'de> for PushKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let scalar = from_base64url(&String::deserialize(deserializer)?);
        let key = scalar.and_then(|scalar| PrivateKey::from_private_key(&ECDH_P256, &scalar).ok());
        key.map(Self).ok_or_else(|| de::Error::custom("is no key of P-256"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7518, appendix C.
    #[test]
    fn the_vector_of_the_rfc_holds() {
        let shared = [
            158, 86, 217, 29, 129, 113, 53, 211, 114, 131, 66, 131, 191, 132, 38, 156, 251, 49, 110, 163,
            218, 128, 106, 72, 246, 218, 167, 121, 140, 254, 144, 196,
        ];
        let key = derive(&shared, "A128GCM", b"Alice", b"Bob", 128);
        assert_eq!(base64url(&key), "VqqN6vgjbSBcIijNcacQGg");
        let bob = r#""VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw""#;
        let bob: PushKey = serde_json::from_str(bob).unwrap();
        assert_eq!(bob.public_jwk()["x"], "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ");
        let alice = [
            from_base64url("gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0").unwrap(),
            from_base64url("SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps").unwrap(),
        ];
        let alice = UnparsedPublicKey::new(&ECDH_P256, [&[4][..], &alice[0], &alice[1]].concat());
        let agreed = agree(&bob.0, alice, NotForThisKey, |agreed| Ok(agreed.to_vec()));
        assert_eq!(agreed.unwrap(), shared);
    }

    /// A JWE as a service makes it.
    fn sealed(to: &Value, header: &Value, payload: &[u8]) -> String {
        let ephemeral = PrivateKey::generate(&ECDH_P256).unwrap();
        let own = ephemeral.compute_public_key().unwrap();
        let mut header = header.clone();
        let point = |from: usize| base64url(&own.as_ref()[from..from + 32]);
        header["epk"] = json!({ "kty": "EC", "crv": "P-256", "x": point(1), "y": point(33) });
        let header = base64url(header.to_string().as_bytes());
        let member = |name: &str| from_base64url(to[name].as_str().unwrap()).unwrap();
        let to = UnparsedPublicKey::new(&ECDH_P256, [&[4][..], &member("x"), &member("y")].concat());
        let key = agree(&ephemeral, to, NotForThisKey, |shared| Ok(derive(shared, "A256GCM", b"", b"", 256)));
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key.unwrap()).unwrap());
        let mut bytes = payload.to_vec();
        let nonce = Nonce::assume_unique_for_key([7; 12]);
        key.seal_in_place_append_tag(nonce, Aad::from(header.as_bytes()), &mut bytes).unwrap();
        let (text, tag) = bytes.split_at(payload.len());
        format!("{header}..{}.{}.{}", base64url(&[7; 12]), base64url(text), base64url(tag))
    }

    #[test]
    fn only_what_is_sealed_to_it_opens() {
        let key = PushKey::generate();
        let kept: PushKey = serde_json::from_str(&serde_json::to_string(&key).unwrap()).unwrap();
        let header = json!({ "alg": "ECDH-ES", "enc": "A256GCM" });
        let jwe = sealed(&key.public_jwk(), &header, b"hello");
        assert_eq!(kept.open(&jwe).as_deref(), Ok(&b"hello"[..]));
        assert_eq!(PushKey::generate().open(&jwe), Err(NotForThisKey));
        for at in 0..jwe.len() {
            let mut bytes = jwe.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(key.open(&String::from_utf8(bytes).unwrap()), Err(NotForThisKey), "character {at}");
        }
        for text in ["", "....", "a.b.c", "e30..AAAA.AAAA.AAAA"] {
            assert_eq!(key.open(text), Err(NotForThisKey), "{text}");
        }
        let other = sealed(&key.public_jwk(), &json!({ "alg": "ECDH-ES", "enc": "A128GCM" }), b"hello");
        assert_eq!(key.open(&other), Err(NotForThisKey));
        assert_eq!(format!("{key:?}"), "PushKey(…)");
    }
}
