//! What a backend has for apps of the Authenticator API beside questions: actions, which they scan, and consents.

use countersign_domain::device::AuthenticatorVersion::{V1, V2};
use countersign_domain::id::ConsentId;
use serde_json::{Value, json};

use super::EventFailed;
use super::provider::pairs;
use super::scene::{Scene, failed};

impl Scene<'_> {
    /// Makes `what`, and says whether it is an action or a consent.
    pub(super) async fn give_offer(&mut self, what: &str) -> Result<bool, EventFailed> {
        match what {
            "an action" => self.offer_action(json!({})).await?,
            "an action answered by scanning" => self.offer_action(json!({ "confirm": false })).await?,
            "action scanned" => self.scan_action().await?,
            "a consent" => self.give_consent().await?,
            "consent revoked" => self.revoke_consent().await?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    async fn offer_action(&mut self, mut body: Value) -> Result<(), EventFailed> {
        body["content"] = "Pay 120 EUR to ACME?".into();
        body["callback"] = self.known["callback"].clone();
        let offered = self.backend(false, "POST", "/api/action/add", body).await?;
        let link = offered["actionUriV1"].as_str().unwrap_or_default();
        let parts = link.split_once('?').map(|(_, query)| pairs(query)).unwrap_or_default();
        let action = parts.get("action_uuid").ok_or_else(|| failed(format!("no action: {offered}")))?;
        self.set("action", action.as_str());
        self.set("challenge", offered["guid"].clone());
        Ok(())
    }

    async fn scan_action(&mut self) -> Result<(), EventFailed> {
        let action = self.text("action")?.to_owned();
        match self.authenticator_app()?.version {
            V1 => self.by_app("PUT", &format!("/actions/{action}"), Value::Null).await?,
            V2 => {
                let data = json!({
                    "action_id": action,
                    "provider_id": self.known["provider-id"],
                    "connection_id": self.known["connection-id"],
                });
                self.by_app("POST", "/authorizations", data).await?
            }
        };
        self.read_authorization().await
    }

    async fn give_consent(&mut self) -> Result<(), EventFailed> {
        let body = json!({
            "accountId": self.text("account")?,
            "consentType": "aisp",
            "tppName": "Budget Planner",
            "accounts": [{ "name": "Current account", "iban": "DE02120300000000202051" }],
            "sharedData": { "balance": true, "transactions": false },
            "duration": "2160h",
            "callback": self.known["callback"],
        });
        let given = self.backend(false, "POST", "/api/consent/add", body).await?;
        self.keep_consent(&given["guid"])
    }

    fn keep_consent(&mut self, guid: &Value) -> Result<(), EventFailed> {
        let id: ConsentId = guid.as_str().unwrap_or_default().parse().map_err(failed)?;
        self.set("consent", id.to_string());
        self.set_id("consent-number", id.number().get().into());
        Ok(())
    }

    async fn revoke_consent(&self) -> Result<(), EventFailed> {
        let body = json!({ "consentGuid": self.text("consent")? });
        self.backend(false, "PUT", "/api/consent/revoke", body).await.map(drop)
    }
}
