//! An app of the Authenticator API, version 1 or 2: it connects, reads what is asked, answers.

use countersign_authenticator::rsa_app::envelope::Envelope;
use countersign_authenticator::rsa_app::key::{KeyPair, PublicKey};
use countersign_authenticator::rsa_app::signature::{version_1, version_2};
use countersign_authenticator::rsa_app::token;
use countersign_crypto::authenticator::AccessToken;
use countersign_crypto::system::SystemRandom;
use countersign_domain::device::AuthenticatorVersion::{self, V1, V2};
use countersign_domain::id::AppSpaceId;
use serde_json::{Value, json};

use super::EventFailed;
use super::provider::pairs;
use super::scene::{Scene, failed};
use super::side::Side;

/// Where the app's browser ends.
pub(super) const RETURN_URL: &str = "authenticator://oauth/redirect";

/// How long a signed call of the apps is good, in seconds.
const VALIDITY: i64 = 300;

/// What the app was made with.
pub(super) struct AuthenticatorApp {
    pub(super) version: AuthenticatorVersion,
    pub(super) key: KeyPair,
    /// What it encrypts to.
    provider_key: PublicKey,
}

impl Scene<'_> {
    /// Makes `what`, and says whether it is of an app of the Authenticator API.
    pub(super) async fn give_by_authenticator(&mut self, what: &str) -> Result<bool, EventFailed> {
        match what {
            "app of v1" => self.install(V1).await?,
            "app of v2" => self.install(V2).await?,
            "connecting by v1" => self.begin_connection(V1).await?,
            "connecting by v2" => self.begin_connection(V2).await?,
            "connected by v1" => self.connect(V1).await?,
            "connected by v2" => self.connect(V2).await?,
            "confirmed" => self.decide(true).await?,
            "denied" => self.decide(false).await?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// What apps of both versions call the App Space, and until when their signed calls are good.
    pub(super) fn name_provider(&mut self, app_space: AppSpaceId) {
        let now = self.renderer.now.now().secs();
        self.set_id("provider", app_space.tenant().number().get().into());
        self.set("provider-code", app_space.tenant().to_string());
        self.set("expires-at", (now + VALIDITY).to_string());
        self.set("expired-at", (now - VALIDITY).to_string());
    }

    /// An id as paths have it, and, with `-id` behind its name, as JSON has it.
    pub(super) fn set_id(&mut self, name: &str, id: Value) {
        self.set(name, id.as_str().map_or_else(|| id.to_string(), str::to_owned));
        self.set(&format!("{name}-id"), id);
    }

    /// The app reads the configuration and makes its key.
    async fn install(&mut self, version: AuthenticatorVersion) -> Result<(), EventFailed> {
        let path = format!("/api/authenticator/v2/configurations/{}", self.text("provider")?);
        let configuration = self.renderer.now.call("GET", &path, None, &Value::Null).await?;
        let provider_key = configuration["data"]["provider_public_key"].as_str().unwrap_or_default();
        let provider_key = PublicKey::from_pem(provider_key).map_err(failed)?;
        let key = KeyPair::generate(&SystemRandom).map_err(failed)?;
        let public_key = key.public().to_pem().map_err(failed)?;
        let sealed = Envelope::seal(&provider_key, public_key.as_bytes(), &SystemRandom).map_err(failed)?;
        self.set("app-key", Value::from(public_key).to_string());
        self.set("sealed-app-key", sealed);
        self.app = Some(AuthenticatorApp { version, key, provider_key });
        Ok(())
    }

    pub(super) fn authenticator_app(&self) -> Result<&AuthenticatorApp, EventFailed> {
        self.app.as_ref().ok_or_else(|| EventFailed::Unknown("app-key".into()))
    }

    /// The link is made for a user who is known already.
    async fn begin_connection(&mut self, version: AuthenticatorVersion) -> Result<(), EventFailed> {
        self.install(version).await?;
        let kind = match version {
            V1 => "authenticatorV1",
            V2 => "authenticatorV2",
        };
        let body = json!({ "accountId": self.text("account")?, "deviceKind": kind });
        let bound = self.backend(false, "PUT", "/api/account/bind", body).await?;
        self.set("user", bound["privakeyId"].clone());
        self.set("connect-query", bound["sessionToken"].clone());
        Ok(())
    }

    async fn connect(&mut self, version: AuthenticatorVersion) -> Result<(), EventFailed> {
        if !self.known.contains_key("connect-query") {
            self.begin_connection(version).await?;
        }
        let answer = self.ask_to_connect(Some(self.text("connect-query")?.to_owned())).await?;
        self.keep_connection(&answer)
    }

    /// Gives the app's public key to the service; where the browser goes then.
    pub(super) async fn ask_to_connect(
        &mut self,
        connect_query: Option<String>,
    ) -> Result<String, EventFailed> {
        let AuthenticatorApp { version, key, .. } = self.authenticator_app()?;
        let version = *version;
        let mut data = json!({
            "return_url": RETURN_URL,
            "platform": "android",
            "push_token": Self::fresh("push"),
        });
        match version {
            V1 => {
                data["public_key"] = key.public().to_pem().map_err(failed)?.into();
                data["provider_code"] = self.known["provider-code"].clone();
            }
            V2 => {
                data["enc_rsa_public_key"] = self.known["sealed-app-key"].clone();
                data["provider_id"] = self.known["provider-id"].clone();
            }
        }
        if let Some(connect_query) = connect_query {
            data["connect_query"] = connect_query.into();
        }
        let path = format!("{}/connections", base(version));
        let connected = self.renderer.now.call("POST", &path, None, &json!({ "data": data })).await?;
        let (id, url) = match version {
            V1 => ("id", "connect_url"),
            V2 => ("connection_id", "authentication_url"),
        };
        self.set_id("connection", connected["data"][id].clone());
        Ok(connected["data"][url].as_str().unwrap_or_default().to_owned())
    }

    /// What a redirect to the app says.
    pub(super) fn keep_connection(&mut self, redirect: &str) -> Result<(), EventFailed> {
        let AuthenticatorApp { version, key, .. } = self.authenticator_app()?;
        let parts = redirect.split_once('?').map(|(_, query)| pairs(query)).unwrap_or_default();
        let told = parts.get("access_token").ok_or_else(|| failed(format!("no connection: {redirect}")))?;
        let token = match version {
            V1 => told.clone(),
            V2 => token::open(key, told).map_err(failed)?,
        };
        // A bank's tokens name no device.
        if let Ok(token) = AccessToken::parse(&token) {
            self.set("device", token.device().to_string());
        }
        self.set("access-token", token);
        Ok(())
    }

    /// Calls as the app does, with a signature where it makes one.
    pub(super) async fn by_app(&self, method: &str, path: &str, data: Value) -> Result<Value, EventFailed> {
        let AuthenticatorApp { version, key, .. } = self.authenticator_app()?;
        let side = &self.renderer.now;
        let path = format!("{}{path}", base(*version));
        let expires_at = side.now().secs() + VALIDITY;
        let body = match version {
            V1 if data.is_null() => Value::Null,
            V1 => json!({ "data": data }),
            V2 if method == "GET" => Value::Null,
            V2 => json!({ "data": data, "exp": expires_at }),
        };
        let text = Side::text(&body);
        let mut headers = vec![("access-token", self.text("access-token")?.to_owned())];
        match version {
            V1 => {
                let url = format!("{}{path}", self.renderer.public_url());
                let expires_at = expires_at.to_string();
                let signature = version_1(key, method, &url, &expires_at, text.as_bytes()).map_err(failed)?;
                headers.extend([("signature", signature), ("expires-at", expires_at)]);
            }
            V2 => headers.push(("x-jws-signature", version_2(key, text.as_bytes()).map_err(failed)?)),
        }
        side.call_with(method, &path, &headers, &body).await
    }

    /// What was asked last, as the app sees it: what its answer must repeat.
    pub(super) async fn read_authorization(&mut self) -> Result<(), EventFailed> {
        let listed = self.by_app("GET", "/authorizations", Value::Null).await?;
        let listed = listed["data"].as_array().and_then(|list| list.last()).cloned();
        let listed = listed.ok_or_else(|| failed("the app's list is empty"))?;
        let AuthenticatorApp { key, provider_key, .. } = self.authenticator_app()?;
        let read = Envelope::try_from(&listed).and_then(|sealed| sealed.open_json(key)).map_err(failed)?;
        let seal = |code: &Value| {
            let answer = json!({
                "authorization_code": code,
                "user_authorization_type": "biometrics",
                "geolocation": "GEO:52.506931;13.144558",
            });
            Envelope::seal(provider_key, answer.to_string().as_bytes(), &SystemRandom).map_err(failed)
        };
        let (right, wrong) = (seal(&read["authorization_code"])?, seal(&"wrong".into())?);
        self.set("confirmation", right);
        self.set("confirmation-with-wrong-code", wrong);
        self.set("authorization-code", read["authorization_code"].clone());
        self.set_id("authorization", listed["id"].clone());
        Ok(())
    }

    async fn decide(&mut self, confirm: bool) -> Result<(), EventFailed> {
        let path = format!("/authorizations/{}", self.text("authorization")?);
        match self.authenticator_app()?.version {
            V1 => {
                let code = self.text("authorization-code")?;
                let data = json!({ "confirm": confirm, "authorization_code": code });
                self.by_app("PUT", &path, data).await.map(drop)
            }
            V2 => {
                let decision = if confirm { "confirm" } else { "deny" };
                let data = self.known["confirmation"].clone();
                self.by_app("PUT", &format!("{path}/{decision}"), data).await.map(drop)
            }
        }
    }
}

const fn base(version: AuthenticatorVersion) -> &'static str {
    match version {
        V1 => "/api/authenticator/v1",
        V2 => "/api/authenticator/v2",
    }
}
