//! The calls of the app side, one by one.

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::app::UafApp;
use super::error::{UafError, accepted};
use super::link::{AppLink, Purpose};
use super::token::Token;
use crate::device::error::CallError;
use crate::device::service::RawReply;

/// Where the token of a registration is redeemed.
pub const REDEEM_REGISTRATION: &str = "/_app/token/redeem/registration";
/// Where the token of an authentication is redeemed.
pub const REDEEM_AUTHENTICATION: &str = "/_app/token/redeem/authentication";
/// Where registrations are answered.
pub const REGISTRATION: &str = "/_app/uaf/1.1/registration/";
/// Where authentications are answered.
pub const AUTHENTICATION: &str = "/_app/uaf/1.1/authentication/";
/// Where a registration is begun in the app.
pub const REGISTRATION_REQUEST: &str = "/_app/uaf/1.1/request/registration/";
/// Where an authentication is begun in the app.
pub const AUTHENTICATION_REQUEST: &str = "/_app/uaf/1.1/request/authentication/";
/// Where a deregistration is begun.
pub const DEREGISTRATION_REQUEST: &str = "/_app/uaf/1.1/request/deregistration/";

/// The media type of UAF messages (FIDO UAF Application API and Transport Binding).
pub const UAF: &str = "application/fido+uaf;charset=UTF-8";
/// That of the other calls.
pub const JSON: &str = "application/json";

/// The header with a signature of the dispatch target's key.
pub const SIGNATURE_HEADER: &str = "Device-Signature";

/// By what right a call is made.
#[derive(Debug, Clone, Copy)]
pub enum Authority<'a> {
    /// By none.
    Nobody,
    /// With a token: an intent token, or a device token.
    Bearer(&'a str),
    /// With this `Device-Signature`.
    Signature(&'a str),
}

/// What the service asks (dictionary ReturnUAFRequest), with what an app may show of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// The UAF message.
    pub uaf_request: String,
    /// `Reg`, `Auth` or `Dereg`.
    pub op: String,
    /// How long it may be answered.
    pub lifetime_millis: Option<i64>,
    /// What the backend asks, where it asks something.
    pub message: Option<String>,
    /// Whether the person must be asked before anything is signed.
    #[serde(default)]
    pub prompt: bool,
    /// The operation, as the backend knows it.
    pub transaction_id: Option<String>,
    /// Who is asked.
    pub username: Option<String>,
}

/// What the service says to an answer (dictionary ServerResponse).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerResponse {
    /// 1200.
    pub status_code: u16,
    /// A sentence for people.
    pub description: Option<String>,
    /// Tokens of use to the app or its backend.
    #[serde(default)]
    pub additional_tokens: Vec<Token>,
}

impl UafApp {
    /// Sends one call as it is, and gives whatever comes back.
    ///
    /// # Errors
    /// [`CallError::Unreachable`].
    pub async fn send(
        &self,
        method: &Method,
        path: &str,
        content_type: &str,
        authority: Authority<'_>,
        body: Vec<u8>,
    ) -> Result<RawReply, CallError> {
        let bearer;
        let header = match authority {
            Authority::Nobody => None,
            Authority::Bearer(token) => {
                bearer = format!("Bearer {token}");
                Some(("Authorization", bearer.as_str()))
            }
            Authority::Signature(jws) => Some((SIGNATURE_HEADER, jws)),
        };
        self.service().send_as(method, path, content_type, header, body).await
    }

    /// Redeems the token of a link, which can be done once.
    ///
    /// # Errors
    /// [`UafError`]; status code 1404 when the token is unknown, used or expired.
    pub async fn redeem(&self, link: &AppLink) -> Result<Asked, UafError> {
        let path = match link.purpose {
            Purpose::Registration => REDEEM_REGISTRATION,
            Purpose::Authentication => REDEEM_AUTHENTICATION,
        };
        let body = json!({ "token": link.token.expose() }).to_string().into_bytes();
        let reply = self.send(&Method::POST, path, JSON, Authority::Nobody, body).await?;
        Ok(accepted(reply)?.json()?)
    }

    /// Asks for a request of an operation that begins in the app: `path` is one of the three `…_REQUEST`. The context travels as the
    /// text of the JSON, as the transport binding has it.
    ///
    /// # Errors
    /// [`UafError`].
    pub async fn request(
        &self,
        path: &str,
        authority: Authority<'_>,
        context: &Value,
    ) -> Result<Asked, UafError> {
        let body = request_body(path, context);
        Ok(accepted(self.send(&Method::POST, path, UAF, authority, body).await?)?.json()?)
    }

    /// Sends the answer to a request: `path` is [`REGISTRATION`] or [`AUTHENTICATION`].
    ///
    /// # Errors
    /// [`UafError`]; status codes 1480 to 1498 where the answer does not hold.
    pub async fn send_response(
        &self,
        path: &str,
        uaf_response: &str,
        context: Option<&Value>,
    ) -> Result<ServerResponse, UafError> {
        let mut body = json!({ "uafResponse": uaf_response });
        if let Some(context) = context {
            body["context"] = context.to_string().into();
        }
        let body = body.to_string().into_bytes();
        let reply = self.send(&Method::POST, path, UAF, Authority::Nobody, body).await?;
        Ok(accepted(reply)?.json()?)
    }
}

/// The body that asks for a request (dictionary GetUAFRequest).
pub(crate) fn request_body(path: &str, context: &Value) -> Vec<u8> {
    let op = match path {
        REGISTRATION_REQUEST => "Reg",
        DEREGISTRATION_REQUEST => "Dereg",
        _ => "Auth",
    };
    json!({ "op": op, "context": context.to_string() }).to_string().into_bytes()
}
