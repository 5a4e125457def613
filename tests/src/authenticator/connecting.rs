//! How an app gets a connection: from the link to the access token, with a login in a browser in between or without.

use std::fmt;
use std::sync::Arc;

use countersign_crypto::system::SystemRandom;
use countersign_domain::device::Platform;
use countersign_domain::time::{Clock, Span};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::configuration::Configuration;
use super::connection::{Connection, Provider};
use super::envelope::Envelope;
use super::error::AppError;
use super::json::pretty;
use super::key::{KeyPair, RsaRefused};
use super::link::{ApiVersion, ConnectLink};
use super::redirect::{RETURN_URL, Redirect, leads_to};
use super::reply::{data, integer};
use crate::device::service::Service;
use crate::device::service_url::ServiceUrl;

/// One installation of the app.
pub struct Installation {
    clock: Arc<dyn Clock>,
    /// What it runs on: [`Platform::Ios`], or else it says `android`.
    pub platform: Platform,
    /// Where pushes go.
    pub push_token: Option<String>,
    /// Where browsers are sent back to.
    pub return_url: String,
}

impl fmt::Debug for Installation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Installation").field("platform", &self.platform).finish_non_exhaustive()
    }
}

/// What came of an attempt to connect.
#[derive(Debug)]
pub enum Connecting {
    /// The service knew who it was.
    Connected(Box<Connection>),
    /// The person has to log in first.
    Login(Box<PendingConnection>),
}

/// A connection that waits for its login.
#[derive(Debug, Serialize, Deserialize)]
pub struct PendingConnection {
    /// Where it is made.
    #[serde(flatten)]
    pub provider: Provider,
    /// Its id.
    pub id: String,
    /// What the person opens in a browser.
    pub login_url: String,
    /// Where the browser is sent back to.
    pub return_url: String,
    key: KeyPair,
}

#[derive(Deserialize)]
struct V1 {
    id: String,
    connect_url: String,
}

#[derive(Deserialize)]
struct V2 {
    #[serde(deserialize_with = "integer")]
    connection_id: String,
    authentication_url: String,
}

impl Installation {
    /// An iPhone without pushes.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, platform: Platform::Ios, push_token: None, return_url: RETURN_URL.to_owned() }
    }

    /// The service at this URL.
    ///
    /// # Errors
    /// [`AppError`].
    pub fn service(&self, url: &ServiceUrl) -> Result<Service, AppError> {
        Ok(Service::new(url.clone(), Arc::clone(&self.clock), Span::millis(0))?)
    }

    /// What the link's service says of itself.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn configuration(&self, link: &ConnectLink) -> Result<Configuration, AppError> {
        Configuration::fetch(&self.service(&link.service_url)?, link).await
    }

    /// Connects with a fresh key.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn connect(&self, link: &ConnectLink) -> Result<Connecting, AppError> {
        self.connect_with(link, KeyPair::generate(&SystemRandom)?).await
    }

    /// Connects with this key: the same again, where an answer was lost.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn connect_with(&self, link: &ConnectLink, key: KeyPair) -> Result<Connecting, AppError> {
        let configuration = self.configuration(link).await?;
        let connect_query = link.connect_query.as_ref().map(|query| query.expose().as_str());
        let body = self.body(&configuration, &key, connect_query)?;
        self.send(&configuration, key, &body).await
    }

    /// What makes a connection of this key.
    ///
    /// # Errors
    /// [`RsaRefused`].
    pub fn body(
        &self,
        configuration: &Configuration,
        key: &KeyPair,
        connect_query: Option<&str>,
    ) -> Result<Value, RsaRefused> {
        let platform = if self.platform == Platform::Ios { "ios" } else { "android" };
        let mut data = json!({ "return_url": self.return_url, "platform": platform });
        let pem = key.public().to_pem()?;
        match &configuration.provider_public_key {
            None => {
                data["public_key"] = pem.into();
                data["provider_code"] = configuration.provider.as_str().into();
            }
            Some(provider) => {
                let sealed = Envelope::seal(provider, pem.as_bytes(), &SystemRandom)?;
                data["enc_rsa_public_key"] = sealed.into();
                data["provider_id"] = configuration.provider.as_str().into();
            }
        }
        for (name, value) in [("push_token", self.push_token.as_deref()), ("connect_query", connect_query)] {
            if let Some(value) = value {
                data[name] = value.into();
            }
        }
        Ok(json!({ "data": data }))
    }

    /// Sends what makes a connection, and reads what comes of it.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn send(
        &self,
        configuration: &Configuration,
        key: KeyPair,
        body: &Value,
    ) -> Result<Connecting, AppError> {
        let path = format!("{}/connections", configuration.version.folder());
        let service = self.service(&configuration.service_url)?;
        let reply = service.send(&Method::POST, &path, pretty(body), None).await?;
        let (id, login_url) = match configuration.version {
            ApiVersion::V1 => data::<V1>(reply).map(|made| (made.id, made.connect_url))?,
            ApiVersion::V2 => data::<V2>(reply).map(|made| (made.connection_id, made.authentication_url))?,
        };
        let provider = Provider::from(configuration);
        let return_url = self.return_url.clone();
        let pending = PendingConnection { provider, id, login_url, return_url, key };
        if !leads_to(&pending.login_url, &pending.return_url) {
            return Ok(Connecting::Login(Box::new(pending)));
        }
        let redirect = pending.login_url.clone();
        Ok(Connecting::Connected(Box::new(pending.finish(&redirect)?)))
    }
}

impl Connecting {
    /// The connection, where no login was asked for.
    pub fn connected(self) -> Option<Connection> {
        match self {
            Self::Connected(connection) => Some(*connection),
            Self::Login(_) => None,
        }
    }

    /// What waits for a login, where one was asked for.
    pub fn login(self) -> Option<PendingConnection> {
        match self {
            Self::Connected(_) => None,
            Self::Login(pending) => Some(*pending),
        }
    }
}

impl PendingConnection {
    /// The connection, of the address that the browser was sent to in the end.
    ///
    /// # Errors
    /// [`AppError`]; [`AppError::LoginFailed`] where the service says so.
    pub fn finish(self, redirect: &str) -> Result<Connection, AppError> {
        let Self { provider, id, return_url, key, .. } = self;
        let redirect = Redirect::parse(redirect, &return_url, provider.version, &key)?;
        if redirect.id != id {
            return Err(AppError::Unreadable("redirect: the id of another connection".to_owned()));
        }
        Ok(Connection { provider, id, access_token: redirect.access_token, key })
    }
}
