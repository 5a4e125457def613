//! Calls that are signed by CX1-HMAC-SHA256, whoever's secret it is.

use countersign_crypto::cx1::{Cx1Credential, WINDOW};
use countersign_domain::secret::Secret;
use countersign_domain::time::Span;
use countersign_store::guards::Seen;

use crate::app::App;
use crate::call::Parts;
use crate::refusal::Refusal;

/// Verifies the signature of a call; without a secret, in the same time, in vain. Gives what keeps it from being taken twice.
pub(crate) fn verify(
    app: &App,
    parts: &Parts,
    credential: &Cx1Credential,
    secret: Option<&Secret<String>>,
) -> Result<Seen, Refusal> {
    let nobodys = Secret::new(String::new());
    let url = parts.full_url(&app.settings);
    let verified = credential.verify(secret.unwrap_or(&nobodys), &parts.method, &url, &parts.raw_body);
    if verified.is_err() || secret.is_none() {
        return Err(Refusal::Unauthorized);
    }
    let now = app.now();
    // Only who signed well is told that the clock is off.
    credential.check_time(now).map_err(|_| Refusal::ClockSkew { server_time: now })?;
    let until = credential.timestamp() + WINDOW + Span::secs(1);
    Ok(Seen::new("cx1", &credential.once().to_string(), until))
}
