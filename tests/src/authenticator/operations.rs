//! The calls of a connection, one by one: authorizations, instant actions, the connection itself.

use countersign_crypto::system::SystemRandom;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::app::{App, Call};
use super::authorization::{Authorization, EncryptedV1, EncryptedV2, Status, same};
use super::envelope::Envelope;
use super::error::AppError;
use super::link::{ActionLink, ApiVersion};
use super::reply::{data, integer};

/// What came of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// Version 1: whether it counts. A wrong code does not.
    V1(bool),
    /// Version 2: how the authorization stands now.
    V2(Status),
}

/// What an instant action led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scanned {
    /// The connection, which version 1 may leave out.
    pub connection_id: Option<String>,
    /// What is to be decided now; version 1 leaves it out where there is nothing.
    pub authorization_id: Option<String>,
}

#[derive(Deserialize)]
struct DecidedV1 {
    success: bool,
    id: String,
}

#[derive(Deserialize)]
struct DecidedV2 {
    #[serde(deserialize_with = "integer")]
    id: String,
    status: Status,
}

#[derive(Deserialize)]
struct ScannedV1 {
    success: bool,
    connection_id: Option<String>,
    authorization_id: Option<String>,
}

#[derive(Deserialize)]
struct ScannedV2 {
    #[serde(deserialize_with = "integer")]
    connection_id: String,
    #[serde(deserialize_with = "integer")]
    authorization_id: String,
}

impl App {
    /// What waits for this connection; in version 2 also what has just come to its end.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn list(&self) -> Result<Vec<Authorization>, AppError> {
        self.list_at("/authorizations").await
    }

    /// As [`App::list`], of one instant action only.
    ///
    /// # Errors
    /// [`AppError`]; [`AppError::NotInVersion1`].
    pub async fn list_of_action(&self, action_id: &str) -> Result<Vec<Authorization>, AppError> {
        match self.version() {
            ApiVersion::V1 => Err(AppError::NotInVersion1),
            ApiVersion::V2 => self.list_at(&format!("/authorizations?action_id={action_id}")).await,
        }
    }

    async fn list_at(&self, path: &str) -> Result<Vec<Authorization>, AppError> {
        let by = self.connection();
        match self.version() {
            ApiVersion::V1 => {
                let items: Vec<EncryptedV1> = self.ask(Method::GET, path, None).await?;
                items.into_iter().map(|item| item.open(by)).collect()
            }
            ApiVersion::V2 => {
                let items: Vec<EncryptedV2> = self.ask(Method::GET, path, None).await?;
                items.into_iter().map(|item| item.open(by)).collect()
            }
        }
    }

    /// One authorization.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn get(&self, id: &str) -> Result<Authorization, AppError> {
        let path = format!("/authorizations/{id}");
        let found = match self.version() {
            ApiVersion::V1 => {
                self.ask::<EncryptedV1>(Method::GET, &path, None).await?.open(self.connection())
            }
            ApiVersion::V2 => {
                self.ask::<EncryptedV2>(Method::GET, &path, None).await?.open(self.connection())
            }
        }?;
        same("id", &found.id, id)?;
        Ok(found)
    }

    /// Says yes.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn confirm(&self, authorization: &Authorization) -> Result<Decided, AppError> {
        self.decide(&authorization.id, true, authorization.authorization_code.expose()).await
    }

    /// Says no.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn deny(&self, authorization: &Authorization) -> Result<Decided, AppError> {
        self.decide(&authorization.id, false, authorization.authorization_code.expose()).await
    }

    /// Says yes or no, with whatever code.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn decide(&self, id: &str, confirm: bool, code: &str) -> Result<Decided, AppError> {
        let reply = self.send(self.decision(id, confirm, code)?).await?;
        let (told, decided) = match self.version() {
            ApiVersion::V1 => data::<DecidedV1>(reply).map(|told| (told.id, Decided::V1(told.success)))?,
            ApiVersion::V2 => data::<DecidedV2>(reply).map(|told| (told.id, Decided::V2(told.status)))?,
        };
        same("id", &told, id)?;
        Ok(decided)
    }

    /// The call that says yes or no.
    ///
    /// # Errors
    /// [`AppError::Key`].
    pub fn decision(&self, id: &str, confirm: bool, code: &str) -> Result<Call, AppError> {
        let call = match self.version() {
            ApiVersion::V1 => {
                let said = json!({ "confirm": confirm, "authorization_code": code });
                let call = self.call(Method::PUT, &format!("/authorizations/{id}"), Some(&said))?;
                let call = call.header("GEO-Location", self.geolocation.as_deref());
                call.header("Authorization-Type", self.authorization_type.as_deref())
            }
            ApiVersion::V2 => {
                let verb = if confirm { "confirm" } else { "deny" };
                let bundle = self.bundle(&self.bundled(code))?;
                self.call(Method::PUT, &format!("/authorizations/{id}/{verb}"), Some(&bundle))?
            }
        };
        Ok(call)
    }

    /// What a decision of version 2 says, before it is encrypted.
    pub fn bundled(&self, code: &str) -> Value {
        json!({
            "authorization_code": code,
            "user_authorization_type": self.authorization_type,
            "geolocation": self.geolocation,
        })
    }

    /// What a decision of version 2 says, encrypted for the provider.
    ///
    /// # Errors
    /// [`AppError::Key`], [`AppError::NotInVersion1`].
    pub fn bundle(&self, said: &Value) -> Result<Value, AppError> {
        let provider = self.connection().provider.provider_public_key.as_ref();
        let provider = provider.ok_or(AppError::NotInVersion1)?;
        let sealed = Envelope::seal(provider, said.to_string().as_bytes(), &SystemRandom)?;
        Ok(sealed.into())
    }

    /// Starts the instant action of a link.
    ///
    /// # Errors
    /// [`AppError`]; [`AppError::OtherProvider`] where the link is not for this connection.
    pub async fn scan(&self, link: &ActionLink) -> Result<Scanned, AppError> {
        let provider = &self.connection().provider;
        match link {
            ActionLink::V1 { action_uuid, connect_url, .. }
                if self.version() == ApiVersion::V1 && *connect_url == provider.service_url =>
            {
                let path = format!("/actions/{action_uuid}");
                let told: ScannedV1 = self.ask(Method::PUT, &path, None).await?;
                if !told.success {
                    return Err(AppError::Unreadable("data.success".to_owned()));
                }
                let ScannedV1 { connection_id, authorization_id, .. } = told;
                Ok(Scanned { connection_id, authorization_id })
            }
            ActionLink::V2 { action_id, provider_id, .. }
                if self.version() == ApiVersion::V2 && *provider_id == provider.provider =>
            {
                let connection_id = &self.connection().id;
                let said = json!({
                    "provider_id": provider_id, "action_id": action_id, "connection_id": connection_id,
                });
                let told: ScannedV2 = self.ask(Method::POST, "/authorizations", Some(&said)).await?;
                same("connection_id", &told.connection_id, connection_id)?;
                Ok(Scanned {
                    connection_id: Some(told.connection_id),
                    authorization_id: Some(told.authorization_id),
                })
            }
            ActionLink::V1 { .. } | ActionLink::V2 { .. } => Err(AppError::OtherProvider),
        }
    }
}
