//! Setting what an App Space has for the Authenticator API.

use countersign_crypto::authenticator::{AppKey, ProviderKey};
use countersign_crypto::sealing::SealingKeys;
use countersign_domain::app_space::AppSpace;
use countersign_domain::authenticator_settings::{AuthenticatorSettings, Bank};
use countersign_domain::changes::Changes;
use countersign_domain::device::PublicKey;
use countersign_domain::invalid::Invalid;
use countersign_domain::outbound_url::{Loopback, OutboundUrl};
use countersign_domain::text;
use serde::Deserialize;
use url::Url;

use super::given::given;
use crate::app::App;
use crate::device::keep_key;
use crate::lenient::Flag;
use crate::provider_key;
use crate::refusal::Refusal;

const SUPPORT_EMAIL: &str = "authenticator.supportEmail";

/// What an administrator wants otherwise, as it is written; what is not named stays.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticatorChange {
    name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    logo_url: Option<Option<String>>,
    support_email: Option<String>,
    consent_management: Option<Flag>,
    #[serde(default, deserialize_with = "given")]
    geolocation_required: Option<Option<Flag>>,
    #[serde(default, deserialize_with = "given")]
    bank: Option<Option<BankChange>>,
}

/// A bank as an administrator gives it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BankChange {
    url: String,
    /// PEM.
    public_key: String,
}

/// The same, checked.
#[derive(Debug, Clone, Default)]
pub struct AuthenticatorWanted {
    /// See [`AuthenticatorSettings::name`].
    pub name: Option<String>,
    /// See [`AuthenticatorSettings::logo_url`].
    pub logo_url: Option<Option<String>>,
    /// See [`AuthenticatorSettings::support_email`].
    pub support_email: Option<String>,
    /// See [`AuthenticatorSettings::consent_management`].
    pub consent_management: Option<bool>,
    /// See [`AuthenticatorSettings::geolocation_required`].
    pub geolocation_required: Option<Option<bool>>,
    /// See [`AuthenticatorSettings::bank`].
    pub bank: Option<Option<Bank>>,
}

impl AuthenticatorChange {
    /// Checks it.
    ///
    /// # Errors
    /// [`Invalid`] by the name of the setting, e.g. `authenticator.supportEmail`.
    pub fn read(self, loopback: Loopback) -> Result<AuthenticatorWanted, Refusal> {
        let name = self.name.map(|name| text::line("authenticator.name", name, 100)).transpose()?;
        let bank = |bank: BankChange| bank_of(&bank.url, &bank.public_key, loopback);
        Ok(AuthenticatorWanted {
            name,
            logo_url: self.logo_url.map(|url| url.map(logo_url).transpose()).transpose()?,
            support_email: self.support_email.map(support_email).transpose()?,
            consent_management: self.consent_management.map(|Flag(flag)| flag),
            geolocation_required: self.geolocation_required.map(|flag| flag.map(|Flag(flag)| flag)),
            bank: self.bank.map(|given| given.map(bank).transpose()).transpose()?,
        })
    }
}

/// Takes an address for help.
///
/// # Errors
/// [`Invalid`].
pub fn support_email(text: String) -> Result<String, Invalid> {
    let text = text::line(SUPPORT_EMAIL, text, 254)?;
    let parts = text.split_once('@').filter(|(name, domain)| !name.is_empty() && !domain.is_empty());
    match parts {
        Some(_) if !text.contains(' ') => Ok(text),
        _ => Err(Invalid::new(SUPPORT_EMAIL, "is not an address, name@domain")),
    }
}

/// Takes a logo.
///
/// # Errors
/// [`Invalid`].
pub fn logo_url(text: String) -> Result<String, Invalid> {
    let https = Url::parse(&text).is_ok_and(|url| url.scheme() == "https" && url.username().is_empty());
    if https && text.len() <= 2048 {
        Ok(text)
    } else {
        Err(Invalid::new("authenticator.logoUrl", "is not an https URL"))
    }
}

/// Takes a bank at `url` with a public key as PEM.
///
/// # Errors
/// [`Invalid`]; [`Refusal::Internal`] as [`keep`].
pub fn bank_of(url: &str, pem: &str, loopback: Loopback) -> Result<Bank, Refusal> {
    let url = OutboundUrl::parse("authenticator.bank.url", url, loopback)?;
    let key = AppKey::from_pem(pem);
    let key = key.map_err(|error| Invalid::new("authenticator.bank.publicKey", error.to_string()))?;
    Ok(Bank { url, public_key: keep(&key)? })
}

/// A public key as settings keep it.
///
/// # Errors
/// As [`keep_key`].
pub fn keep(key: &AppKey) -> Result<PublicKey, Refusal> {
    keep_key(key.public_jwk(), &key.thumbprint())
}

impl AuthenticatorWanted {
    /// Carries it out on `settings`, and notes in `changes` what became another value.
    pub fn apply(self, settings: &mut AuthenticatorSettings, changes: &mut Changes) {
        changes.set_given("authenticator.name", &mut settings.name, self.name);
        changes.set_given("authenticator.logoUrl", &mut settings.logo_url, self.logo_url);
        changes.set_given(SUPPORT_EMAIL, &mut settings.support_email, self.support_email);
        let consents = &mut settings.consent_management;
        changes.set_given("authenticator.consentManagement", consents, self.consent_management);
        let required = &mut settings.geolocation_required;
        changes.set_given("authenticator.geolocationRequired", required, self.geolocation_required);
        changes.set_given("authenticator.bank", &mut settings.bank, self.bank);
    }

    /// The first settings of `app_space`, with `key` as its own. Apps offer the list of consents unless it says otherwise.
    ///
    /// # Errors
    /// [`Invalid`] without an address for help; [`Refusal::Internal`] for a key without JSON.
    pub fn provision(
        self,
        app: &App,
        sealing: &SealingKeys,
        app_space: &AppSpace,
        key: &ProviderKey,
    ) -> Result<AuthenticatorSettings, Refusal> {
        if self.support_email.is_none() {
            return Err(Invalid::new(SUPPORT_EMAIL, "is missing").into());
        }
        let mut settings = AuthenticatorSettings {
            app_space: app_space.id,
            name: app_space.name.clone(),
            logo_url: None,
            support_email: String::new(),
            consent_management: true,
            geolocation_required: None,
            public_key: keep(key.public())?,
            private_key: provider_key::seal(sealing, app_space.id, key, app.random()),
            bank: None,
        };
        self.apply(&mut settings, &mut Changes::default());
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(change: Value) -> Result<AuthenticatorWanted, Option<String>> {
        let change: AuthenticatorChange = serde_json::from_value(change).unwrap();
        change.read(Loopback::Refused).map_err(|refusal| refusal.tell().body.field)
    }

    #[test]
    fn what_apps_could_not_use_is_refused() {
        for (field, change) in [
            ("authenticator.name", json!({"name": ""})),
            ("authenticator.supportEmail", json!({"supportEmail": "help"})),
            ("authenticator.supportEmail", json!({"supportEmail": "@bank.example"})),
            ("authenticator.supportEmail", json!({"supportEmail": "a b@bank.example"})),
            ("authenticator.logoUrl", json!({"logoUrl": "http://bank.example/logo.png"})),
            ("authenticator.bank.url", json!({"bank": {"url": "http://bank.example", "publicKey": ""}})),
            ("authenticator.bank.url", json!({"bank": {"url": "https://127.0.0.1", "publicKey": ""}})),
            (
                "authenticator.bank.publicKey",
                json!({"bank": {"url": "https://bank.example", "publicKey": "PEM"}}),
            ),
        ] {
            assert_eq!(read(change).unwrap_err().as_deref(), Some(field));
        }
        let wanted = read(json!({"logoUrl": null, "geolocationRequired": null, "bank": null})).unwrap();
        assert_eq!(
            (wanted.logo_url, wanted.geolocation_required, wanted.bank),
            (Some(None), Some(None), Some(None))
        );
        assert!(read(json!({})).unwrap().bank.is_none());
    }
}
