//! What a person has allowed third parties, decrypted.

use countersign_domain::time::Timestamp;
use serde::Deserialize;

use super::app::App;
use super::authorization::{ours, same};
use super::connection::Connection;
use super::envelope::Envelope;
use super::error::AppError;
use super::link::ApiVersion;
use super::reply::{integer, read, utc};
use reqwest::Method;
use serde_json::json;

/// What a person has allowed a third party.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Consent {
    /// Its id, which a revocation names.
    pub id: String,
    /// Who has allowed it.
    pub user_id: String,
    /// What kind it is.
    pub consent_type: ConsentType,
    /// Whom it is for.
    pub tpp_name: String,
    /// What accounts it is about.
    pub accounts: Vec<Account>,
    /// What may be seen of them.
    pub shared_data: Option<SharedData>,
    /// When it was given.
    #[serde(deserialize_with = "utc")]
    pub created_at: Timestamp,
    /// Until when it holds.
    #[serde(deserialize_with = "utc")]
    pub expires_at: Timestamp,
}

/// The kinds of consents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentType {
    /// To read accounts.
    Aisp,
    /// To pay later.
    PispFuture,
    /// To pay again and again.
    PispRecurring,
}

impl ConsentType {
    /// The word of the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aisp => "aisp",
            Self::PispFuture => "pisp_future",
            Self::PispRecurring => "pisp_recurring",
        }
    }
}

/// An account of a consent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Account {
    /// What people call it.
    pub name: String,
    /// Its number.
    pub account_number: Option<String>,
    /// Its sort code.
    pub sort_code: Option<String>,
    /// Its IBAN.
    pub iban: Option<String>,
}

/// What may be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct SharedData {
    /// The balance.
    pub balance: Option<bool>,
    /// The transactions.
    pub transactions: Option<bool>,
}

#[derive(Deserialize)]
struct EncryptedV1 {
    id: String,
    connection_id: String,
    #[serde(flatten)]
    envelope: Envelope,
}

/// Here alone `id` is a text in version 2.
#[derive(Deserialize)]
struct EncryptedV2 {
    id: String,
    #[serde(deserialize_with = "integer")]
    connection_id: String,
    #[serde(flatten)]
    envelope: Envelope,
}

#[derive(Deserialize)]
struct RevokedV1 {
    success: bool,
    consent_id: String,
}

#[derive(Deserialize)]
struct RevokedV2 {
    #[serde(deserialize_with = "integer")]
    id: String,
}

fn open(id: &str, connection_id: &str, sealed: &Envelope, by: &Connection) -> Result<Consent, AppError> {
    ours(connection_id, by)?;
    let consent: Consent = read(&sealed.open(&by.key)?)?;
    // Inside, a bank that encrypts itself has an id of its own.
    if by.provider.version == ApiVersion::V1 {
        same("id", &consent.id, id)?;
    }
    Ok(Consent { id: id.to_owned(), ..consent })
}

impl App {
    /// What the user of this connection has allowed.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn consents(&self) -> Result<Vec<Consent>, AppError> {
        let by = self.connection();
        match self.version() {
            ApiVersion::V1 => {
                let items: Vec<EncryptedV1> = self.ask(Method::GET, "/consents", None).await?;
                items.iter().map(|item| open(&item.id, &item.connection_id, &item.envelope, by)).collect()
            }
            ApiVersion::V2 => {
                let items: Vec<EncryptedV2> = self.ask(Method::GET, "/consents", None).await?;
                items.iter().map(|item| open(&item.id, &item.connection_id, &item.envelope, by)).collect()
            }
        }
    }

    /// Takes a consent back.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn revoke_consent(&self, id: &str) -> Result<(), AppError> {
        let revoked = match self.version() {
            ApiVersion::V1 => {
                let path = format!("/consents/{id}");
                let revoked: RevokedV1 = self.ask(Method::DELETE, &path, None).await?;
                if !revoked.success {
                    return Err(AppError::Unreadable("data.success".to_owned()));
                }
                revoked.consent_id
            }
            ApiVersion::V2 => {
                let path = format!("/consents/{id}/revoke");
                self.ask::<RevokedV2>(Method::PUT, &path, Some(&json!({}))).await?.id
            }
        };
        same("consent id", &revoked, id)
    }
}
