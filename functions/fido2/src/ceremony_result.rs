//! What browsers are told of a ceremony's end.

use countersign_domain::refused::Refused;
use countersign_lambda::{Refusal, Reply};
use serde::Serialize;

/// `ok` with a transaction token, or `failed`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CeremonyResult {
    status: &'static str,
    error_message: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

impl CeremonyResult {
    /// Whatever is wrong with a credential or what it is for is told in one way: whoever sends one need not be the user.
    pub(crate) fn of(ended: Result<String, Refusal>) -> Result<Reply<Self>, Refusal> {
        let refusal = match ended {
            Ok(token) => {
                return Ok(Reply::ok(Self { status: "ok", error_message: "", token: Some(token) }));
            }
            Err(refusal) => refusal,
        };
        match &refusal {
            Refusal::Domain(Refused::TooMany { .. }) => Err(refusal),
            Refusal::Domain(_) | Refusal::UserNotActive | Refusal::LoginRequired => {
                tracing::info!(reason = ?refusal, "a ceremony failed");
                let error_message = "The credential was not accepted.";
                Ok(Reply::ok(Self { status: "failed", error_message, token: None }))
            }
            _ => Err(refusal),
        }
    }
}
