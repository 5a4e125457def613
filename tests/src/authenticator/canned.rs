//! A service of the Authenticator API in which everything goes well: one App Space, one connection, one question, one consent.
//!
//! It verifies what apps sign and opens what they encrypt, so that nothing goes well that must not.

use std::sync::{Arc, Mutex, OnceLock};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign_authenticator::rsa_app::token;
use countersign_crypto::system::SystemRandom;
use serde_json::{Value, json};
use url::Url;

use super::envelope::Envelope;
use super::key::{KeyPair, PublicKey};
use super::link::ApiVersion;
use super::signature::verifies_version_2;
use crate::tiny_server::{Seen, TinyServer};

pub(crate) const TOKEN: &str = "token+of/the=connection";
pub(crate) const CODE: &str = "code-of-the-authorization";
pub(crate) const CONNECT_QUERY: &str = "the user/is known";
pub(crate) const ACTION: &str = "action-1";
pub(crate) const NOW: i64 = 1_795_341_600;

/// What the two versions call the same things.
pub(crate) struct Names {
    pub(crate) provider: &'static str,
    pub(crate) connection: &'static str,
    pub(crate) authorization: &'static str,
    pub(crate) consent: &'static str,
}

pub(crate) const fn names(version: ApiVersion) -> Names {
    match version {
        ApiVersion::V1 => Names {
            provider: "0190d6a50000",
            connection: "0190d6a5-0000-7000-8000-000000000002",
            authorization: "0190d6a5-0000-7000-8000-000000000005",
            consent: "0190d6a5-0000-7000-8000-000000000006",
        },
        ApiVersion::V2 => Names {
            provider: "281474976710655",
            connection: "9007199254740991",
            authorization: "5",
            consent: "6",
        },
    }
}

/// One key for all services here: making one takes its time.
pub(crate) fn provider_key() -> &'static KeyPair {
    static KEY: OnceLock<KeyPair> = OnceLock::new();
    KEY.get_or_init(|| KeyPair::generate(&SystemRandom).unwrap())
}

/// One key for all apps here whose key does not matter.
pub(crate) fn app_key() -> KeyPair {
    static KEY: OnceLock<KeyPair> = OnceLock::new();
    KEY.get_or_init(|| KeyPair::generate(&SystemRandom).unwrap()).clone()
}

/// The link that connects to the service.
pub(crate) fn connect_link(url: &str, version: ApiVersion, query: Option<&str>) -> String {
    let configuration = format!("{url}{}/configurations/{}", version.folder(), names(version).provider);
    let mut link = Url::parse("authenticator://saltedge.com/connect").unwrap();
    link.query_pairs_mut().append_pair("configuration", &configuration);
    if let Some(query) = query {
        link.query_pairs_mut().append_pair("connect_query", query);
    }
    link.to_string()
}

/// The link that starts the instant action.
pub(crate) fn action_link(url: &str, version: ApiVersion) -> String {
    match version {
        ApiVersion::V1 => {
            format!("authenticator://saltedge.com/action?action_uuid={ACTION}&connect_url={url}")
        }
        ApiVersion::V2 => format!(
            "authenticator://saltedge.com/action?api_version=2&action_id={ACTION}&provider_id={}",
            names(version).provider
        ),
    }
}

/// The service as it is for one version.
pub(crate) struct Canned {
    version: ApiVersion,
    url: OnceLock<String>,
    app: Mutex<Option<PublicKey>>,
}

fn number(text: &str) -> Value {
    text.parse::<i64>().unwrap().into()
}

impl Canned {
    fn url(&self) -> &str {
        self.url.get().unwrap()
    }

    fn id(&self, text: &str) -> Value {
        if self.version == ApiVersion::V1 { text.into() } else { number(text) }
    }

    fn app(&self) -> PublicKey {
        self.app.lock().unwrap().clone().expect("it is connected")
    }

    fn configuration(&self) -> Value {
        let provider = names(self.version).provider;
        match self.version {
            ApiVersion::V1 => json!({
                "connect_url": self.url(), "code": provider, "name": "Demobank", "logo_url": "https://a.example/l.png",
                "support_email": "help@a.example", "consent_management": true, "geolocation_required": null, "version": "1",
            }),
            ApiVersion::V2 => json!({
                "sca_service_url": self.url(), "api_version": "2", "provider_id": number(provider),
                "provider_name": "Demobank", "provider_logo_url": "https://a.example/l.png",
                "provider_support_email": "help@a.example", "geolocation_required": false,
                "provider_public_key": provider_key().public().to_pem().unwrap(),
            }),
        }
    }

    /// Where the browser is sent in the end.
    pub(crate) fn redirect(version: ApiVersion, return_url: &str, app: &PublicKey) -> String {
        let token = match version {
            ApiVersion::V1 => TOKEN.to_owned(),
            ApiVersion::V2 => token::seal(app, TOKEN, &SystemRandom).unwrap(),
        };
        let mut url = Url::parse(return_url).unwrap();
        url.query_pairs_mut()
            .append_pair("id", names(version).connection)
            .append_pair("access_token", &token);
        url.to_string()
    }

    /// The app's key as PEM.
    pub(crate) fn public_key(version: ApiVersion, said: &Value) -> String {
        match version {
            ApiVersion::V1 => said["public_key"].as_str().unwrap().to_owned(),
            ApiVersion::V2 => {
                let sealed = Envelope::try_from(&said["enc_rsa_public_key"]).unwrap();
                sealed.open_text(provider_key()).unwrap()
            }
        }
    }

    fn connect(&self, seen: &Seen) -> (u16, Value) {
        let said = &seen.json()["data"];
        let app = PublicKey::from_pem(&Self::public_key(self.version, said)).unwrap();
        *self.app.lock().unwrap() = Some(app.clone());
        let url = match said["connect_query"].as_str() {
            None => "https://login.example/?state=1".to_owned(),
            Some(CONNECT_QUERY) => Self::redirect(self.version, said["return_url"].as_str().unwrap(), &app),
            Some(_) => return refused(401, "UserNotFound"),
        };
        let id = self.id(names(self.version).connection);
        match self.version {
            ApiVersion::V1 => (200, json!({ "data": { "id": id, "connect_url": url } })),
            ApiVersion::V2 => (200, json!({ "data": { "connection_id": id, "authentication_url": url } })),
        }
    }

    /// The refusal of a call that is not signed as it must be.
    fn not_signed(&self, seen: &Seen) -> Option<(u16, Value)> {
        if seen.header("access-token") != Some(TOKEN) {
            return Some(refused(401, "ConnectionNotFound"));
        }
        let good = match self.version {
            ApiVersion::V1 => {
                let (Some(expires_at), Some(signature)) =
                    (seen.header("expires-at"), seen.header("signature"))
                else {
                    return Some(refused(400, "SignatureMissing"));
                };
                let expires_at: i64 = expires_at.parse().unwrap();
                if !(NOW..=NOW + 3600).contains(&expires_at) {
                    return Some(refused(400, "SignatureExpired"));
                }
                let text = format!(
                    "{}|{}{}|{expires_at}|{}",
                    seen.method.to_lowercase(),
                    self.url(),
                    seen.path,
                    String::from_utf8(seen.body.clone()).unwrap()
                );
                let signature = STANDARD.decode(signature).unwrap();
                self.app().verifies(text.as_bytes(), &signature)
            }
            ApiVersion::V2 if seen.method == "GET" => {
                assert!(seen.body.is_empty() && seen.header("x-jws-signature").is_none());
                true
            }
            ApiVersion::V2 => {
                let Some(jws) = seen.header("x-jws-signature") else {
                    return Some(refused(400, "SignatureMissing"));
                };
                if !(NOW..=NOW + 3600).contains(&seen.json()["exp"].as_i64().unwrap()) {
                    return Some(refused(400, "SignatureExpired"));
                }
                verifies_version_2(&self.app(), jws, &seen.body)
            }
        };
        (!good).then(|| refused(400, "InvalidSignature"))
    }

    fn sealed(&self, content: &Value) -> Value {
        let sealed = Envelope::seal(&self.app(), content.to_string().as_bytes(), &SystemRandom).unwrap();
        let (start, end) = sealed.data.split_at(20);
        // A line break within, as many writers of base64 make one.
        json!({ "key": sealed.key, "iv": sealed.iv, "data": format!("{start}\n{end}") })
    }

    fn authorization(&self) -> Value {
        let names = names(self.version);
        let mut content = json!({
            "title": "Pay?", "authorization_code": CODE,
            "created_at": "2026-11-22T10:00:00Z", "expires_at": "2026-11-22T10:05:00Z",
        });
        match self.version {
            ApiVersion::V1 => {
                content["id"] = names.authorization.into();
                content["connection_id"] = names.connection.into();
                content["description"] = "Pay <b>1 €</b> to ACME".into();
            }
            ApiVersion::V2 => {
                content["description"] = json!({
                    "payment": { "payee": "ACME", "amount": "1 €" }, "extra": { "device": "Firefox" },
                });
            }
        }
        let mut item = self.sealed(&content);
        item["id"] = self.id(names.authorization);
        item["connection_id"] = self.id(names.connection);
        match self.version {
            ApiVersion::V1 => item["algorithm"] = "AES-256-CBC".into(),
            ApiVersion::V2 => item["status"] = "pending".into(),
        }
        item
    }

    fn consent(&self) -> Value {
        let names = names(self.version);
        let mut item = self.sealed(&json!({
            "id": names.consent, "user_id": "ann", "consent_type": "aisp", "tpp_name": "Budget Planner",
            "accounts": [{ "name": "Current", "iban": "DE89370400440532013000" }],
            "shared_data": { "balance": true, "transactions": false },
            "created_at": "2026-11-22T10:00:00Z", "expires_at": "2027-02-20T10:00:00Z",
        }));
        item["id"] = names.consent.into();
        item["connection_id"] = self.id(names.connection);
        item
    }

    /// The decision of version 2 opened, or that of version 1 as it is.
    pub(crate) fn decision(version: ApiVersion, seen: &Seen) -> Value {
        let said = seen.json()["data"].clone();
        match version {
            ApiVersion::V1 => said,
            ApiVersion::V2 => Envelope::try_from(&said).unwrap().open_json(provider_key()).unwrap(),
        }
    }

    fn answer(&self, seen: &Seen) -> (u16, Value) {
        let names = names(self.version);
        let Some(path) = seen.path.strip_prefix(self.version.folder()) else {
            return refused(404, "NotFound");
        };
        match (seen.method.as_str(), path) {
            ("GET", path) if path == format!("/configurations/{}", names.provider) => {
                return (200, json!({ "data": self.configuration() }));
            }
            ("POST", "/connections") => return self.connect(seen),
            _ => {}
        }
        if let Some(refusal) = self.not_signed(seen) {
            return refusal;
        }
        let (authorization, consent) = (names.authorization, names.consent);
        let data = match (self.version, seen.method.as_str(), path) {
            (_, "GET", "/authorizations") => json!([self.authorization()]),
            (_, "GET", path) if path == format!("/authorizations/{authorization}") => self.authorization(),
            (_, "GET", "/consents") => json!([self.consent()]),
            (ApiVersion::V1, "PUT", path) if path == format!("/authorizations/{authorization}") => {
                let right = seen.json()["data"]["authorization_code"] == CODE;
                json!({ "success": right, "id": authorization })
            }
            (ApiVersion::V1, "PUT", path) if path == format!("/actions/{ACTION}") => {
                assert!(seen.body.is_empty());
                json!({ "success": true, "connection_id": names.connection, "authorization_id": authorization })
            }
            (ApiVersion::V1, "DELETE", path) if path == format!("/consents/{consent}") => {
                json!({ "success": true, "consent_id": consent })
            }
            (ApiVersion::V1, "DELETE", "/connections") => json!({ "success": true, "access_token": TOKEN }),
            (ApiVersion::V2, "PUT", path)
                if path.starts_with(&format!("/authorizations/{authorization}/")) =>
            {
                if Self::decision(self.version, seen)["authorization_code"] != CODE {
                    return refused(400, "WrongRequestFormat");
                }
                let status = if path.ends_with("/confirm") { "confirmed" } else { "denied" };
                json!({ "id": number(authorization), "status": status })
            }
            (ApiVersion::V2, "POST", "/authorizations") => {
                assert_eq!(
                    seen.json()["data"],
                    json!({ "action_id": ACTION, "provider_id": names.provider, "connection_id": names.connection })
                );
                json!({ "connection_id": number(names.connection), "authorization_id": number(authorization) })
            }
            (ApiVersion::V2, "PUT", path) if path == format!("/consents/{consent}/revoke") => {
                json!({ "id": number(consent) })
            }
            (ApiVersion::V2, "GET", path) if path == format!("/connections/{}", names.connection) => json!({
                "id": number(names.connection), "status": "active", "created_at": "2026-11-22T10:00:00Z",
                "public_key": self.app().to_pem().unwrap(), "push_token": "p",
            }),
            (ApiVersion::V2, "PATCH", path)
                if path == format!("/connections/{}/update", names.connection) =>
            {
                json!({ "connection_id": number(names.connection) })
            }
            (ApiVersion::V2, "PUT", path) if path == format!("/connections/{}/revoke", names.connection) => {
                assert_eq!(seen.json()["data"], json!({}));
                json!({ "connection_id": number(names.connection) })
            }
            _ => return refused(404, "AuthorizationNotFound"),
        };
        (200, json!({ "data": data }))
    }
}

pub(crate) fn refused(status: u16, class: &str) -> (u16, Value) {
    (status, json!({ "error_class": class, "error_message": "No." }))
}

/// The service, with `change` for replies that are not to be as they should.
pub(crate) async fn service(
    version: ApiVersion,
    change: impl Fn(&Seen, (u16, Value)) -> (u16, Value) + Send + Sync + 'static,
) -> TinyServer {
    let canned = Arc::new(Canned { version, url: OnceLock::new(), app: Mutex::new(None) });
    let behind = Arc::clone(&canned);
    let server = TinyServer::start(move |seen| change(seen, behind.answer(seen))).await;
    canned.url.set(server.url.clone()).expect("it is set once");
    server
}
