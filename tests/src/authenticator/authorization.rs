//! What a person is asked, decrypted.

use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;
use serde::Deserialize;

use super::connection::Connection;
use super::description::{Description, Parts};
use super::envelope::Envelope;
use super::error::AppError;
use super::link::ApiVersion;
use super::reply::{integer, optional_utc, read, utc};

/// One question.
#[derive(Debug)]
pub struct Authorization {
    /// Its id: a GUID in version 1, a number in version 2.
    pub id: String,
    /// Whom it is for.
    pub connection_id: String,
    /// How it stands; version 1 lists only what is pending, and does not say so.
    pub status: Status,
    /// When it came to its end.
    pub finished_at: Option<Timestamp>,
    /// The headline.
    pub title: String,
    /// What is asked.
    pub description: Description,
    /// What a decision must repeat.
    pub authorization_code: Secret<String>,
    /// When it was asked.
    pub created_at: Timestamp,
    /// Until when it may be decided.
    pub expires_at: Timestamp,
}

/// How an authorization stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It can be decided.
    Pending,
    /// Confirmed here, but the provider has not said so yet.
    ConfirmProcessing,
    /// Denied here, but the provider has not said so yet.
    DenyProcessing,
    /// It was confirmed.
    Confirmed,
    /// It was denied.
    Denied,
    /// It failed.
    Error,
    /// Nobody decided in time.
    TimeOut,
    /// The provider could not be told.
    Unavailable,
    /// It was taken back.
    Closed,
}

impl Status {
    /// Whether it has come to its end, and says when. What is closed leaves the list, and need not say so.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Confirmed | Self::Denied | Self::Error | Self::TimeOut | Self::Unavailable)
    }
}

/// An item of version 1 as it comes.
#[derive(Deserialize)]
pub(super) struct EncryptedV1 {
    pub(super) id: String,
    connection_id: String,
    algorithm: String,
    #[serde(flatten)]
    envelope: Envelope,
}

/// An item of version 2 as it comes.
#[derive(Deserialize)]
pub(super) struct EncryptedV2 {
    #[serde(deserialize_with = "integer")]
    pub(super) id: String,
    #[serde(deserialize_with = "integer")]
    connection_id: String,
    status: Status,
    #[serde(default, deserialize_with = "optional_utc")]
    finished_at: Option<Timestamp>,
    #[serde(flatten)]
    envelope: Envelope,
}

#[derive(Deserialize)]
struct ContentV1 {
    id: String,
    connection_id: String,
    title: String,
    description: String,
    authorization_code: String,
    #[serde(deserialize_with = "utc")]
    created_at: Timestamp,
    #[serde(deserialize_with = "utc")]
    expires_at: Timestamp,
}

#[derive(Deserialize)]
struct ContentV2 {
    title: String,
    description: Parts,
    authorization_code: String,
    #[serde(deserialize_with = "utc")]
    created_at: Timestamp,
    #[serde(deserialize_with = "utc")]
    expires_at: Timestamp,
}

/// Fails unless what is inside is of what is outside.
pub(super) fn same(what: &str, inside: &str, outside: &str) -> Result<(), AppError> {
    if inside == outside {
        Ok(())
    } else {
        Err(AppError::Unreadable(format!("{what}: not the same inside and outside")))
    }
}

/// Fails unless it is for this connection.
pub(super) fn ours(connection_id: &str, connection: &Connection) -> Result<(), AppError> {
    same("connection_id", connection_id, &connection.id)
}

impl EncryptedV1 {
    /// Decrypts. Inside must be what it says outside.
    pub(super) fn open(self, connection: &Connection) -> Result<Authorization, AppError> {
        debug_assert_eq!(connection.provider.version, ApiVersion::V1);
        same("algorithm", &self.algorithm, "AES-256-CBC")?;
        ours(&self.connection_id, connection)?;
        let content: ContentV1 = read(&self.envelope.open(&connection.key)?)?;
        same("id", &content.id, &self.id)?;
        same("connection_id", &content.connection_id, &self.connection_id)?;
        Ok(Authorization {
            id: self.id,
            connection_id: self.connection_id,
            status: Status::Pending,
            finished_at: None,
            title: content.title,
            description: Description::Text(content.description),
            authorization_code: Secret::new(content.authorization_code),
            created_at: content.created_at,
            expires_at: content.expires_at,
        })
    }
}

impl EncryptedV2 {
    /// Decrypts. What has come to its end must say when.
    pub(super) fn open(self, connection: &Connection) -> Result<Authorization, AppError> {
        debug_assert_eq!(connection.provider.version, ApiVersion::V2);
        ours(&self.connection_id, connection)?;
        if self.status != Status::Closed && self.status.is_final() != self.finished_at.is_some() {
            return Err(AppError::Unreadable(
                "finished_at: it must be there with a final status only".into(),
            ));
        }
        let content: ContentV2 = read(&self.envelope.open(&connection.key)?)?;
        if content.description == Parts::default() {
            return Err(AppError::Unreadable("description: it says nothing".to_owned()));
        }
        Ok(Authorization {
            id: self.id,
            connection_id: self.connection_id,
            status: self.status,
            finished_at: self.finished_at,
            title: content.title,
            description: Description::Parts(Box::new(content.description)),
            authorization_code: Secret::new(content.authorization_code),
            created_at: content.created_at,
            expires_at: content.expires_at,
        })
    }
}
