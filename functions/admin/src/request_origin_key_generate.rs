//! `POST …/requestOrigins/{requestOrigin}/keyManagement`: a new credential, or a new secret for webhooks. The old one dies at
//! once.

use countersign_domain::event::EventKind;
use countersign_domain::invalid::Invalid;
use countersign_domain::request_origin::RequestOrigin;
use countersign_domain::secret::Secret;
use countersign_lambda::setup::origin_keys::{self, KeyType};
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::{Deserialize, Serialize};

use crate::origin_change::{Change, change};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    /// `basic`, `hmac` or `webhook`.
    key_type: String,
}

/// The only time that it is shown. No `Debug`.
#[derive(Serialize)]
pub(crate) struct KeyView {
    key: String,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<KeyView>, Refusal> {
    let sealing = app.keys.sealing().await?;
    let key = change(app, &call, Some("key"), |_, old| {
        Ok(match call.body.key_type.as_str() {
            "webhook" => {
                let (webhook_secret, key) = origin_keys::webhook_secret(&sealing, old.id, app.random());
                let new = RequestOrigin { webhook_secret, ..old };
                Change::to(new, EventKind::RequestOriginWebhookSecretGenerated, None, key)
            }
            text => {
                let key_type = KeyType::parse("keyType", text)
                    .map_err(|_| Invalid::new("keyType", "is neither basic, hmac nor webhook"))?;
                let (credential, key) = origin_keys::credential(key_type, &sealing, old.id, app.random());
                let new = RequestOrigin { credential, ..old };
                let detail = Some(key_type.to_string());
                Change::to(new, EventKind::RequestOriginKeyGenerated, detail, key)
            }
        })
    });
    let key: Secret<String> = key.await?;
    Ok(Reply::ok(KeyView { key: key.expose().clone() }))
}
