//! The ways in which the APIs speak: what a body may be, and how a refusal is told.

use http::StatusCode;
use http::header::HeaderValue;
use serde::Serialize;

use crate::refusal::{Refusal, Timestamp3339, Told};

/// How an API speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// The Request Origin API, the Device API and the logins.
    Countersign,
    /// The administration API: like Countersign, and refusals without a session say nothing of credentials.
    Admin,
    /// The REST calls of the Cloud API: refusals carry their status.
    Cloud,
    /// The app's side of the Cloud API: refusals are UAF status codes.
    App,
    /// UAF messages, likewise, under their own media type.
    Uaf,
    /// The Authenticator API, towards apps and banks: refusals are error classes.
    Authenticator,
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

#[derive(Serialize)]
struct AuthenticatorRefusal<'a> {
    error_class: &'static str,
    error_message: &'a str,
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

    /// A refusal in this API's words.
    pub(crate) fn tell(self, refusal: Refusal) -> Told {
        let mut told = refusal.tell();
        if self == Self::Authenticator {
            told.status = authenticator_status(&told);
        }
        told
    }

    /// The body of a refusal.
    pub(crate) fn refusal_body(self, told: &Told) -> Option<String> {
        let body = &told.body;
        match self {
            Self::Countersign | Self::Admin => serde_json::to_string(body),
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
            Self::Authenticator => serde_json::to_string(&AuthenticatorRefusal {
                error_class: error_class(told),
                error_message: &body.message,
            }),
        }
        .ok()
    }

    /// What a caller who did not prove who it is may prove it with.
    pub(crate) fn challenge(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Countersign => "Basic realm=\"countersign\", CX1-HMAC-SHA256, Bearer, Device-Proof",
            Self::Admin => "Session, CX1-HMAC-SHA256",
            Self::Cloud => "Bearer realm=\"countersign\"",
            Self::App | Self::Uaf => "Bearer realm=\"countersign\", Device-Signature",
            Self::Authenticator => "Access-Token",
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

/// The status of a refusal in the Authenticator API, whose apps know few.
fn authenticator_status(told: &Told) -> StatusCode {
    match told.status {
        StatusCode::FORBIDDEN => StatusCode::UNAUTHORIZED,
        // Its word for "there is no such user" is one of those that say who calls.
        StatusCode::NOT_FOUND if told.missing == Some("user") => StatusCode::UNAUTHORIZED,
        StatusCode::UNPROCESSABLE_ENTITY | StatusCode::PAYLOAD_TOO_LARGE => StatusCode::BAD_REQUEST,
        status => status,
    }
}

/// The word for a refusal in the Authenticator API.
fn error_class(told: &Told) -> &'static str {
    match (told.body.error, told.missing) {
        ("access_token_missing", _) => "AccessTokenMissing",
        ("signature_missing", _) => "SignatureMissing",
        ("signature_expired", _) => "SignatureExpired",
        ("invalid_signature", _) => "InvalidSignature",
        ("action_expired", _) => "ActionExpired",
        // Whoever may not act is as good as unknown: an app must not give its connection up for that.
        ("user_not_found" | "user_not_active" | "login_required", _) | (_, Some("user")) => "UserNotFound",
        ("connection_not_found" | "unauthorized", _) | (_, Some("connection")) => "ConnectionNotFound",
        (_, Some("authorization")) => "AuthorizationNotFound",
        (_, Some("action")) => "ActionNotFound",
        (_, Some("consent")) => "ConsentNotFound",
        (_, Some("provider")) => "ProviderNotFound",
        _ if told.status == StatusCode::TOO_MANY_REQUESTS => "TooManyRequests",
        _ if told.status == StatusCode::CONFLICT => "Conflict",
        _ if told.status == StatusCode::SERVICE_UNAVAILABLE => "ServiceUnavailable",
        _ if told.status.is_server_error() => "InternalServerError",
        _ => "WrongRequestFormat",
    }
}
