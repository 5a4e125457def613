//! A browser with a WebAuthn authenticator, on a page of the demo or of its Request Origin.

use serde_json::{Value, json};

use super::EventFailed;
use super::scene::{Scene, failed};

/// The page's host, which the demo's Request Origins may use; and its origin.
const DOMAIN: &str = "localhost";
const PAGE: &str = "http://localhost";

impl Scene<'_> {
    /// Makes `what`, and says whether it is of a browser.
    pub(super) async fn give_by_browser(&mut self, what: &str) -> Result<bool, EventFailed> {
        match what {
            "fido2 registered" => self.register_credential().await?,
            "webauthn begun" => self.begin_webauthn().await?,
            "webauthn registered" => self.register_webauthn().await?,
            "webauthn asked" => self.ask_by_webauthn().await?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Answers `options` of a registration: from here on `credential` is it.
    pub(super) fn create_credential(&mut self) -> Result<(), EventFailed> {
        let options = self.known["options"].clone();
        let credential = self.browser.create(&options, PAGE).map_err(failed)?;
        self.keep_credential(&credential);
        Ok(())
    }

    /// Answers the options of an authentication: from here on `credential` is it.
    pub(super) fn use_credential(&mut self, options: &Value) -> Result<(), EventFailed> {
        let credential = self.browser.get(options, PAGE).map_err(failed)?;
        self.keep_credential(&credential);
        Ok(())
    }

    /// From here on `credential` is this one.
    pub(super) fn keep_credential(&mut self, credential: &Value) {
        self.set("credential-id", credential["id"].clone());
        self.set("credential-response", credential["response"].clone());
        self.set("credential", credential.clone());
    }

    async fn register_credential(&mut self) -> Result<(), EventFailed> {
        if !self.known.contains_key("credential") {
            self.give_by_cloud("cloud user at a browser").await?;
        }
        let answer =
            self.renderer.now.call("POST", "/_app/attestation/result", None, &self.known["credential"]);
        let answer = answer.await?;
        match answer["status"].as_str() {
            Some("ok") => Ok(()),
            _ => Err(failed(format!("the credential was not registered: {answer}"))),
        }
    }

    async fn begin_webauthn(&mut self) -> Result<(), EventFailed> {
        let body = json!({ "accountId": self.known["account"], "domain": DOMAIN });
        let begun = self.backend(false, "PUT", "/api/account/webauthn/bind", body).await?;
        self.set("user", begun["privakeyId"].clone());
        self.set("options", begun["registrationOptions"].clone());
        self.create_credential()
    }

    async fn register_webauthn(&mut self) -> Result<(), EventFailed> {
        if !self.known.contains_key("credential") {
            self.begin_webauthn().await?;
        }
        let body = json!({ "accountId": self.known["account"], "credential": self.known["credential"] });
        self.backend(false, "POST", "/api/account/webauthn/register", body).await.map(drop)
    }

    async fn ask_by_webauthn(&mut self) -> Result<(), EventFailed> {
        let body = json!({ "accountId": self.known["account"], "domain": DOMAIN });
        let asked = self.backend(false, "POST", "/api/request/webauthn/authenticate", body).await?;
        self.set("challenge", asked["requestGuid"].clone());
        self.use_credential(&asked["requestOptions"])
    }
}
