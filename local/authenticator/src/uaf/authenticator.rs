//! An authenticator: its model, its attestation and its keys.

use serde::{Deserialize, Serialize};

use super::assertion::{KeyData, SignedData, authentication, basic_full, basic_surrogate};
use super::tamper::Tamper;
use super::{ATTESTED_MODEL, MODEL, model, tlv};
use crate::encoding::{base64url, random, sha256, text};
use crate::p256;

/// A software authenticator. Serde keeps it whole, private keys included; Debug shows none of them.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Authenticator {
    #[serde(default)]
    attestation: Attestation,
    registrations: u32,
    keys: Vec<Key>,
}

/// Who attests that a key is an authenticator's.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Attestation {
    /// The key itself, which shows possession and nothing else.
    #[default]
    Surrogate,
    /// A key that certificates stand for.
    Full {
        /// The attestation key.
        key: p256::Key,
        /// DER, the key's own first; each certified by the next.
        chain: Vec<Certificate>,
    },
}

/// A certificate in DER, kept as base64url.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Certificate(#[serde(with = "text")] pub Vec<u8>);

impl Attestation {
    /// The tag of its kind (FIDO UAF Registry, attestation tags).
    pub(crate) const fn tag(&self) -> u16 {
        match self {
            Self::Surrogate => tlv::BASIC_SURROGATE,
            Self::Full { .. } => tlv::BASIC_FULL,
        }
    }
}

/// What denotes a key at the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyName {
    /// The model.
    pub aaid: String,
    /// Base64url of 32 bytes.
    #[serde(rename = "keyID")]
    pub key_id: String,
}

/// A registered key.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Key {
    app_id: String,
    username: String,
    #[serde(with = "text")]
    key_id: Vec<u8>,
    sign_counter: u32,
    private_key: p256::Key,
}

impl Key {
    /// The application that it is of.
    pub fn app_id(&self) -> &str {
        &self.app_id
    }

    /// The user name that it was registered under.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// Its name, base64url.
    pub fn key_id(&self) -> String {
        base64url(&self.key_id)
    }

    /// Signatures so far.
    pub const fn sign_counter(&self) -> u32 {
        self.sign_counter
    }
}

impl Authenticator {
    /// A fresh one of [`MODEL`], whose keys attest themselves.
    pub fn new() -> Self {
        Self::default()
    }

    /// A fresh one of [`ATTESTED_MODEL`]. `chain` is DER, the certificate of `key` first.
    pub fn attested(key: p256::Key, chain: Vec<Vec<u8>>) -> Self {
        let chain = chain.into_iter().map(Certificate).collect();
        Self { attestation: Attestation::Full { key, chain }, ..Self::default() }
    }

    /// Its model.
    pub const fn aaid(&self) -> &'static str {
        match self.attestation {
            Attestation::Surrogate => MODEL,
            Attestation::Full { .. } => ATTESTED_MODEL,
        }
    }

    /// Its attestation.
    pub const fn attestation(&self) -> &Attestation {
        &self.attestation
    }

    /// Its keys, oldest first.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// Forgets one key, and says whether it was there.
    pub fn forget(&mut self, name: &KeyName) -> bool {
        let (aaid, before) = (self.aaid(), self.keys.len());
        self.keys.retain(|key| name.aaid != aaid || name.key_id != key.key_id());
        self.keys.len() < before
    }

    /// Forgets the keys of an application that `covers` says, and names them.
    pub(crate) fn forget_all(&mut self, app_id: &str, covers: impl Fn(&str, &str) -> bool) -> Vec<KeyName> {
        let aaid = self.aaid();
        let gone = self.keys.extract_if(.., |key| key.app_id == app_id && covers(aaid, &key.key_id()));
        gone.map(|key| KeyName { aaid: aaid.to_owned(), key_id: key.key_id() }).collect()
    }

    /// Makes a key and the assertion that registers it.
    pub(crate) fn register(
        &mut self,
        app_id: &str,
        username: &str,
        final_challenge_hash: [u8; 32],
        tamper: &Tamper,
    ) -> (KeyName, Vec<u8>) {
        let (private_key, key_id) = (p256::Key::generate(), random::<32>());
        self.registrations = self.registrations.saturating_add(1);
        let mut data = KeyData {
            aaid: self.aaid().to_owned(),
            version: model::VERSION,
            mode: 1,
            algorithm: model::ALGORITHM,
            key_encoding: model::KEY_ENCODING,
            final_challenge_hash: final_challenge_hash.to_vec(),
            key_id: key_id.to_vec(),
            sign_counter: 0,
            registration_counter: self.registrations,
            public_key: private_key.public(),
        };
        tamper.change_key_data(&mut data);
        let krd = data.encode();
        let attester = match &self.attestation {
            Attestation::Surrogate => &private_key,
            Attestation::Full { key, .. } => key,
        };
        let mut signature = attester.sign_raw(&krd);
        tamper.change_signature(&mut signature);
        let assertion = match &self.attestation {
            Attestation::Surrogate => basic_surrogate(&krd, &signature),
            Attestation::Full { chain, .. } => {
                let chain: Vec<_> = chain.iter().map(|certificate| certificate.0.clone()).collect();
                basic_full(&krd, &signature, &chain)
            }
        };
        let name = KeyName { aaid: self.aaid().to_owned(), key_id: base64url(&key_id) };
        self.keys.push(Key {
            app_id: app_id.to_owned(),
            username: username.to_owned(),
            key_id: key_id.to_vec(),
            sign_counter: 0,
            private_key,
        });
        (name, assertion)
    }

    /// Signs with the key of this place. `confirmed` is what the person has confirmed.
    pub(crate) fn sign(
        &mut self,
        at: usize,
        final_challenge_hash: [u8; 32],
        confirmed: Option<&str>,
        tamper: &Tamper,
    ) -> (KeyName, Vec<u8>) {
        let aaid = self.aaid().to_owned();
        let key = &mut self.keys[at];
        key.sign_counter = key.sign_counter.saturating_add(1);
        let mut data = SignedData {
            aaid: aaid.clone(),
            version: model::VERSION,
            mode: if confirmed.is_some() { 2 } else { 1 },
            algorithm: model::ALGORITHM,
            nonce: random::<16>().to_vec(),
            final_challenge_hash: final_challenge_hash.to_vec(),
            transaction_hash: confirmed.map(|text| sha256(text.as_bytes()).to_vec()).unwrap_or_default(),
            key_id: key.key_id.clone(),
            sign_counter: key.sign_counter,
        };
        tamper.change_signed_data(&mut data);
        let signed = data.encode();
        let mut signature = key.private_key.sign_raw(&signed);
        tamper.change_signature(&mut signature);
        (KeyName { aaid, key_id: key.key_id() }, authentication(&signed, &signature))
    }
}
