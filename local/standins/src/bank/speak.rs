//! What the bank says to the service: signed calls, that a test may spoil before they are sent.

use std::time::Duration;

use countersign_authenticator::rsa_app::envelope::Envelope;
use countersign_authenticator::rsa_app::key::PublicKey;
use countersign_authenticator::rsa_app::signature::version_2;
use countersign_authenticator::rsa_app::token;
use countersign_crypto::system::SystemRandom;
use countersign_crypto::token::Token;
use countersign_domain::time::{Span, Timestamp};
use http::{Method, Request};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use super::{Bank, BankConnection};

/// How long its calls are good.
const SIGNED_FOR: Span = Span::minutes(2);
/// How long the service may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A call of the bank's, as it will be sent.
#[derive(Debug, Clone)]
pub struct BankCall {
    /// The method.
    pub method: Method,
    /// What lies behind the service's address.
    pub path: String,
    /// `Provider-Id`, if it is said.
    pub provider_id: Option<String>,
    /// `x-jws-signature`, if there is one.
    pub signature: Option<String>,
    /// The body.
    pub body: String,
}

/// What the service said.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The status; 0 where it said nothing.
    pub status: u16,
    /// The body, if it is JSON.
    pub body: Value,
}

impl Bank {
    /// A call to what lies behind `/api/sca/v1/`.
    pub fn call(&self, method: Method, path: &str, data: &Value) -> BankCall {
        self.call_until(method, path, data, Some(self.clock.now() + SIGNED_FOR))
    }

    /// Likewise, good until then; without an end, it says none.
    pub fn call_until(&self, method: Method, path: &str, data: &Value, until: Option<Timestamp>) -> BankCall {
        let mut body = json!({ "data": data });
        if let Some(until) = until {
            body["exp"] = until.secs().into();
        }
        let body = body.to_string();
        let provider_id = self.state().provider.as_ref().map(|provider| provider.provider_id.to_string());
        let signature = version_2(self.key(), body.as_bytes()).ok();
        BankCall { method, path: format!("/api/sca/v1/{path}"), provider_id, signature, body }
    }

    /// Sends a call to the service.
    pub async fn send(&self, call: &BankCall) -> Said {
        let nothing = Said { status: 0, body: Value::Null };
        let service = self.state().provider.as_ref().map(|provider| provider.service_url.clone());
        let uri = format!("{}{}", service.unwrap_or_default(), call.path);
        let mut request = Request::builder().method(&call.method).uri(uri);
        request = request.header("content-type", "application/json");
        for (name, value) in [("provider-id", &call.provider_id), ("x-jws-signature", &call.signature)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let Ok(request) = request.body(Full::new(Bytes::from(call.body.clone()))) else { return nothing };
        let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
        let answered = async {
            let answer = client.request(request).await.ok()?;
            let status = answer.status().as_u16();
            let body = answer.into_body().collect().await.ok()?.to_bytes();
            Some(Said { status, body: serde_json::from_slice(&body).unwrap_or_default() })
        };
        tokio::time::timeout(PATIENCE, answered).await.ok().flatten().unwrap_or(nothing)
    }

    /// Makes a call and sends it.
    pub async fn say(&self, method: Method, path: &str, data: &Value) -> Said {
        self.send(&self.call(method, path, data)).await
    }

    /// Somebody logged in as `user`: the service is told, and the address is given where the browser brings the app its token.
    ///
    /// # Errors
    /// What the service said instead of yes.
    pub async fn let_in(&self, connection_id: &str, user: &str) -> Result<String, Said> {
        let unknown = Said { status: 0, body: json!("the bank knows no such connection") };
        let connection = self.connection(connection_id).ok_or(unknown)?;
        let access_token = connection.access_token.clone().unwrap_or_else(secret);
        let data = json!({
            "user_id": user,
            "access_token": access_token,
            "rsa_public_key": connection.public_key,
        });
        let said = self
            .say(Method::PUT, &format!("connections/{connection_id}/success_authentication"), &data)
            .await;
        if said.status != 200 {
            return Err(said);
        }
        if let Some(known) = self.state().connections.get_mut(connection_id) {
            known.user = Some(user.to_owned());
            known.access_token = Some(access_token.clone());
        }
        let sealed = PublicKey::from_loose_pem(&connection.public_key)
            .and_then(|key| token::seal(&key, &access_token, &SystemRandom))
            .unwrap_or_default();
        Ok(redirect(&connection.return_url, &[("id", connection_id), ("access_token", &sealed)]))
    }

    /// Nobody logged in.
    pub async fn turn_away(&self, connection_id: &str, why: &str) -> Said {
        let data = json!({ "fail_message": why });
        self.say(Method::PUT, &format!("connections/{connection_id}/fail_authentication"), &data).await
    }

    /// Asks the user of an action that was prepared, in every app that is connected.
    pub async fn ask(&self, action_id: &str, multiple: bool) -> Said {
        let (user, expires_at) = {
            let state = self.state();
            let action = state.actions.get(action_id);
            action.map(|action| (action.user.clone(), action.expires_at.clone())).unwrap_or_default()
        };
        let mut data = json!({
            "action_id": action_id,
            "user_id": user,
            "expires_at": expires_at,
            "authorizations": self.authorizations(action_id),
        });
        if multiple {
            data["multiple"] = true.into();
        }
        self.say(Method::POST, "actions", &data).await
    }
}

/// A secret that nobody guesses.
pub(super) fn secret() -> String {
    Token::random(&SystemRandom).expose().to_owned()
}

/// `content` for one app, with its connection.
pub(super) fn encrypted(connection: &BankConnection, content: &Value) -> Option<Value> {
    let key = PublicKey::from_loose_pem(&connection.public_key).ok()?;
    let mut sealed = Value::from(Envelope::seal(&key, content.to_string().as_bytes(), &SystemRandom).ok()?);
    sealed["connection_id"] = connection.id.as_str().into();
    Some(sealed)
}

/// `return_url` with parameters.
pub(super) fn redirect(return_url: &str, parameters: &[(&str, &str)]) -> String {
    let query = serde_html_form::to_string(parameters).unwrap_or_default();
    let joint = if return_url.contains('?') { '&' } else { '?' };
    format!("{return_url}{joint}{query}")
}
