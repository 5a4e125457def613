//! An authenticator and its client for the tests of single rules: whatever is in [`Saying`] can be bent. What is made
//! here was read from the same specification as the code; that others agree is for `tests/webauthn` to show.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
};
use coset::cbor::Value;
use coset::cbor::ser::into_writer;
use countersign_crypto::digest::sha256;
use countersign_crypto::encoding::base64url;
use serde_json::json;

use crate::challenge::Challenge;
use crate::evidence::signed_bytes;
use crate::registration::{NewCredential, verify_registration};
use crate::relying_party::{Expected, RelyingParty};
use crate::response::{AuthenticationResponse, RegistrationResponse};
use crate::selection::UserVerification;

pub(crate) const ORIGIN: &str = "https://login.example.org";
pub(crate) const APP: &str = "android:apk-key-hash:oy4ZPbRyTXxSVHxw0ZvVbWEV3uQTJDIzpwVmLUiTJ6A";
pub(crate) const CREDENTIAL: &[u8] = b"known";
/// UP, UV and BE.
pub(crate) const FLAGS: u8 = 0x0d;
pub(crate) const ATTESTED: u8 = 0x40;
pub(crate) const EXTENSIONS: u8 = 0x80;

pub(crate) fn relying_party() -> RelyingParty {
    RelyingParty {
        id: "example.org".to_owned(),
        name: "Example".to_owned(),
        origins: vec![ORIGIN.to_owned(), APP.to_owned()],
    }
}

pub(crate) fn challenge() -> Challenge {
    Challenge::new((0..16).collect::<Vec<u8>>()).unwrap()
}

pub(crate) fn expected(challenge: &Challenge) -> Expected<'_> {
    Expected { challenge, user_verification: UserVerification::Required }
}

pub(crate) fn cbor(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    into_writer(value, &mut bytes).unwrap();
    bytes
}

pub(crate) fn text_map<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Map(members.into_iter().map(|(key, value)| (Value::from(key), value)).collect())
}

pub(crate) fn number_map(members: &[(i64, Value)]) -> Value {
    Value::Map(members.iter().map(|(key, value)| (Value::from(*key), value.clone())).collect())
}

pub(crate) enum Key {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rs256(RsaKeyPair),
}

impl Key {
    pub(crate) fn es256() -> Self {
        Self::Es256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap())
    }

    pub(crate) fn eddsa() -> Self {
        Self::EdDsa(Ed25519KeyPair::generate().unwrap())
    }

    pub(crate) fn rs256() -> Self {
        Self::Rs256(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    /// The members of the COSE_Key.
    pub(crate) fn cose(&self) -> Vec<(i64, Value)> {
        let bytes = |bytes: &[u8]| Value::Bytes(bytes.to_vec());
        match self {
            Self::Es256(key) => {
                let point = key.public_key().as_ref();
                let (x, y) = (bytes(&point[1..33]), bytes(&point[33..]));
                vec![(1, Value::from(2)), (3, Value::from(-7)), (-1, Value::from(1)), (-2, x), (-3, y)]
            }
            Self::EdDsa(key) => {
                let x = bytes(key.public_key().as_ref());
                vec![(1, Value::from(1)), (3, Value::from(-8)), (-1, Value::from(6)), (-2, x)]
            }
            Self::Rs256(key) => {
                let key = key.public_key();
                let n = bytes(key.modulus().big_endian_without_leading_zero());
                let e = bytes(key.exponent().big_endian_without_leading_zero());
                vec![(1, Value::from(3)), (3, Value::from(-257)), (-1, n), (-2, e)]
            }
        }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Es256(key) => key.sign(&random, message).unwrap().as_ref().to_vec(),
            Self::EdDsa(key) => key.sign(message).as_ref().to_vec(),
            Self::Rs256(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).unwrap();
                signature
            }
        }
    }
}

/// What client and authenticator say, right in all points until a test bends one.
pub(crate) struct Saying {
    pub(crate) client_data: serde_json::Value,
    pub(crate) rp_id: &'static str,
    pub(crate) flags: u8,
    pub(crate) sign_count: u32,
    pub(crate) credential_id: Vec<u8>,
    /// In place of the key's own COSE_Key.
    pub(crate) cose: Option<Vec<(i64, Value)>>,
    /// What follows counter, credential and key.
    pub(crate) rest: Vec<u8>,
    pub(crate) user_handle: Option<&'static [u8]>,
}

impl Saying {
    pub(crate) fn of(ceremony: &str) -> Self {
        Self {
            client_data: json!({
                "type": ceremony,
                "challenge": base64url(challenge().as_bytes()),
                "origin": ORIGIN,
                "crossOrigin": false,
            }),
            rp_id: "example.org",
            flags: FLAGS,
            sign_count: 1,
            credential_id: CREDENTIAL.to_vec(),
            cose: None,
            rest: Vec::new(),
            user_handle: None,
        }
    }

    pub(crate) fn authenticator_data(&self, key: &Key, flags: u8) -> Vec<u8> {
        let mut data = sha256(self.rp_id.as_bytes()).to_vec();
        data.push(flags);
        data.extend(self.sign_count.to_be_bytes());
        if flags & ATTESTED != 0 {
            data.extend([7; 16]);
            data.extend(u16::try_from(self.credential_id.len()).unwrap().to_be_bytes());
            data.extend(&self.credential_id);
            data.extend(cbor(&number_map(&self.cose.clone().unwrap_or_else(|| key.cose()))));
        }
        data.extend(&self.rest);
        data
    }

    pub(crate) fn client_data_json(&self) -> Vec<u8> {
        serde_json::to_vec(&self.client_data).unwrap()
    }

    /// A registration with the format `none`.
    pub(crate) fn registration(&self, key: &Key) -> RegistrationResponse {
        self.attested(key, |_| ("none", text_map([])))
    }

    /// A registration with the statement that `statement` makes of what is to be signed.
    pub(crate) fn attested(
        &self,
        key: &Key,
        statement: impl FnOnce(&[u8]) -> (&'static str, Value),
    ) -> RegistrationResponse {
        let data = self.authenticator_data(key, self.flags | ATTESTED);
        let client_data_json = self.client_data_json();
        let (format, statement) = statement(&signed_bytes(&data, &client_data_json));
        let members =
            [("fmt", Value::from(format)), ("attStmt", statement), ("authData", Value::Bytes(data))];
        self.registration_of(cbor(&text_map(members)))
    }

    pub(crate) fn registration_of(&self, attestation_object: Vec<u8>) -> RegistrationResponse {
        let id = base64url(CREDENTIAL);
        RegistrationResponse::parse(&json!({
            "type": "public-key",
            "id": id,
            "rawId": id,
            "response": {
                "clientDataJSON": base64url(&self.client_data_json()),
                "attestationObject": base64url(&attestation_object),
            },
        }))
        .unwrap()
    }

    /// An assertion.
    pub(crate) fn assertion(&self, key: &Key) -> AuthenticationResponse {
        let data = self.authenticator_data(key, self.flags);
        let client_data_json = self.client_data_json();
        let signature = key.sign(&signed_bytes(&data, &client_data_json));
        let id = base64url(&self.credential_id);
        AuthenticationResponse::parse(&json!({
            "type": "public-key",
            "id": id,
            "rawId": id,
            "response": {
                "clientDataJSON": base64url(&client_data_json),
                "authenticatorData": base64url(&data),
                "signature": base64url(&signature),
                "userHandle": self.user_handle.map(base64url),
            },
        }))
        .unwrap()
    }
}

/// A credential of `key`, registered with the counter at 1.
pub(crate) fn registered(key: &Key) -> NewCredential {
    let response = Saying::of("webauthn.create").registration(key);
    verify_registration(&relying_party(), expected(&challenge()), &response).unwrap()
}
