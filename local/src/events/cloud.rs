//! What a backend of the Cloud API does before an event: it enrols, asks, and lets frontends begin.

use countersign_crypto::encoding::{base64url, from_base64url};
use countersign_crypto::short_code::ShortCode;
use countersign_crypto::system::SystemRandom;
use countersign_domain::chance;
use countersign_domain::id::EnrolmentId;
use serde_json::{Value, json};

use super::EventFailed;
use super::scene::{Scene, failed};

/// What is asked, where somebody is asked something.
const MESSAGE: &str = "Pay 120 EUR to ACME?";

/// How many numbers of the North American plan are kept for fiction, at 555-0100.
const FICTIONAL_NUMBERS: u8 = 100;

impl Scene<'_> {
    /// Makes `what`, and says whether it is of this API.
    pub(super) async fn give_by_cloud(&mut self, what: &str) -> Result<bool, EventFailed> {
        match what {
            "cloud user" => self.begin_enrolment("app", json!({})).await?,
            "cloud user named by a UUID" => self.begin_by_uuid().await?,
            "cloud user at a phone number" => self.begin_by_sms().await?,
            "cloud user at a browser" => self.begin_at_browser().await?,
            "phone number verified" => self.verify_phone().await?,
            "recovery codes" => self.give_recovery_codes().await?,
            "asked by link" => self.ask_by_cloud("app", json!({ "authenticatorId": "*" })).await?,
            "asked by push" => self.ask_by_push().await?,
            "asked by sms" => self.ask_by_sms().await?,
            "asked at a browser" => self.ask_at_browser().await?,
            "asked whoever scans it" => self.ask_whoever_scans().await?,
            "intent to enrol" => self.allow_to("enroll").await?,
            "intent to ask" => self.allow_to("approve").await?,
            "transaction token" => self.fetch_transaction_token().await?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Calls the API as a Request Origin, with its access key.
    pub(super) async fn by_access_key(&self, path: &str, body: Value) -> Result<Value, EventFailed> {
        let credential = format!("Bearer {}", self.text("access-key")?);
        self.renderer.now.call("POST", path, Some(("authorization", credential)), &body).await
    }

    /// What of an answer is the same for every enrolment: whose, which, and how to ask for it.
    async fn begin_enrolment(&mut self, channel: &str, mut body: Value) -> Result<(), EventFailed> {
        body["username"] = self.known["account"].clone();
        body["channel"] = channel.into();
        let begun = self.by_access_key("/api/v1/users/enroll", body).await?;
        let user = begun["userId"].as_str().unwrap_or_default();
        self.device.user = user.to_owned();
        self.set("user", user);
        let enrollment = &begun["enrollment"];
        for (name, member) in [
            ("transaction", "transactionId"),
            ("status-token", "statusToken"),
            ("options", "credentialCreationOptions"),
            ("recovery-codes", "recoveryCodes"),
        ] {
            if !enrollment[member].is_null() {
                self.set(name, enrollment[member].clone());
            }
        }
        self.keep_dispatch_token(&enrollment["appLinkUri"])
    }

    /// The token in a link; of no link, none.
    fn keep_dispatch_token(&mut self, link: &Value) -> Result<(), EventFailed> {
        let Some(link) = link.as_str() else { return Ok(()) };
        let data = link.split_once("dispatchTokenResponse=").map(|(_, data)| data).unwrap_or_default();
        let data = from_base64url(data).map_err(failed)?;
        let data: Value = serde_json::from_slice(&data).map_err(failed)?;
        self.set("dispatch-token", data["nma_data"]["token"].clone());
        Ok(())
    }

    /// Azure AD B2C has no other names.
    async fn begin_by_uuid(&mut self) -> Result<(), EventFailed> {
        let uuid = EnrolmentId::new(self.renderer.now.now(), &SystemRandom);
        self.set("account", uuid.to_string());
        self.begin_enrolment("app", json!({})).await
    }

    async fn begin_by_sms(&mut self) -> Result<(), EventFailed> {
        let [number] = chance::bytes::<1>(&SystemRandom);
        let phone = format!("+1202555{:04}", 100 + u16::from(number % FICTIONAL_NUMBERS));
        self.begin_enrolment("sms", json!({ "phone": phone })).await?;
        self.know_code("transaction").await
    }

    /// The code that an SMS brings: a job sends it, and it is derived from the operation's id.
    async fn know_code(&mut self, operation: &str) -> Result<(), EventFailed> {
        let sealing = self.renderer.now.app().keys.sealing().await.map_err(failed)?;
        let code = ShortCode::derived(&sealing, None, self.text(operation)?.as_bytes()).map_err(failed)?;
        self.set("code", code.expose());
        Ok(())
    }

    async fn verify_phone(&mut self) -> Result<(), EventFailed> {
        let path = format!("/api/v1/users/{}/verification", self.text("user")?);
        let body = json!({ "code": self.text("code")?, "statusToken": self.text("status-token")? });
        self.by_access_key(&path, body).await.map(drop)
    }

    async fn give_recovery_codes(&mut self) -> Result<(), EventFailed> {
        self.begin_enrolment("recovery", json!({})).await?;
        let code = self.known["recovery-codes"][0].clone();
        self.set("recovery-code", code);
        Ok(())
    }

    /// Asks the user; what waits for an answer is what `challenge` and `status-token` are about from here on.
    async fn ask_by_cloud(&mut self, channel: &str, mut body: Value) -> Result<(), EventFailed> {
        body["username"] = self.known["account"].clone();
        self.ask_on(channel, body).await.map(drop)
    }

    async fn ask_on(&mut self, channel: &str, mut body: Value) -> Result<Value, EventFailed> {
        body["channel"] = channel.into();
        if channel != "sms" {
            body["message"] = MESSAGE.into();
        }
        let asked = self.by_access_key("/api/v1/approval", body).await?;
        self.set("challenge", asked["transactionId"].clone());
        self.set("transaction", asked["transactionId"].clone());
        self.set("status-token", asked["statusToken"].clone());
        self.keep_dispatch_token(&asked["appLinkUri"])?;
        Ok(asked)
    }

    /// The app learns of it by asking what waits; a push would bring the same.
    async fn ask_by_push(&mut self) -> Result<(), EventFailed> {
        self.ask_by_cloud("push", json!({})).await?;
        let pending = self.signed_call("GET", "/_app/token/dispatch/pending/", Value::Null).await?;
        self.set("dispatch-token", pending["operations"][0]["nma_data"]["token"].clone());
        Ok(())
    }

    async fn ask_by_sms(&mut self) -> Result<(), EventFailed> {
        self.ask_by_cloud("sms", json!({})).await?;
        self.know_code("transaction").await
    }

    async fn ask_whoever_scans(&mut self) -> Result<(), EventFailed> {
        self.ask_on("app", json!({})).await.map(drop)
    }

    async fn begin_at_browser(&mut self) -> Result<(), EventFailed> {
        self.begin_enrolment("fido2", json!({})).await?;
        self.create_credential()
    }

    async fn ask_at_browser(&mut self) -> Result<(), EventFailed> {
        let body = json!({ "username": self.known["account"] });
        let asked = self.ask_on("fido2", body).await?;
        self.use_credential(&asked["credentialRequestOptions"])
    }

    async fn allow_to(&mut self, operation: &str) -> Result<(), EventFailed> {
        let body = json!({ "username": self.known["account"], "operation": operation });
        let allowed = self.by_access_key("/api/v1/intent", body).await?;
        self.set("intent-token", allowed["token"].clone());
        Ok(())
    }

    async fn fetch_transaction_token(&mut self) -> Result<(), EventFailed> {
        let body = json!({ "statusToken": self.text("status-token")? });
        let status = self.renderer.now.call("POST", "/api/v1/status", None, &body).await?;
        self.set("transaction-token", status["token"].clone());
        Ok(())
    }

    /// A name that nobody else has.
    pub(super) fn fresh(what: &str) -> String {
        format!("sample-{what}-{}", base64url(&chance::bytes::<9>(&SystemRandom)))
    }
}
