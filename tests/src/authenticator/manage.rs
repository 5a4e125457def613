//! The connection itself: what the service knows of it, where its pushes go, its end.

use countersign_domain::time::Timestamp;
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::app::App;
use super::authorization::{ours, same};
use super::error::AppError;
use super::key::PublicKey;
use super::link::ApiVersion;
use super::reply::{integer, utc};

/// What the service knows of a connection, in version 2.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Known {
    /// Its id.
    #[serde(deserialize_with = "integer")]
    pub id: String,
    /// How it stands, e.g. `active`.
    pub status: String,
    /// Its key.
    pub public_key: PublicKey,
    /// Where pushes go.
    pub push_token: Option<String>,
    /// When it was made.
    #[serde(deserialize_with = "utc")]
    pub created_at: Timestamp,
}

#[derive(Deserialize)]
struct RevokedV1 {
    success: bool,
    access_token: String,
}

#[derive(Deserialize)]
struct OfConnection {
    #[serde(deserialize_with = "integer")]
    connection_id: String,
}

impl App {
    /// Ends the connection.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn revoke(&self) -> Result<(), AppError> {
        match self.version() {
            ApiVersion::V1 => {
                let told: RevokedV1 = self.ask(Method::DELETE, "/connections", None).await?;
                if !told.success {
                    return Err(AppError::Unreadable("data.success".to_owned()));
                }
                same("access_token", &told.access_token, self.connection().access_token.expose())
            }
            ApiVersion::V2 => {
                let path = format!("/connections/{}/revoke", self.connection().id);
                let told: OfConnection = self.ask(Method::PUT, &path, Some(&json!({}))).await?;
                ours(&told.connection_id, self.connection())
            }
        }
    }

    /// What the service knows of the connection.
    ///
    /// # Errors
    /// [`AppError`]; [`AppError::NotInVersion1`].
    pub async fn known(&self) -> Result<Known, AppError> {
        self.only_in_version_2()?;
        let known: Known =
            self.ask(Method::GET, &format!("/connections/{}", self.connection().id), None).await?;
        ours(&known.id, self.connection())?;
        Ok(known)
    }

    /// Says where pushes go from now on.
    ///
    /// # Errors
    /// [`AppError`]; [`AppError::NotInVersion1`].
    pub async fn update_push_token(&self, push_token: &str) -> Result<(), AppError> {
        self.only_in_version_2()?;
        let path = format!("/connections/{}/update", self.connection().id);
        let said = json!({ "push_token": push_token });
        let told: OfConnection = self.ask(Method::PATCH, &path, Some(&said)).await?;
        ours(&told.connection_id, self.connection())
    }

    fn only_in_version_2(&self) -> Result<(), AppError> {
        match self.version() {
            ApiVersion::V1 => Err(AppError::NotInVersion1),
            ApiVersion::V2 => Ok(()),
        }
    }
}
