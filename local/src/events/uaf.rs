//! An app with a FIDO UAF authenticator: it registers, is reached, answers.

use countersign_authenticator::push_key::PushKey;
use countersign_authenticator::uaf::{Client, PHONE_FACET};
use countersign_crypto::encoding::from_base64url;
use countersign_crypto::system::SystemRandom;
use serde_json::{Value, json};

use super::EventFailed;
use super::scene::{Scene, failed};
use super::side::Side;

impl Scene<'_> {
    /// Makes `what`, and says whether it is of an app with UAF.
    pub(super) async fn give_by_uaf(&mut self, what: &str) -> Result<bool, EventFailed> {
        match what {
            "uaf registration requested" => self.request_registration().await?,
            "uaf registered" => self.register_key().await?,
            "uaf target" => self.become_target(true).await?,
            "uaf target without encryption" => self.become_target(false).await?,
            "uaf target revoked" => self.revoke_key().await?,
            "uaf push registered" => self.register_target().await?,
            "uaf authentication requested" => self.request_authentication().await?,
            "uaf authentication in the app" => self.request_in_app().await?,
            "approved by uaf" => self.approve().await?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Calls as a dispatch target, signed by it.
    pub(super) async fn signed_call(
        &self,
        method: &str,
        path: &str,
        body: Value,
    ) -> Result<Value, EventFailed> {
        let side = &self.renderer.now;
        let url = format!("{}{path}", self.renderer.public_url());
        let signed = self.device.prove(method, url, Side::text(&body).as_bytes(), side.now(), &SystemRandom);
        side.call(method, path, Some(("device-signature", signed.map_err(failed)?)), &body).await
    }

    /// The token of a link becomes a request, and the authenticator answers it.
    async fn request_registration(&mut self) -> Result<(), EventFailed> {
        let body = json!({ "token": self.text("dispatch-token")? });
        let request = self.renderer.now.call("POST", "/_app/token/redeem/registration", None, &body).await?;
        self.answer_by_uaf(&request)
    }

    async fn register_key(&mut self) -> Result<(), EventFailed> {
        if !self.known.contains_key("dispatch-token") {
            self.give_by_cloud("cloud user").await?;
        }
        self.request_registration().await?;
        let body = json!({
            "uafResponse": self.text("uaf-response")?,
            "context": { "deviceName": "Ann's phone", "platform": "android" },
        });
        let answer = self.send_uaf("/_app/uaf/1.1/registration/", body).await?;
        let token = answer["additionalTokens"][0]["value"].as_str().unwrap_or_default().to_owned();
        let device = claim(&token, "device")?;
        self.device.guid = device.as_str().unwrap_or_default().to_owned();
        self.set("device", device);
        self.set("device-token", token);
        self.set("auth-key", serde_json::to_value(self.device.keys.auth.public()).map_err(failed)?);
        Ok(())
    }

    async fn become_target(&mut self, encrypted: bool) -> Result<(), EventFailed> {
        let mut body = json!({
            "username": self.known["account"],
            "deviceId": "sample",
            "name": "Ann's phone",
            "target": Self::fresh("push"),
            "dispatcher": "firebase-cloud-messaging",
            "signatureKey": self.device.keys.auth.public(),
        });
        if encrypted {
            body["encryptionKey"] = PushKey::generate().public_jwk();
        }
        let credential = format!("Bearer {}", self.text("device-token")?);
        let path = "/_app/token/dispatch/targets/";
        self.renderer.now.call("POST", path, Some(("authorization", credential)), &body).await.map(drop)
    }

    async fn register_target(&self) -> Result<(), EventFailed> {
        self.renderer.now.record(&[self.record("device-record").await?]).await
    }

    async fn revoke_key(&self) -> Result<(), EventFailed> {
        let path = format!("/api/v1/authenticators/{}", self.text("device")?);
        let credential = format!("Bearer {}", self.text("access-key")?);
        let now = &self.renderer.now;
        now.call("DELETE", &path, Some(("authorization", credential)), &Value::Null).await.map(drop)
    }

    async fn request_authentication(&mut self) -> Result<(), EventFailed> {
        let body = json!({ "token": self.text("dispatch-token")? });
        let request =
            self.renderer.now.call("POST", "/_app/token/redeem/authentication", None, &body).await?;
        self.answer_by_uaf(&request)
    }

    async fn request_in_app(&mut self) -> Result<(), EventFailed> {
        let body = json!({ "op": "Auth", "context": {
            "username": self.known["account"], "appSpace": self.known["app-space"],
        }});
        let request = self.renderer.now.call("POST", "/_app/uaf/1.1/request/authentication/", None, &body);
        let request = request.await?;
        self.answer_by_uaf(&request)
    }

    async fn approve(&self) -> Result<(), EventFailed> {
        let body = json!({ "uafResponse": self.text("uaf-response")? });
        self.send_uaf("/_app/uaf/1.1/authentication/", body).await.map(drop)
    }

    /// The person says yes to whatever is shown.
    fn answer_by_uaf(&mut self, request: &Value) -> Result<(), EventFailed> {
        let message = request["uafRequest"].as_str().unwrap_or_default();
        let client = Client::new(PHONE_FACET).of_service(self.renderer.public_url());
        let answered = client.answer(message, std::slice::from_mut(&mut self.authenticator), &|_| true);
        let response = answered.map_err(failed)?.uaf_response;
        let response = response.ok_or_else(|| failed("the UAF client answered nothing"))?;
        self.set("uaf-response-text", Value::from(response.as_str()).to_string());
        self.set("uaf-response", response);
        Ok(())
    }

    /// Sends an answer; what UAF refuses comes with a good status of HTTP.
    async fn send_uaf(&self, path: &str, body: Value) -> Result<Value, EventFailed> {
        let answer = self.renderer.now.call("POST", path, None, &body).await?;
        match answer["statusCode"].as_u64() {
            Some(1200) => Ok(answer),
            _ => Err(failed(format!("POST {path} answered: {answer}"))),
        }
    }
}

/// A claim of a token, which is not verified: the service has just issued it.
fn claim(token: &str, name: &str) -> Result<Value, EventFailed> {
    let payload = token.split('.').nth(1).unwrap_or_default();
    let payload = from_base64url(payload).map_err(failed)?;
    let claims: Value = serde_json::from_slice(&payload).map_err(failed)?;
    Ok(claims[name].clone())
}
