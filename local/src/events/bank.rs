//! A bank that speaks with its users' apps itself, through the service: its users log in, it asks them, encrypted.

use countersign_authenticator::rsa_app::envelope::Envelope;
use countersign_authenticator::rsa_app::key::KeyPair;
use countersign_authenticator::rsa_app::signature::version_2;
use countersign_crypto::authenticator::AppKey;
use countersign_crypto::system::SystemRandom;
use countersign_domain::authenticator_settings::{AuthenticatorSettings, Bank};
use countersign_domain::device::{AuthenticatorVersion, Platform};
use countersign_domain::id::{AppSpaceId, DeviceId};
use countersign_domain::login::Connecting;
use countersign_domain::outbound_url::{Loopback, OutboundUrl};
use countersign_domain::time::Span;
use countersign_store::bank::{BankAction, BankConnection, BankConnectionState};
use countersign_store::{Write, keys};
use serde_json::{Value, json};

use super::EventFailed;
use super::authenticator::RETURN_URL;
use super::scene::{Scene, failed};
use super::side::Side;
use countersign_lambda::setup::authenticator::keep;

/// How long what the bank asks can be answered, and a login take.
const LIFETIME: Span = Span::minutes(5);

impl Scene<'_> {
    /// Makes `what`, and says whether it is of a bank.
    pub(super) async fn give_by_bank(&mut self, what: &str) -> Result<bool, EventFailed> {
        match what {
            "a bank" => self.provide_bank().await?,
            "connecting at the bank" => self.begin_at_bank().await?,
            "connected at the bank" => self.connect_at_bank().await?,
            "asked by the bank" => self.ask_by_bank().await?,
            "bank gone" => self.leave_bank().await?,
            "closed by the bank" => self.close_by_bank().await?,
            "a consent at the bank" => self.give_consent_at_bank().await?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Makes an App Space of the bank's; all that follows is there.
    async fn provide_bank(&mut self) -> Result<(), EventFailed> {
        let key = KeyPair::generate(&SystemRandom).map_err(failed)?;
        let url = format!("{}/bank", self.endpoint_url()?);
        let url = OutboundUrl::parse("url", &url, Loopback::Allowed).map_err(failed)?;
        let public_key = AppKey::from_pem(&key.public().to_pem().map_err(failed)?).map_err(failed)?;
        let public_key = keep(&public_key).map_err(|_| failed("the bank's key cannot be kept"))?;
        self.provide_app_space(Some(Bank { url, public_key })).await?;
        self.bank = Some(key);
        self.set("bank-action", Self::fresh("action"));
        self.set("bank-consent", Self::fresh("consent"));
        self.set("bank-token", Self::fresh("token"));
        let until = self.renderer.now.now() + LIFETIME;
        self.set("until", until.rfc3339());
        Ok(())
    }

    pub(super) fn bank_key(&self) -> Result<&KeyPair, EventFailed> {
        self.bank.as_ref().ok_or_else(|| EventFailed::Unknown("bank-signature".into()))
    }

    /// The app asks for a connection; its user is still to log in at the bank.
    async fn begin_at_bank(&mut self) -> Result<(), EventFailed> {
        self.give_by_authenticator("app of v2").await?;
        let renderer = self.renderer;
        let (app, now) = (renderer.now.app(), renderer.now.now());
        let connecting = Connecting {
            device: DeviceId::new(now, &SystemRandom),
            version: AuthenticatorVersion::V2,
            key: None,
            platform: Platform::Ios,
            push_token: None,
            return_url: RETURN_URL.to_owned(),
        };
        let pending = BankConnection {
            app_space: self.text("app-space")?.parse().map_err(failed)?,
            number: connecting.device.number(),
            state: BankConnectionState::Pending {
                connecting: Box::new(connecting),
                expires_at: now + LIFETIME,
            },
        };
        let write = Write::new().insert("connection", &pending).map_err(failed)?;
        app.store.write(write).await.map_err(failed)?;
        self.set_id("connection", pending.number.get().into());
        self.keep_envelopes()
    }

    async fn connect_at_bank(&mut self) -> Result<(), EventFailed> {
        self.begin_at_bank().await?;
        let path = format!("/connections/{}/success_authentication", self.text("connection")?);
        let data = json!({
            "user_id": self.text("account")?,
            "access_token": self.text("bank-token")?,
            "rsa_public_key": self.authenticator_app()?.key.public().to_pem().map_err(failed)?,
        });
        self.by_bank("PUT", &path, data).await?;
        self.set("access-token", self.text("bank-token")?.to_owned());
        Ok(())
    }

    /// What the bank asks, and what was consented to there, as the app reads them.
    fn keep_envelopes(&mut self) -> Result<(), EventFailed> {
        let connection = self.known["connection-id"].clone();
        let to = self.authenticator_app()?.key.public();
        let envelope = |content: &Value| {
            let sealed =
                Envelope::seal(&to, content.to_string().as_bytes(), &SystemRandom).map_err(failed)?;
            let mut sealed = Value::from(sealed);
            sealed["connection_id"] = connection.clone();
            Ok::<_, EventFailed>(sealed)
        };
        let action = envelope(&json!({
            "title": "Payment",
            "description": { "text": "Pay 120 EUR to ACME?" },
            "authorization_code": "of the bank's own making",
        }))?;
        let mut consent = envelope(&json!({ "consent_type": "aisp", "tpp_name": "Budget Planner" }))?;
        consent["expires_at"] = self.known["until"].clone();
        self.set("envelope", action);
        self.set("consent-envelope", consent);
        Ok(())
    }

    /// Calls as the bank.
    async fn by_bank(&self, method: &str, path: &str, data: Value) -> Result<Value, EventFailed> {
        let exp = self.text("expires-at")?.parse::<i64>().map_err(failed)?;
        let body = json!({ "data": data, "exp": exp });
        let signature = version_2(self.bank_key()?, Side::text(&body).as_bytes()).map_err(failed)?;
        let headers = [("provider-id", self.text("provider")?.to_owned()), ("x-jws-signature", signature)];
        self.renderer.now.call_with(method, &format!("/api/sca/v1{path}"), &headers, &body).await
    }

    async fn ask_by_bank(&mut self) -> Result<(), EventFailed> {
        let data = json!({
            "action_id": self.text("bank-action")?,
            "user_id": self.text("account")?,
            "expires_at": self.text("until")?,
            "authorizations": [self.known["envelope"]],
        });
        self.by_bank("POST", "/actions", data).await?;
        let app_space: AppSpaceId = self.text("app-space")?.parse().map_err(failed)?;
        let key = keys::bank_action(app_space.tenant(), self.text("bank-action")?);
        let now = &self.renderer.now;
        let action = now.app().store.get::<BankAction>(key, now.now()).await.map_err(failed)?;
        let challenge = action.and_then(|action| action.value.challenges.first().copied());
        let challenge = challenge.ok_or_else(|| failed("the bank's action asks nobody"))?;
        self.set("challenge", challenge.to_string());
        self.read_authorization().await
    }

    /// The App Space has no bank any more.
    async fn leave_bank(&self) -> Result<(), EventFailed> {
        let app_space: AppSpaceId = self.text("app-space")?.parse().map_err(failed)?;
        let key = keys::authenticator_settings(app_space.tenant());
        let store = &self.renderer.now.app().store;
        let settings = store.get::<AuthenticatorSettings>(key, self.renderer.now.now()).await;
        let settings = settings.map_err(failed)?.ok_or_else(|| failed("the App Space has no settings"))?;
        let without = AuthenticatorSettings { bank: None, ..settings.value.clone() };
        let write = Write::new().replace("settings", &settings, &without).map_err(failed)?;
        store.write(write).await.map_err(failed)
    }

    async fn close_by_bank(&mut self) -> Result<(), EventFailed> {
        let path = format!("/actions/{}/close", self.text("bank-action")?);
        self.by_bank("PUT", &path, json!({})).await.map(drop)
    }

    async fn give_consent_at_bank(&mut self) -> Result<(), EventFailed> {
        let data = json!({
            "consent_id": self.text("bank-consent")?,
            "user_id": self.text("account")?,
            "consents": [self.known["consent-envelope"]],
        });
        self.by_bank("POST", "/consents", data).await?;
        let listed = self.by_app("GET", "/consents", Value::Null).await?;
        self.set("consent-number", listed["data"][0]["id"].clone());
        Ok(())
    }
}
