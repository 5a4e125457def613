//! What Request Origins prove themselves with, and what signs their webhooks: drawn here, shown once, kept as a hash or sealed.

use std::fmt;

use countersign_crypto::basic::BasicKey;
use countersign_crypto::encoding::base64url;
use countersign_crypto::keyring::SigningKeys;
use countersign_crypto::sealing::{Owner, SealingKeys};
use countersign_crypto::service_token::AccessKey;
use countersign_crypto::signing_key::SigningFailed;
use countersign_crypto::webhook::WebhookSecret;
use countersign_domain::chance::{self, Random};
use countersign_domain::id::{AppSpaceId, RequestOriginId};
use countersign_domain::invalid::Invalid;
use countersign_domain::request_origin::{AccessKeyRecord, Credential, RequestOrigin};
use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;

use crate::app::App;

/// How a Request Origin proves itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyType {
    /// HTTP Basic.
    Basic,
    /// CX1-HMAC-SHA256.
    Hmac,
}

impl KeyType {
    /// Takes the value of `field`.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Invalid> {
        match text {
            "basic" => Ok(Self::Basic),
            "hmac" => Ok(Self::Hmac),
            _ => Err(Invalid::new(field, "is neither basic nor hmac")),
        }
    }
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Basic => "basic",
            Self::Hmac => "hmac",
        })
    }
}

/// A fresh credential of `origin`: as it is kept, and the password or HMAC secret.
pub fn credential(
    key_type: KeyType,
    sealing: &SealingKeys,
    origin: RequestOriginId,
    random: &dyn Random,
) -> (Credential, Secret<String>) {
    match key_type {
        KeyType::Basic => {
            let key = BasicKey::generate(random);
            let salted_hash = key.salted_hash(random).to_string();
            (Credential::Basic { salted_hash }, Secret::new(key.expose().to_owned()))
        }
        KeyType::Hmac => {
            let key = Secret::new(base64url(&chance::bytes::<32>(random)));
            (Credential::Hmac { sealed: seal(&key, "hmac-secret", sealing, origin, random) }, key)
        }
    }
}

/// A fresh secret for the webhooks of `origin`: as it is kept, and as their receiver keeps it, `whsec_…`.
pub fn webhook_secret(
    sealing: &SealingKeys,
    origin: RequestOriginId,
    random: &dyn Random,
) -> (String, Secret<String>) {
    let secret = WebhookSecret::generate(random).expose();
    (seal(&secret, "webhook-secret", sealing, origin, random), secret)
}

fn seal(
    text: &Secret<String>,
    field: &'static str,
    sealing: &SealingKeys,
    origin: RequestOriginId,
    random: &dyn Random,
) -> String {
    let owner = origin.to_string();
    let owner = Owner::new("request-origin", &owner, field);
    sealing.seal(text.expose().as_bytes(), &owner, random).to_string()
}

/// A fresh access key of `origin`, issued by the service at `issuer`: as it is kept, and as its holder keeps it.
///
/// # Errors
/// [`SigningFailed`].
pub fn access_key(
    app: &App,
    signing: &SigningKeys,
    issuer: &str,
    origin: RequestOriginId,
    app_space: AppSpaceId,
    expires_at: Option<Timestamp>,
) -> Result<(AccessKeyRecord, Secret<String>), SigningFailed> {
    let (id, now) = (base64url(&chance::bytes::<16>(app.random())), app.now());
    let (key, hash) = AccessKey::issue(signing, issuer, origin, app_space, &id, now, expires_at)?;
    let record = AccessKeyRecord { id, hash: hash.to_string(), created_at: now, expires_at };
    Ok((record, Secret::new(key.expose().to_owned())))
}

/// A Request Origin of `app_space` that has no credential yet, with the secret of its webhooks.
pub fn new_origin(
    app: &App,
    sealing: &SealingKeys,
    app_space: AppSpaceId,
    name: String,
) -> (RequestOrigin, Secret<String>) {
    let id = RequestOriginId::new(app_space, app.random());
    let (sealed, webhook_secret) = webhook_secret(sealing, id, app.random());
    let origin = RequestOrigin {
        id,
        app_space,
        name,
        credential: Credential::Revoked,
        access_keys: Vec::new(),
        callbacks: Vec::new(),
        webhook_secret: sealed,
        created_at: app.now(),
    };
    (origin, webhook_secret)
}
