//! Signatures of the very call that they stand in.

use countersign_authenticator::rsa_app::signature::{version_1, version_2};
use countersign_crypto::cx1;
use countersign_crypto::system::SystemRandom;
use countersign_domain::secret::Secret;
use serde_json::Value;

use super::scene::{Scene, failed};
use super::{EventFailed, Renderer};
use crate::demo::DemoOrigin;

/// The placeholders for them. Each stands in a header, of which no signature is made.
pub(super) const SIGNATURES: [&str; 7] = [
    "bank-signature",
    "body-signature",
    "call-signature",
    "company-signature",
    "device-signature",
    "hmac",
    "proof",
];

impl Renderer {
    /// The signature `what` over `call`, which has everything else in place.
    pub(super) fn sign(&self, what: &str, call: &Value, scene: &Scene<'_>) -> Result<String, EventFailed> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let method = text(&call["requestContext"]["http"]["method"]);
        let (query, body) = (text(&call["rawQueryString"]), text(&call["body"]));
        let url = format!("{}{}", self.public_url(), text(&call["rawPath"]));
        let whole_url = || if query.is_empty() { url.clone() } else { format!("{url}?{query}") };
        match what {
            "hmac" => {
                let DemoOrigin { guid, key, .. } = self.origin("hmac")?;
                let secret = Secret::new(key.clone());
                let signed = cx1::sign(&secret, guid, self.now.now(), &method, &whole_url(), body.as_bytes());
                Ok(signed.expose().clone())
            }
            "company-signature" => {
                let holder =
                    scene.key_holder.as_ref().ok_or_else(|| EventFailed::Unknown(what.to_owned()))?;
                let guid = holder.id.to_string();
                let signed =
                    cx1::sign(&holder.secret, &guid, self.now.now(), &method, &whole_url(), body.as_bytes());
                Ok(signed.expose().clone())
            }
            "call-signature" => {
                let key = &scene.authenticator_app()?.key;
                let expires_at = text(&call["headers"]["expires-at"]);
                version_1(key, &method, &whole_url(), &expires_at, body.as_bytes()).map_err(failed)
            }
            "bank-signature" => version_2(scene.bank_key()?, body.as_bytes()).map_err(failed),
            "body-signature" => version_2(&scene.authenticator_app()?.key, body.as_bytes()).map_err(failed),
            _ if scene.device.guid.is_empty() => Err(EventFailed::Unknown(what.to_owned())),
            _ => {
                let now = self.now.now();
                scene.device.prove(&method, url, body.as_bytes(), now, &SystemRandom).map_err(failed)
            }
        }
    }
}
