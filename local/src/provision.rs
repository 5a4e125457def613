//! Making App Spaces and Request Origins in a table, here or in AWS.

use std::fmt;
use std::str::FromStr;

use countersign_crypto::basic::BasicKey;
use countersign_crypto::encoding::base64url;
use countersign_crypto::keyring::SigningKeys;
use countersign_crypto::sealing::{Owner, SealingKeys};
use countersign_crypto::service_token::AccessKey;
use countersign_crypto::signing_key::SigningFailed;
use countersign_crypto::webhook::WebhookSecret;
use countersign_domain::app_space::AppSpace;
use countersign_domain::authenticator_settings::AuthenticatorSettings;
use countersign_domain::callback::CallbackRule;
use countersign_domain::chance;
use countersign_domain::cloud_settings::CloudSettings;
use countersign_domain::company::Company;
use countersign_domain::id::RequestOriginId;
use countersign_domain::request_origin::{AccessKeyRecord, Credential, RequestOrigin};
use countersign_domain::secret::Secret;
use countersign_lambda::App;
use countersign_store::entities::CompanyAppSpace;
use countersign_store::{StoreError, Write};

/// How a Request Origin proves itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyType {
    /// HTTP Basic.
    Basic,
    /// CX1-HMAC-SHA256.
    Hmac,
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Basic => "basic",
            Self::Hmac => "hmac",
        })
    }
}

impl FromStr for KeyType {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        match text {
            "basic" => Ok(Self::Basic),
            "hmac" => Ok(Self::Hmac),
            _ => Err("is neither basic nor hmac"),
        }
    }
}

/// A Request Origin that is to be.
#[derive(Debug, Clone)]
pub struct NewOrigin {
    /// Its name.
    pub name: String,
    /// How it will prove itself.
    pub key_type: KeyType,
    /// Where results may go.
    pub callbacks: Vec<CallbackRule>,
}

/// A Request Origin with what only it may know. The table keeps the key as a hash or sealed, so this is the only time.
pub struct Provisioned {
    /// As it is kept.
    pub origin: RequestOrigin,
    /// The password or HMAC secret.
    pub key: Secret<String>,
    /// What signs its webhooks, `whsec_…`.
    pub webhook_secret: Secret<String>,
    /// What it calls the Cloud API with, where there was something to sign it with.
    pub access_key: Option<Secret<String>>,
}

impl NewOrigin {
    /// Draws its keys.
    ///
    /// # Errors
    /// [`SigningFailed`].
    pub fn provision(
        self,
        app: &App,
        signing: Option<&SigningKeys>,
        sealing: &SealingKeys,
        app_space: &AppSpace,
    ) -> Result<Provisioned, SigningFailed> {
        let random = app.random();
        let id = RequestOriginId::new(app_space.id, random);
        let id_text = id.to_string();
        let seal = |text: &Secret<String>, field| {
            sealing
                .seal(text.expose().as_bytes(), &Owner::new("request-origin", &id_text, field), random)
                .to_string()
        };
        let (credential, key) = match self.key_type {
            KeyType::Basic => {
                let key = BasicKey::generate(random);
                let salted_hash = key.salted_hash(random).to_string();
                (Credential::Basic { salted_hash }, Secret::new(key.expose().to_owned()))
            }
            KeyType::Hmac => {
                let key = Secret::new(base64url(&chance::bytes::<32>(random)));
                (Credential::Hmac { sealed: seal(&key, "hmac-secret") }, key)
            }
        };
        let webhook_secret = WebhookSecret::generate(random).expose();
        let issued = signing.map(|signing| access_key(app, signing, id, app_space)).transpose()?;
        let (access_key, record) = issued.unzip();
        let access_keys = record.into_iter().collect();
        let origin = RequestOrigin {
            access_keys,
            id,
            app_space: app_space.id,
            name: self.name,
            credential,
            callbacks: self.callbacks,
            webhook_secret: seal(&webhook_secret, "webhook-secret"),
            created_at: app.now(),
        };
        Ok(Provisioned { origin, key, webhook_secret, access_key })
    }
}

fn access_key(
    app: &App,
    signing: &SigningKeys,
    origin: RequestOriginId,
    app_space: &AppSpace,
) -> Result<(Secret<String>, AccessKeyRecord), SigningFailed> {
    let issuer = app.settings.public_url.as_deref().unwrap_or_default();
    let (id, now) = (base64url(&chance::bytes::<16>(app.random())), app.now());
    let (key, hash) = AccessKey::issue(signing, issuer, origin, app_space.id, &id, now, None)?;
    let record = AccessKeyRecord { id, hash: hash.to_string(), created_at: now, expires_at: None };
    Ok((Secret::new(key.expose().to_owned()), record))
}

/// Writes a company with an App Space and its Request Origins: all of it or nothing.
pub async fn write(
    app: &App,
    company: &Company,
    app_space: &AppSpace,
    cloud: &CloudSettings,
    authenticator: Option<&AuthenticatorSettings>,
    origins: &[Provisioned],
) -> Result<(), StoreError> {
    let mut write = Write::new()
        .insert("company", company)?
        .insert("app space", app_space)?
        .insert("app space of its company", &CompanyAppSpace::of(app_space))?
        .insert("cloud settings", cloud)?;
    if let Some(authenticator) = authenticator {
        write = write.insert("authenticator settings", authenticator)?;
    }
    for provisioned in origins {
        write = write.insert("request origin", &provisioned.origin)?;
    }
    app.store.write(write).await
}
