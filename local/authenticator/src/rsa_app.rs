//! What an app of the Authenticator API does with its RSA key, in versions 1 and 2: it signs calls, and opens what was
//! encrypted to it. A bank that speaks for itself does the same with its own.

use std::fmt;

use aws_lc_rs::cipher::{
    AES_256, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey, PaddedBlockEncryptingKey,
    UnboundCipherKey,
};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{
    KeyPair, KeySize, Pkcs1PrivateDecryptingKey, Pkcs1PublicEncryptingKey, PrivateDecryptingKey,
    PublicEncryptingKey,
};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::encoding::{base64url, from_base64url, random};

/// The first and the last line of a SubjectPublicKeyInfo as text (RFC 7468, section 13).
const PEM: [&str; 2] = ["-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"];

/// The protected header of a detached JWS.
const HEADER: &str = r#"{"alg":"RS256"}"#;

/// A key pair of 2048 bits. Debug shows none of it.
pub struct RsaApp {
    signing: KeyPair,
    decrypting: Pkcs1PrivateDecryptingKey,
    public: Vec<u8>,
}

/// What was to be opened is not for this key, or what was to be encrypted to is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongKey;

impl fmt::Display for WrongKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is not for this RSA key, or no RSA key")
    }
}

impl std::error::Error for WrongKey {}

impl RsaApp {
    /// A fresh pair.
    ///
    /// # Panics
    /// When the backend cannot make one.
    pub fn generate() -> Self {
        let signing = KeyPair::generate(KeySize::Rsa2048).expect("the backend makes keys of 2048 bits");
        let private: Pkcs8V1Der<'_> = signing.as_der().expect("the backend writes its own keys");
        let public: PublicKeyX509Der<'_> =
            signing.public_key().as_der().expect("the backend writes its own keys");
        let public = public.as_ref().to_vec();
        let decrypting = PrivateDecryptingKey::from_pkcs8(private.as_ref()).ok();
        let decrypting = decrypting.and_then(|key| Pkcs1PrivateDecryptingKey::new(key).ok());
        Self { signing, decrypting: decrypting.expect("the backend reads what it wrote"), public }
    }

    /// The public key as PEM text.
    pub fn public_key(&self) -> String {
        let [first, last] = PEM;
        format!("{first}\n{}\n{last}\n", STANDARD.encode(&self.public))
    }

    /// The signature of a call of version 1; `expires_at` in seconds since the epoch, the URL with its query.
    pub fn sign_call(&self, method: &str, url: &str, expires_at: i64, body: &str) -> String {
        let signed = format!("{}|{url}|{expires_at}|{body}", method.to_ascii_lowercase());
        STANDARD.encode(self.sign(signed.as_bytes()))
    }

    /// The signature of a call of version 2: a detached JWS (RFC 7515, appendix F).
    pub fn sign_body(&self, body: &str) -> String {
        let header = base64url(HEADER.as_bytes());
        let signature = self.sign(format!("{header}.{}", base64url(body.as_bytes())).as_bytes());
        format!("{header}..{}", base64url(&signature))
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.signing.public_modulus_len()];
        let signed = self.signing.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature);
        signed.expect("a key of RSA signs any message");
        signature
    }

    /// The JSON in `{key, iv, data}`; other members are passed over.
    ///
    /// # Errors
    /// [`WrongKey`].
    pub fn open(&self, sealed: &Value) -> Result<Value, WrongKey> {
        serde_json::from_slice(&self.open_bytes(sealed)?).map_err(|_| WrongKey)
    }

    /// The text in `{key, iv, data}`.
    ///
    /// # Errors
    /// [`WrongKey`].
    pub fn open_text(&self, sealed: &Value) -> Result<String, WrongKey> {
        String::from_utf8(self.open_bytes(sealed)?).map_err(|_| WrongKey)
    }

    fn open_bytes(&self, sealed: &Value) -> Result<Vec<u8>, WrongKey> {
        let member = |name: &str| sealed[name].as_str().and_then(from_base64).ok_or(WrongKey);
        let key = self.decrypt(&member("key")?)?;
        let iv: [u8; 16] = self.decrypt(&member("iv")?)?.try_into().map_err(|_| WrongKey)?;
        let mut content = member("data")?;
        let key = UnboundCipherKey::new(&AES_256, &key).and_then(PaddedBlockDecryptingKey::cbc_pkcs7);
        let context = DecryptionContext::Iv128(FixedLength::from(iv));
        let key = key.map_err(|_| WrongKey)?;
        Ok(key.decrypt(&mut content, context).map_err(|_| WrongKey)?.to_vec())
    }

    /// The access token in a redirect of version 2.
    ///
    /// # Errors
    /// [`WrongKey`].
    pub fn open_token(&self, text: &str) -> Result<String, WrongKey> {
        let content = self.decrypt(&from_base64(text).ok_or(WrongKey)?)?;
        let content: Value = serde_json::from_slice(&content).map_err(|_| WrongKey)?;
        content["access_token"].as_str().map(str::to_owned).ok_or(WrongKey)
    }

    fn decrypt(&self, encrypted: &[u8]) -> Result<Vec<u8>, WrongKey> {
        let mut content = vec![0; self.decrypting.min_output_size()];
        let opened = self.decrypting.decrypt(encrypted, &mut content);
        opened.map(|content| content.to_vec()).map_err(|_| WrongKey)
    }
}

/// `{key, iv, data}`: content under a fresh AES key, encrypted to the owner of a public key in PEM.
///
/// # Errors
/// [`WrongKey`] where it is no RSA key.
pub fn seal(public_key: &str, content: &[u8]) -> Result<Value, WrongKey> {
    let to = Pkcs1PublicEncryptingKey::new(from_pem(public_key)?).map_err(|_| WrongKey)?;
    let encrypt = |content: &[u8]| {
        let mut encrypted = vec![0; to.ciphertext_size()];
        let length = to.encrypt(content, &mut encrypted).map_err(|_| WrongKey)?.len();
        Ok(STANDARD.encode(&encrypted[..length]))
    };
    let (key, iv) = (random::<32>(), random::<16>());
    let mut data = content.to_vec();
    UnboundCipherKey::new(&AES_256, &key)
        .and_then(PaddedBlockEncryptingKey::cbc_pkcs7)
        .and_then(|key| key.less_safe_encrypt(&mut data, EncryptionContext::Iv128(FixedLength::from(iv))))
        .map_err(|_| WrongKey)?;
    Ok(json!({ "key": encrypt(&key)?, "iv": encrypt(&iv)?, "data": STANDARD.encode(data) }))
}

/// What [`RsaApp::open_token`] opens: an access token, encrypted to the owner of a public key in PEM.
///
/// # Errors
/// [`WrongKey`] where it is no RSA key.
pub fn seal_token(public_key: &str, token: &str) -> Result<String, WrongKey> {
    let to = Pkcs1PublicEncryptingKey::new(from_pem(public_key)?).map_err(|_| WrongKey)?;
    let content = json!({ "access_token": token }).to_string();
    let mut encrypted = vec![0; to.ciphertext_size()];
    let length = to.encrypt(content.as_bytes(), &mut encrypted).map_err(|_| WrongKey)?.len();
    Ok(STANDARD.encode(&encrypted[..length]))
}

/// Whether `jws` is what [`RsaApp::sign_body`] makes of the body, by the owner of a public key in PEM.
pub fn verifies_body(public_key: &str, jws: &str, body: &str) -> bool {
    let Some((header, signature)) = jws.split_once("..") else { return false };
    let said = from_base64url(header).and_then(|json| serde_json::from_slice::<Value>(&json).ok());
    let (Some(said), Some(signature), Some(key)) = (said, from_base64url(signature), der(public_key)) else {
        return false;
    };
    let signed = format!("{header}.{}", base64url(body.as_bytes()));
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key);
    said["alg"] == "RS256" && key.verify(signed.as_bytes(), &signature).is_ok()
}

fn der(public_key: &str) -> Option<Vec<u8>> {
    let [first, last] = PEM;
    let der = public_key.trim().strip_prefix(first).and_then(|rest| rest.strip_suffix(last));
    der.and_then(from_base64)
}

fn from_pem(public_key: &str) -> Result<PublicEncryptingKey, WrongKey> {
    PublicEncryptingKey::from_der(&der(public_key).ok_or(WrongKey)?).map_err(|_| WrongKey)
}

/// The bytes of base64 that may be broken into lines.
fn from_base64(text: &str) -> Option<Vec<u8>> {
    let text: String = text.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    STANDARD.decode(text).ok()
}

impl fmt::Debug for RsaApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RsaApp(…)")
    }
}

#[cfg(test)]
mod tests {
    use countersign_crypto::authenticator::signature_v1::{self, SignedCall};
    use countersign_crypto::authenticator::{AppKey, Envelope, ProviderKey, signature_v2};
    use countersign_crypto::system::SystemRandom;
    use countersign_domain::time::Timestamp;

    use super::*;

    fn key_of(app: &RsaApp) -> AppKey {
        AppKey::from_pem(&app.public_key()).unwrap()
    }

    #[test]
    fn the_service_verifies_what_it_signs_and_nothing_else() {
        let (app, other) = (RsaApp::generate(), RsaApp::generate());
        let signature = app.sign_call("PUT", "https://a.example/b?c=d", 1_000_000_300, "{}");
        let call = |url| SignedCall {
            method: "put",
            url,
            expires_at: "1000000300",
            body: b"{}",
            signature: &signature,
        };
        let now = Timestamp::from_secs(1_000_000_000);
        let url = "https://a.example/b?c=d";
        assert!(signature_v1::verify(&key_of(&app), &call(url), now).is_ok());
        assert!(signature_v1::verify(&key_of(&app), &call("https://a.example/b"), now).is_err());
        assert!(signature_v1::verify(&key_of(&other), &call(url), now).is_err());
        let jws = app.sign_body("{}");
        assert!(signature_v2::verify(&key_of(&app), &jws, b"{}").is_ok());
        assert!(signature_v2::verify(&key_of(&app), &jws, b"{ }").is_err());
        assert!(signature_v2::verify(&key_of(&other), &jws, b"{}").is_err());
    }

    #[test]
    fn what_is_encrypted_to_it_opens_and_nothing_else() {
        let (app, other) = (RsaApp::generate(), RsaApp::generate());
        let content = json!({ "title": "Pay", "text": "120 €" });
        let sealed = Envelope::encrypt(&key_of(&app), content.to_string().as_bytes(), &SystemRandom).unwrap();
        let sealed = serde_json::to_value(sealed).unwrap();
        assert_eq!(app.open(&sealed), Ok(content));
        assert_eq!(other.open(&sealed), Err(WrongKey));
        for member in ["key", "iv", "data"] {
            let mut broken = sealed.clone();
            broken[member] = "AAAA".into();
            assert_eq!(app.open(&broken), Err(WrongKey), "{member}");
        }
        assert_eq!(format!("{app:?}"), "RsaApp(…)");
    }

    #[test]
    fn the_service_opens_what_is_encrypted_to_it() {
        let key = ProviderKey::generate().unwrap();
        let sealed = seal(&key.public().to_pem(), b"content").unwrap();
        let sealed: Envelope = serde_json::from_value(sealed).unwrap();
        assert_eq!(key.decrypt(&sealed).unwrap().expose(), b"content");
        for text in ["", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"] {
            assert_eq!(seal(text, b"content"), Err(WrongKey), "{text}");
        }
    }

    #[test]
    fn a_token_in_a_redirect_opens() {
        let (app, other) = (RsaApp::generate(), RsaApp::generate());
        let sealed = seal_token(&app.public_key(), "abc").unwrap();
        assert_eq!(app.open_token(&sealed).as_deref(), Ok("abc"));
        assert_eq!((app.open_token("AAAA"), other.open_token(&sealed)), (Err(WrongKey), Err(WrongKey)));
    }

    #[test]
    fn it_verifies_what_the_service_signs_and_nothing_else() {
        let (service, app) = (ProviderKey::generate().unwrap(), RsaApp::generate());
        let jws = service.sign_detached(b"{}").unwrap();
        let key = service.public().to_pem();
        assert!(verifies_body(&key, &jws, "{}"));
        assert!(!verifies_body(&key, &jws, "{ }") && !verifies_body(&app.public_key(), &jws, "{}"));
        for broken in ["", "a.b.c", &jws.replace("..", ".e30."), jws.split("..").next().unwrap()] {
            assert!(!verifies_body(&key, broken, "{}"), "{broken}");
        }
        assert!(!verifies_body("", &jws, "{}"));
    }
}
