//! What the service says to the bank, and how the bank takes it.

use std::borrow::Cow;

use countersign_authenticator::rsa_app::envelope::Envelope;
use countersign_authenticator::rsa_app::key::PublicKey;
use countersign_authenticator::rsa_app::signature::verifies_version_2;
use http::StatusCode;
use http::request::Parts;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::speak::encrypted;
use super::{Bank, BankConnection, Behaviour, Told};
use crate::reply::{self, Reply};

/// Why the bank does not do what the service says, in the words of the API.
type Refused = (StatusCode, &'static str);

const FORMAT: Refused = (StatusCode::BAD_REQUEST, "WrongRequestFormat");
const NO_CONNECTION: Refused = (StatusCode::NOT_FOUND, "ConnectionNotFound");
const NO_ACTION: Refused = (StatusCode::NOT_FOUND, "ActionNotFound");

impl Bank {
    /// Takes a call of the service; `None` closes the connection without an answer.
    pub(super) fn take(&self, path: &str, parts: &Parts, body: &[u8]) -> Option<Reply> {
        let behaviour = self.state().behaviour;
        match behaviour {
            Behaviour::Silent => return None,
            Behaviour::Answers(status) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                return Some(json(status, &json!({})));
            }
            Behaviour::Closes | Behaviour::GoesOn => {}
        }
        let done = self.verified(parts, body).and_then(|data| self.route(path, parts, data));
        Some(match done {
            Ok(data) => json(StatusCode::OK, &json!({ "data": data })),
            Err((status, class)) => {
                json(status, &json!({ "error_class": class, "error_message": "The bank refuses." }))
            }
        })
    }

    /// `data` of a call that the service signed for this bank and that is not over.
    fn verified(&self, parts: &Parts, body: &[u8]) -> Result<Value, Refused> {
        let invalid = (StatusCode::BAD_REQUEST, "InvalidSignature");
        let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let state = self.state();
        let provider = state.provider.as_ref().ok_or(invalid)?;
        if header("provider-id") != Some(provider.provider_id.to_string().as_str()) {
            return Err((StatusCode::NOT_FOUND, "ProviderNotFound"));
        }
        if !verifies(&provider.public_key, header("x-jws-signature").unwrap_or_default(), body) {
            return Err(invalid);
        }
        let mut call: Value = serde_json::from_slice(body).map_err(|_| FORMAT)?;
        let now = self.clock.now().secs();
        if !call["exp"].as_i64().is_some_and(|exp| now < exp && exp <= now + 3600) {
            return Err((StatusCode::BAD_REQUEST, "SignatureExpired"));
        }
        Ok(call["data"].take())
    }

    fn route(&self, path: &str, parts: &Parts, data: Value) -> Result<Value, Refused> {
        let segments: Option<Vec<Cow<'_, str>>> =
            path.split('/').map(|segment| percent_decode_str(segment).decode_utf8().ok()).collect();
        let segments = segments.ok_or(FORMAT)?;
        let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
        match (parts.method.as_str(), segments.as_slice()) {
            ("POST", ["connections"]) => self.connect(&data),
            ("PUT", ["connections", id, "revoke"]) => {
                let mut state = self.state();
                state.connections.get_mut(*id).ok_or(NO_CONNECTION)?.revoked = true;
                drop(state);
                self.note(path, data, None);
                Ok(json!({ "connection_id": id }))
            }
            ("PUT", ["consents", _, "revoke"]) => {
                self.note(path, data, None);
                Ok(json!({}))
            }
            ("POST", ["actions", id]) => self.instant(id, &data),
            ("PUT", ["actions", id, "confirm" | "deny"]) => self.decide(path, id, data),
            _ => Err((StatusCode::NOT_FOUND, "NotFound")),
        }
    }

    fn note(&self, path: &str, data: Value, decision: Option<Value>) {
        self.state().told.push(Told { path: path.to_owned(), data, decision });
    }

    /// An app wants to be connected: its key is for this bank's eyes.
    fn connect(&self, data: &Value) -> Result<Value, Refused> {
        let text = |name: &str| data[name].as_str().map(str::to_owned).ok_or(FORMAT);
        let sealed = Envelope::try_from(&data["enc_rsa_public_key"]);
        let public_key = sealed.and_then(|sealed| sealed.open_text(self.key())).map_err(|_| FORMAT)?;
        let connection = BankConnection {
            id: text("connection_id")?,
            return_url: text("return_url")?,
            public_key,
            connect_query: text("connect_query").ok(),
            user: None,
            access_token: None,
            revoked: false,
        };
        let authentication_url = format!("{}/login?connection={}", self.url(), connection.id);
        self.state().connections.insert(connection.id.clone(), connection);
        Ok(json!({ "authentication_url": authentication_url }))
    }

    /// An app scanned the action's code.
    fn instant(&self, id: &str, data: &Value) -> Result<Value, Refused> {
        let state = self.state();
        let action = state.actions.get(id).ok_or(NO_ACTION)?;
        let connection = data["connection_id"].as_str().and_then(|id| state.connections.get(id));
        let connection = connection.filter(|found| {
            !found.revoked
                && found.user.as_ref() == Some(&action.user)
                && found.access_token.as_deref() == data["access_token"].as_str()
        });
        let authorization = connection.and_then(|found| encrypted(found, &action.content));
        Ok(json!({
            "action_id": id,
            "user_id": action.user,
            "expires_at": action.expires_at,
            "authorization": authorization.ok_or(NO_CONNECTION)?,
        }))
    }

    /// A person decided: the app signed it, and encrypted it to this bank.
    fn decide(&self, path: &str, id: &str, data: Value) -> Result<Value, Refused> {
        let text = |name: &str| data[name].as_str().ok_or(FORMAT);
        let (request, jws) = (text("original_request")?, text("original_request_jws_signature")?);
        let connection = self.connection(text("connection_id")?).ok_or(NO_CONNECTION)?;
        if !verifies(&connection.public_key, jws, request.as_bytes()) {
            return Err((StatusCode::BAD_REQUEST, "InvalidSignature"));
        }
        let request: Value = serde_json::from_str(request).map_err(|_| FORMAT)?;
        let sealed = Envelope::try_from(&request["data"]);
        let decision = sealed.and_then(|sealed| sealed.open_json(self.key())).map_err(|_| FORMAT)?;
        let code = self.state().actions.get(id).ok_or(NO_ACTION)?.authorization_code.clone();
        if decision["authorization_code"] != code {
            return Err(FORMAT);
        }
        self.note(path, data, Some(decision));
        Ok(json!({ "close_action": self.state().behaviour == Behaviour::Closes }))
    }
}

/// Whether the owner of a key in PEM signed the body.
fn verifies(public_key: &str, jws: &str, body: &[u8]) -> bool {
    PublicKey::from_loose_pem(public_key).is_ok_and(|key| verifies_version_2(&key, jws, body))
}

fn json(status: StatusCode, content: &Value) -> Reply {
    reply::json(status, "application/json", content)
}
