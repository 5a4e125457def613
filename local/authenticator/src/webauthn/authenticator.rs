//! The authenticator, and the client that speaks for it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::data::{AuthenticatorData, NewCredential, attestation_object, cose_key, flags};
use super::options::{CreationOptions, ES256, RequestOptions, may_use};
use super::{CeremonyError, Tamper};
use crate::encoding::{base64url, from_base64url, random, sha256, text};
use crate::p256;

/// The model, as its bytes.
pub const AAGUID: [u8; 16] = *b"countersign\0\0\0\0\x01";

/// A software authenticator. Serde keeps it whole, private keys included; Debug shows none of them.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Authenticator {
    credentials: Vec<Credential>,
}

/// A credential.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Credential {
    rp_id: String,
    username: String,
    #[serde(with = "text")]
    id: Vec<u8>,
    #[serde(with = "text")]
    user_handle: Vec<u8>,
    counter: u32,
    private_key: p256::Key,
}

impl Credential {
    /// The relying party that it is of.
    pub fn rp_id(&self) -> &str {
        &self.rp_id
    }

    /// The user name that it was made for.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// Its id, base64url.
    pub fn id(&self) -> String {
        base64url(&self.id)
    }

    /// Signatures so far.
    pub const fn counter(&self) -> u32 {
        self.counter
    }
}

impl Authenticator {
    /// A fresh one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Its credentials, oldest first.
    pub fn credentials(&self) -> &[Credential] {
        &self.credentials
    }

    /// Makes a credential for a page or app of `origin`.
    ///
    /// # Errors
    /// [`CeremonyError`].
    pub fn create(&mut self, options: &Value, origin: &str) -> Result<Value, CeremonyError> {
        self.create_badly(options, origin, &Tamper::default())
    }

    /// As [`Authenticator::create`], with something wrong about it.
    ///
    /// # Errors
    /// [`CeremonyError`]: the options themselves are checked all the same.
    pub fn create_badly(
        &mut self,
        options: &Value,
        origin: &str,
        tamper: &Tamper,
    ) -> Result<Value, CeremonyError> {
        let options = CreationOptions::read(options)?;
        let client_data = client_data("webauthn.create", options.challenge()?, origin, tamper);
        let rp_id = options.rp.id;
        if !may_use(origin, &rp_id) {
            return Err(CeremonyError::Origin);
        }
        let held = |id: &str| options.exclude_credentials.iter().any(|excluded| excluded.names(id));
        if self.credentials.iter().any(|credential| credential.rp_id == rp_id && held(&credential.id())) {
            return Err(CeremonyError::Excluded);
        }
        let (private_key, id) = (p256::Key::generate(), random::<32>().to_vec());
        let point = private_key.public();
        let mut data = AuthenticatorData {
            rp_id_hash: sha256(rp_id.as_bytes()).to_vec(),
            flags: flags::USER_PRESENT | flags::USER_VERIFIED | flags::ATTESTED,
            counter: 0,
            credential: Some(NewCredential {
                aaguid: AAGUID.to_vec(),
                id: id.clone(),
                cose_key: cose_key(&point),
            }),
        };
        tamper.change_authenticator_data(&mut data);
        let data = data.encode();
        let mut credential = json!({
            "id": base64url(&id),
            "rawId": base64url(&id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": base64url(&client_data),
                "attestationObject": base64url(&attestation_object(&data)),
                "authenticatorData": base64url(&data),
                "publicKey": base64url(&[SPKI_OF_P256, &point].concat()),
                "publicKeyAlgorithm": ES256,
                "transports": ["internal"],
            },
            "clientExtensionResults": {},
        });
        tamper.change_credential(&mut credential);
        let user_handle = from_base64url(&options.user.id).ok_or(CeremonyError::Options)?;
        self.credentials.push(Credential {
            rp_id,
            username: options.user.name,
            id,
            user_handle,
            counter: 0,
            private_key,
        });
        Ok(credential)
    }

    /// Signs for a page or app of `origin`, with the newest credential that is asked for.
    ///
    /// # Errors
    /// [`CeremonyError`].
    pub fn get(&mut self, options: &Value, origin: &str) -> Result<Value, CeremonyError> {
        self.get_badly(options, origin, &Tamper::default())
    }

    /// As [`Authenticator::get`], with something wrong about it.
    ///
    /// # Errors
    /// [`CeremonyError`]: the options themselves are checked all the same.
    pub fn get_badly(
        &mut self,
        options: &Value,
        origin: &str,
        tamper: &Tamper,
    ) -> Result<Value, CeremonyError> {
        let options = RequestOptions::read(options)?;
        let client_data = client_data("webauthn.get", options.challenge()?, origin, tamper);
        if !may_use(origin, &options.rp_id) {
            return Err(CeremonyError::Origin);
        }
        let allowed = |id: &str| {
            let list = &options.allow_credentials;
            list.is_empty() || list.iter().any(|descriptor| descriptor.names(id))
        };
        let credential = self
            .credentials
            .iter_mut()
            .rfind(|credential| credential.rp_id == options.rp_id && allowed(&credential.id()))
            .ok_or(CeremonyError::NoCredential)?;
        credential.counter = credential.counter.saturating_add(1);
        let mut data = AuthenticatorData {
            rp_id_hash: sha256(options.rp_id.as_bytes()).to_vec(),
            flags: flags::USER_PRESENT | flags::USER_VERIFIED,
            counter: credential.counter,
            credential: None,
        };
        tamper.change_authenticator_data(&mut data);
        let data = data.encode();
        let signed = [&data[..], &sha256(&client_data)].concat();
        let mut signature = credential.private_key.sign_der(&signed);
        tamper.change_signature(&mut signature);
        let mut answer = json!({
            "id": credential.id(),
            "rawId": credential.id(),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": base64url(&client_data),
                "authenticatorData": base64url(&data),
                "signature": base64url(&signature),
                "userHandle": base64url(&credential.user_handle),
            },
            "clientExtensionResults": {},
        });
        tamper.change_credential(&mut answer);
        Ok(answer)
    }
}

/// What stands before an uncompressed point of P-256 in its SubjectPublicKeyInfo (RFC 5480, section 2).
const SPKI_OF_P256: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// The client data as their bytes, which are what is hashed (Web Authentication Level 3, section 5.8.1).
fn client_data(kind: &str, challenge: &str, origin: &str, tamper: &Tamper) -> Vec<u8> {
    let mut data = json!({ "type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false });
    tamper.change_client_data(&mut data);
    data.to_string().into_bytes()
}
