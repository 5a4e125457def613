//! The app with one of its connections: how calls are signed and sent.

use std::sync::Arc;

use countersign_domain::time::{Clock, Span, Timestamp};
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::connection::Connection;
use super::error::AppError;
use super::json::pretty;
use super::key::RsaRefused;
use super::link::ApiVersion;
use super::reply::data;
use super::signature::{version_1, version_2};
use crate::device::error::CallError;
use crate::device::service::{RawReply, Service};

/// How far ahead of now the apps let their signatures end.
pub const SIGNED_FOR: Span = Span::minutes(5);

/// A call as it will be sent. Whoever wants to send something that the protocol does not allow changes it before.
#[derive(Debug, Clone)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// The path behind the base URL, with its query.
    pub path: String,
    /// The headers; the last of a name counts.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Call {
    /// Puts this in place of a header, or takes the header away.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: Option<&str>) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.extend(value.map(|value| (name, value.to_owned())));
        self
    }
}

/// The app with one connection.
#[derive(Debug)]
pub struct App {
    service: Service,
    connection: Connection,
    /// Where the phone is, e.g. `GEO:52.506931;13.144558`.
    pub geolocation: Option<String>,
    /// How the person showed who it is: `biometrics`, `passcode` or `unknown`.
    pub authorization_type: Option<String>,
}

impl App {
    /// The app with this connection; it says neither where it is nor how the person showed who it is.
    ///
    /// # Errors
    /// [`AppError`] when this machine cannot do TLS.
    pub fn new(connection: Connection, clock: Arc<dyn Clock>) -> Result<Self, AppError> {
        let service = Service::new(connection.provider.service_url.clone(), clock, Span::millis(0))?;
        Ok(Self { service, connection, geolocation: None, authorization_type: None })
    }

    /// The connection.
    pub const fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The connection, to be changed behind the app's back.
    pub const fn connection_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// The connection, to be kept.
    pub fn into_connection(self) -> Connection {
        self.connection
    }

    /// The version that it speaks.
    pub const fn version(&self) -> ApiVersion {
        self.connection.provider.version
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.service.now()
    }

    /// A call, signed for [`SIGNED_FOR`] as its version has it: of version 2 only writes are. `path` is what follows the version's
    /// folder, `data` what a write says.
    ///
    /// # Errors
    /// [`RsaRefused`].
    pub fn call(&self, method: Method, path: &str, data: Option<&Value>) -> Result<Call, RsaRefused> {
        self.call_until(method, path, data, self.now() + SIGNED_FOR)
    }

    /// As [`App::call`], signed until then.
    ///
    /// # Errors
    /// [`RsaRefused`].
    pub fn call_until(
        &self,
        method: Method,
        path: &str,
        data: Option<&Value>,
        until: Timestamp,
    ) -> Result<Call, RsaRefused> {
        let mut body = data.map(|data| json!({ "data": data }));
        if let (ApiVersion::V2, Some(body)) = (self.version(), &mut body) {
            body["exp"] = until.secs().into();
        }
        let body = body.map(|body| pretty(&body)).unwrap_or_default();
        let path = format!("{}{path}", self.version().folder());
        let token = self.connection.access_token.expose().to_owned();
        let mut call = Call { method, path, headers: vec![("Access-Token", token)], body };
        match self.version() {
            ApiVersion::V1 => self.sign_version_1(&mut call, &until.secs().to_string())?,
            ApiVersion::V2 if !call.body.is_empty() => {
                call.headers.push(("x-jws-signature", version_2(&self.connection.key, &call.body)?));
            }
            ApiVersion::V2 => {}
        }
        Ok(call)
    }

    fn sign_version_1(&self, call: &mut Call, expires_at: &str) -> Result<(), RsaRefused> {
        let url = self.service.url().join(&call.path);
        let key = &self.connection.key;
        let signature = version_1(key, call.method.as_str(), &url, expires_at, &call.body)?;
        call.headers.extend([("Expires-at", expires_at.to_owned()), ("Signature", signature)]);
        Ok(())
    }

    /// Signs a call anew, after it was changed.
    ///
    /// # Errors
    /// [`RsaRefused`].
    pub fn sign_again(&self, call: Call, expires_at: &str) -> Result<Call, RsaRefused> {
        match self.version() {
            ApiVersion::V1 => {
                let mut call = call.header("Expires-at", None).header("Signature", None);
                self.sign_version_1(&mut call, expires_at)?;
                Ok(call)
            }
            ApiVersion::V2 => {
                let jws = version_2(&self.connection.key, &call.body)?;
                Ok(call.header("x-jws-signature", Some(&jws)))
            }
        }
    }

    /// Sends a call, and gives whatever comes back.
    ///
    /// # Errors
    /// [`CallError::Unreachable`].
    pub async fn send(&self, call: Call) -> Result<RawReply, CallError> {
        let headers = call.headers.iter().map(|(name, value)| (*name, value.as_str()));
        self.service.send_as(&call.method, &call.path, "application/json", headers, call.body.clone()).await
    }

    /// Makes a call, sends it, and reads `data` of the reply.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        said: Option<&Value>,
    ) -> Result<T, AppError> {
        data(self.send(self.call(method, path, said)?).await?)
    }
}
