//! The ways in which the APIs speak: what a body may be, and how a refusal is told.

use http::StatusCode;
use http::header::HeaderValue;
use serde::Serialize;

use crate::refusal::{Timestamp3339, Told};

/// How an API speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// The Request Origin API, the Device API and the logins.
    Countersign,
    /// The REST calls of the Cloud API: refusals carry their status.
    Cloud,
    /// The app's side of the Cloud API: refusals are UAF status codes.
    App,
    /// UAF messages, likewise, under their own media type.
    Uaf,
}

/// The media type of UAF messages (FIDO UAF Application API and Transport Binding, HTTPS transport).
pub const FIDO_UAF: &str = "application/fido+uaf;charset=UTF-8";

#[derive(Serialize)]
struct CloudRefusal<'a> {
    error: &'a str,
    message: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(rename = "attemptsLeft", skip_serializing_if = "Option::is_none")]
    attempts_left: Option<u8>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UafRefusal<'a> {
    status_code: u16,
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    server_time: Option<Timestamp3339>,
}

impl Dialect {
    /// Whether a body of this media type is JSON to this API.
    pub(crate) fn takes_json_as(self, media_type: &str) -> bool {
        media_type == "application/json" || (self == Self::Uaf && media_type == "application/fido+uaf")
    }

    /// The media type of a refusal.
    pub(crate) fn media_type(self) -> &'static str {
        if self == Self::Uaf { FIDO_UAF } else { "application/json" }
    }

    /// The body of a refusal.
    pub(crate) fn refusal_body(self, told: &Told) -> Option<String> {
        let body = &told.body;
        match self {
            Self::Countersign => serde_json::to_string(body),
            Self::Cloud => serde_json::to_string(&CloudRefusal {
                error: body.error,
                message: &body.message,
                status: told.status.as_u16(),
                field: body.field.as_deref(),
                attempts_left: body.attempts_left,
            }),
            Self::App | Self::Uaf => serde_json::to_string(&UafRefusal {
                status_code: uaf_status(told.status),
                description: &body.message,
                server_time: body.server_time,
            }),
        }
        .ok()
    }

    /// What a caller who did not prove who it is may prove it with.
    pub(crate) fn challenge(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Countersign => "Basic realm=\"countersign\", CX1-HMAC-SHA256, Bearer, Device-Proof",
            Self::Cloud => "Bearer realm=\"countersign\"",
            Self::App | Self::Uaf => "Bearer realm=\"countersign\", Device-Signature",
        })
    }
}

/// The UAF status code for a refusal before anything of UAF was looked at (UAF Status Codes, same document).
fn uaf_status(status: StatusCode) -> u16 {
    match status {
        StatusCode::UNAUTHORIZED => 1401,
        StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS => 1403,
        StatusCode::NOT_FOUND => 1404,
        status if status.is_server_error() => 1500,
        _ => 1400,
    }
}
