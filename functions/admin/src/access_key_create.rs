//! `POST …/requestOrigins/{requestOrigin}/accessKeys/new`: a key for the Cloud API.

use countersign_domain::event::EventKind;
use countersign_domain::invalid::Invalid;
use countersign_domain::refused::Refused;
use countersign_domain::time::Timestamp;
use countersign_lambda::refusal::{Timestamp3339, internal};
use countersign_lambda::setup::origin_keys;
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::{Deserialize, Serialize};

use crate::origin_change::{Change, change};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    /// RFC 3339; without it the key is good until it is revoked.
    expires_at: Option<String>,
}

/// The only time that the key is shown. No `Debug`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccessKeyMade {
    id: String,
    access_key: String,
    created_at: Timestamp3339,
    expires_at: Option<Timestamp3339>,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<AccessKeyMade>, Refusal> {
    let signing = app.keys.signing().await?;
    let made = change(app, &call, Some("access key"), |caller, old| {
        if !old.is_active() {
            return Err(Refused::WrongState { what: "Request Origin", state: "without a key" }.into());
        }
        let end = expiry(call.body.expires_at.as_deref(), app.now())?;
        let issued = origin_keys::access_key(app, &signing, &caller.base_url, old.id, old.app_space, end);
        let (record, key) = issued.map_err(|_| internal("an access key cannot be signed")())?;
        let made = AccessKeyMade {
            id: record.id.clone(),
            access_key: key.expose().clone(),
            created_at: Timestamp3339(record.created_at),
            expires_at: record.expires_at.map(Timestamp3339),
        };
        let (id, detail) = (record.id.clone(), format!("of Request Origin {}", old.id));
        let base = &caller.base_url;
        let path = format!(
            "companies/{}/appSpaces/{}/requestOrigins/{}",
            caller.company.value.id, old.app_space, old.id
        );
        let url = format!("{base}/admin/api/{path}/accessKeys/{id}");
        Ok(Change::To {
            new: old.with_access_key(record, app.now())?,
            event: EventKind::AccessKeyGenerated,
            subject: Some(id),
            detail: Some(detail),
            made: (made, url),
        })
    });
    let (made, url) = made.await?;
    Ok(Reply::created(made, url))
}

fn expiry(text: Option<&str>, now: Timestamp) -> Result<Option<Timestamp>, Invalid> {
    let Some(text) = text else { return Ok(None) };
    let end: Timestamp = text.parse().map_err(|_| Invalid::new("expiresAt", "is not an RFC 3339 time"))?;
    // Tokens know whole seconds.
    let end = Timestamp::from_secs(end.secs());
    if end > now { Ok(Some(end)) } else { Err(Invalid::new("expiresAt", "is over")) }
}
