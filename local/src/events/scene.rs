//! What must be there before an event: made through the APIs and jobs themselves, for a user of the event's own.

use std::sync::Arc;

use countersign_authenticator::rsa_app::key::KeyPair;
use countersign_authenticator::{uaf, webauthn};
use countersign_crypto::answer::Answer;
use countersign_crypto::encoding::{base64, base64url};
use countersign_crypto::system::SystemRandom;
use countersign_domain::chance;
use countersign_domain::time::Span;
use serde_json::{Value, json};

use super::admin::KeyHolder;
use super::authenticator::AuthenticatorApp;
use super::device::{Device, Keys};
use super::placeholders::Known;
use super::provider::{oauth2, openid_connect};
use super::records::{self, Wanted};
use super::side::Side;
use super::{EventFailed, Renderer};
use crate::clock::HandClock;

/// How long ago the past is: longer than a challenge lives, and an attempt at a delivery takes.
const AGO: Span = Span::minutes(10);

/// What was made for one event.
pub(super) struct Scene<'r> {
    pub(super) renderer: &'r Renderer,
    /// What placeholders stand for, so far.
    pub(super) known: Known,
    /// Who signs `${proof}` and `${device-signature}`: its keys are there from the start, its ids come with what is given.
    pub(super) device: Device,
    /// Of the app that speaks UAF; the device above signs its calls.
    pub(super) authenticator: uaf::Authenticator,
    /// Of the browser.
    pub(super) browser: webauthn::Authenticator,
    /// The app of the Authenticator API, once it has a key.
    pub(super) app: Option<AuthenticatorApp>,
    /// Whose provisioning key signs, once there is such a company.
    pub(super) key_holder: Option<KeyHolder>,
    /// The key of the bank, once there is one.
    pub(super) bank: Option<KeyPair>,
    past: Side,
}

/// A failure that names the step.
pub(super) fn failed(error: impl std::fmt::Display) -> EventFailed {
    EventFailed::Preparing(error.to_string())
}

impl<'r> Scene<'r> {
    /// Nothing made yet: names, keys and tokens that need nothing.
    pub(super) fn new(renderer: &'r Renderer) -> Result<Self, EventFailed> {
        let long_ago = renderer.now.now() - AGO;
        let past = Side::new(&renderer.settings, &renderer.aws, Arc::new(HandClock::new(long_ago)));
        let keys = Keys::generate(&SystemRandom).map_err(failed)?;
        let device = Device { guid: String::new(), user: String::new(), keys };
        let mut scene = Self {
            renderer,
            known: Known::new(),
            device,
            authenticator: uaf::Authenticator::new(),
            browser: webauthn::Authenticator::new(),
            app: None,
            key_holder: None,
            bank: None,
            past,
        };
        let origin = renderer.origin("basic")?;
        scene.calls_as(&origin.guid, &origin.key);
        scene.set("access-key", origin.access_key.as_str());
        scene.set("callback", origin.callback.as_str());
        let host = renderer.public_url().split_once("://").map_or("", |(_, host)| host);
        scene.set("page-host", host.replacen("127.0.0.1:", "localhost:", 1));
        scene.set("app-space", renderer.demo.app_space.guid.as_str());
        scene.name_provider(renderer.demo.app_space.guid.parse().map_err(failed)?);
        scene.set("account", format!("sample-{}", base64url(&chance::bytes::<9>(&SystemRandom))));
        scene.set("rotation-token", base64url(&chance::bytes::<24>(&SystemRandom)));
        scene.set("signing-keys-secret", renderer.settings.signing_keys_secret.as_str());
        scene.set("sealing-keys-secret", renderer.settings.sealing_keys_secret.as_str());
        Ok(scene)
    }

    /// Which Request Origin `${basic}` is.
    pub(super) fn calls_as(&mut self, guid: &str, key: &str) {
        self.set("basic", format!("Basic {}", base64(format!("{guid}:{key}").as_bytes())));
    }

    pub(super) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.known.insert(name.to_owned(), value.into());
    }

    pub(super) fn text(&self, name: &str) -> Result<&str, EventFailed> {
        self.known.get(name).and_then(Value::as_str).ok_or_else(|| EventFailed::Unknown(name.to_owned()))
    }

    /// Makes one thing that an event's `given` names.
    pub(super) async fn give(&mut self, what: &str) -> Result<(), EventFailed> {
        match what {
            "an OpenID Connect provider" => self.provide(openid_connect).await,
            "an OAuth2 provider" => self.provide(oauth2).await,
            "logged in" => self.log_in().await,
            "logged in to connect" => self.log_in_to_connect().await,
            "connected by login" => self.connect_by_login().await,
            "login declined" => self.decline_login().await,
            "bound by login" => self.bind_by_login().await,
            "bound" => self.bind().await,
            "enrolled" => self.enrol().await,
            "push registered" => self.register_push().await,
            "push token removed" => self.remove_push_token().await,
            "user suspended" => self.change_account("suspend").await,
            "user restored" => self.change_account("restore").await,
            "user revoked" => self.change_account("revoke").await,
            "device revoked" => self.revoke_device().await,
            "asked" => self.ask(false, json!({ "accountId": self.text("account")? })).await,
            "asked long ago" => self.ask(true, json!({ "accountId": self.text("account")? })).await,
            "asked whoever claims it" => self.ask(false, json!({ "claimable": true })).await,
            "answered" => self.answer().await,
            "cancelled" => self.cancel(false).await,
            "cancelled long ago" => self.cancel(true).await,
            "outcome recorded" => self.record_outcome(false).await,
            "outcome recorded long ago" => self.record_outcome(true).await,
            "rotation begun" => self.begin_rotation().await,
            other => {
                let given = self.give_by_cloud(other).await?
                    || self.give_by_uaf(other).await?
                    || self.give_by_authenticator(other).await?
                    || self.give_offer(other).await?
                    || self.give_by_bank(other).await?
                    || self.give_by_browser(other).await?
                    || self.give_by_admin(other).await?
                    || self.give_access(other).await?;
                match given {
                    true => Ok(()),
                    false => Err(EventFailed::Event(format!("`given` has {other:?}, which nobody can give"))),
                }
            }
        }
    }

    /// What the named record of the stream is.
    pub(super) async fn record(&self, name: &str) -> Result<Value, EventFailed> {
        let wanted = match name {
            "enrolled-record" => {
                Wanted { event_name: "INSERT", kind: "device", by: (&["id"], self.text("device")?) }
            }
            "device-record" => {
                Wanted { event_name: "MODIFY", kind: "device", by: (&["id"], self.text("device")?) }
            }
            "enrolment-record" => {
                Wanted { event_name: "INSERT", kind: "enrolment", by: (&["id"], self.text("transaction")?) }
            }
            "asked-record" => {
                Wanted { event_name: "INSERT", kind: "challenge", by: (&["id"], self.text("challenge")?) }
            }
            "outcome-record" => {
                Wanted { event_name: "MODIFY", kind: "challenge", by: (&["id"], self.text("challenge")?) }
            }
            "consent-record" => {
                Wanted { event_name: "INSERT", kind: "consent", by: (&["id"], self.text("consent")?) }
            }
            "delivery-record" => Wanted {
                event_name: "INSERT",
                kind: "delivery",
                by: (&["subject", "challenge"], self.text("challenge")?),
            },
            other => return Err(EventFailed::Unknown(other.to_owned())),
        };
        records::find(self.renderer.now.app(), &self.renderer.aws, &wanted).await
    }

    fn side(&self, past: bool) -> &Side {
        if past { &self.past } else { &self.renderer.now }
    }

    pub(super) async fn backend(
        &self,
        past: bool,
        method: &str,
        path: &str,
        body: Value,
    ) -> Result<Value, EventFailed> {
        let credential = ("authorization", self.text("basic")?.to_owned());
        self.side(past).call(method, path, Some(credential), &body).await
    }

    async fn app(&self, method: &str, path: &str, body: Value) -> Result<Value, EventFailed> {
        let side = &self.renderer.now;
        self.text("device")?;
        let url = format!("{}{path}", self.renderer.public_url());
        let proof = self.device.prove(method, url, Side::text(&body).as_bytes(), side.now(), &SystemRandom);
        side.call(method, path, Some(("device-proof", proof.map_err(failed)?)), &body).await
    }

    async fn bind(&mut self) -> Result<(), EventFailed> {
        let body = json!({ "accountId": self.text("account")? });
        let bound = self.backend(false, "PUT", "/api/account/bind", body).await?;
        let text = |name: &str| bound[name].as_str().unwrap_or_default().to_owned();
        self.prove_keys(text("sessionToken"), text("privakeyId")).await
    }

    /// What it takes to redeem an enrolment token of `user`.
    pub(super) async fn prove_keys(&mut self, token: String, user: String) -> Result<(), EventFailed> {
        let now = &self.renderer.now;
        let lookup = json!({ "token": token });
        let lookup = now.call("POST", "/device/v1/enrolments/lookup", None, &lookup).await?;
        let nonce = lookup["nonce"].as_str().unwrap_or_default();
        let keys = &self.device.keys;
        let [auth, strong] = keys.prove(nonce, self.renderer.public_url(), now.now()).map_err(failed)?;
        let auth_key = serde_json::to_value(keys.auth.public()).map_err(failed)?;
        let strong_key = serde_json::to_value(keys.strong.public()).map_err(failed)?;
        self.set("enrolment-token", token);
        self.set("user", user.as_str());
        self.set("auth-key", auth_key);
        self.set("strong-key", strong_key);
        self.set("auth-proof", auth);
        self.set("strong-proof", strong);
        self.device.user = user;
        Ok(())
    }

    async fn enrol(&mut self) -> Result<(), EventFailed> {
        if !self.known.contains_key("enrolment-token") {
            self.bind().await?;
        }
        let body = json!({
            "token": self.known["enrolment-token"],
            "name": "Ann's phone",
            "platform": "android",
            "pushToken": format!("sample-{}", base64url(&chance::bytes::<24>(&SystemRandom))),
            "authKey": self.known["auth-key"],
            "strongKey": self.known["strong-key"],
            "authProof": self.known["auth-proof"],
            "strongProof": self.known["strong-proof"],
        });
        let enrolled = self.renderer.now.call("POST", "/device/v1/devices", None, &body).await?;
        self.set("device", enrolled["deviceGuid"].clone());
        self.device.guid = self.text("device")?.to_owned();
        Ok(())
    }

    async fn register_push(&self) -> Result<(), EventFailed> {
        self.renderer.now.record(&[self.record("enrolled-record").await?]).await
    }

    async fn remove_push_token(&self) -> Result<(), EventFailed> {
        self.app("PUT", "/device/v1/device/push-token", json!({ "pushToken": null })).await.map(drop)
    }

    async fn change_account(&self, how: &str) -> Result<(), EventFailed> {
        let body = json!({ "accountId": self.text("account")? });
        self.backend(false, "PATCH", &format!("/api/account/{how}"), body).await.map(drop)
    }

    async fn revoke_device(&self) -> Result<(), EventFailed> {
        let body = json!({ "deviceGuid": self.text("device")? });
        self.backend(false, "PATCH", "/api/device/revoke", body).await.map(drop)
    }

    async fn ask(&mut self, past: bool, mut body: Value) -> Result<(), EventFailed> {
        body["content"] = "Pay 120 EUR to ACME?".into();
        body["callback"] = self.known["callback"].clone();
        let asked = self.backend(past, "POST", "/api/request/add", body).await?;
        self.set("challenge", asked["guid"].clone());
        if let Some(uri) = asked["claimUri"].as_str() {
            // `demobank://claim=<token>&…`; a token is base64url and needs no decoding.
            let token = uri.split_once("claim=").and_then(|(_, rest)| rest.split('&').next());
            self.set("claim-token", token.unwrap_or_default());
        } else if !past && self.app.is_some() {
            self.read_authorization().await?;
        } else if !past && self.known.contains_key("device") {
            self.sign_answers().await?;
        }
        Ok(())
    }

    async fn sign_answers(&mut self) -> Result<(), EventFailed> {
        let path = format!("/device/v1/challenges/{}", self.text("challenge")?);
        let challenge = self.app("GET", &path, Value::Null).await?;
        let now = self.renderer.now.now();
        let device = &self.device;
        let sign = |answer, key| device.answer(&challenge, answer, key, now).map_err(failed);
        let approve = sign(Answer::Button(0), &device.keys.strong)?;
        let weak = sign(Answer::Button(0), &device.keys.auth)?;
        let decline = sign(Answer::Decline, &device.keys.auth)?;
        self.set("answer", approve);
        self.set("answer-by-auth-key", weak);
        self.set("answer-decline", decline);
        Ok(())
    }

    async fn answer(&self) -> Result<(), EventFailed> {
        let path = format!("/device/v1/challenges/{}/answer", self.text("challenge")?);
        self.app("POST", &path, json!({ "answer": self.text("answer")? })).await.map(drop)
    }

    async fn cancel(&self, past: bool) -> Result<(), EventFailed> {
        let body = json!({ "requestGuid": self.text("challenge")? });
        self.backend(past, "PATCH", "/api/request/cancel", body).await.map(drop)
    }

    async fn record_outcome(&self, past: bool) -> Result<(), EventFailed> {
        self.side(past).record(&[self.record("outcome-record").await?]).await
    }

    async fn begin_rotation(&self) -> Result<(), EventFailed> {
        for secret in ["signing-keys-secret", "sealing-keys-secret"] {
            let event = json!({
                "Step": "createSecret",
                "SecretId": self.text(secret)?,
                "ClientRequestToken": self.text("rotation-token")?,
            });
            self.renderer.now.run("key-rotate", event).await?;
        }
        Ok(())
    }
}
