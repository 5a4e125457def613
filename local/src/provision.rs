//! Making App Spaces and Request Origins in a table, here or in AWS.

use countersign_crypto::keyring::SigningKeys;
use countersign_crypto::sealing::SealingKeys;
use countersign_crypto::signing_key::SigningFailed;
use countersign_domain::app_space::AppSpace;
use countersign_domain::authenticator_settings::AuthenticatorSettings;
use countersign_domain::callback::CallbackRule;
use countersign_domain::cloud_settings::CloudSettings;
use countersign_domain::company::Company;
use countersign_domain::request_origin::RequestOrigin;
use countersign_domain::secret::Secret;
use countersign_lambda::App;
use countersign_lambda::setup::origin_keys::{self, KeyType};
use countersign_store::entities::CompanyAppSpace;
use countersign_store::{StoreError, Write};

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
        let (origin, webhook_secret) = origin_keys::new_origin(app, sealing, app_space.id, self.name);
        let (credential, key) = origin_keys::credential(self.key_type, sealing, origin.id, app.random());
        let issuer = app.settings.public_url.as_deref().unwrap_or_default();
        let issue = |signing| origin_keys::access_key(app, signing, issuer, origin.id, app_space.id, None);
        let (record, access_key) = signing.map(issue).transpose()?.unzip();
        let access_keys = record.into_iter().collect();
        let origin = RequestOrigin { credential, access_keys, callbacks: self.callbacks, ..origin };
        Ok(Provisioned { origin, key, webhook_secret, access_key })
    }
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
