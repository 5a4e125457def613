//! Why a call to the service came to nothing.

use std::fmt;

use countersign_crypto::signing_key::{KeyRefused, SigningFailed};
use countersign_domain::time::{Span, Timestamp};
use serde::Deserialize;

/// Why a call came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The service answered, and refused.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// No answer came. Whether the call arrived is not known; every call may be repeated.
    #[error("the service cannot be reached: {0}")]
    Unreachable(String),
    /// An answer came that the protocol does not know.
    #[error("the service answered with something else than the protocol says: {0}")]
    NotTheProtocol(&'static str),
    /// What the service delivered contradicts itself: it must not be shown, let alone answered.
    #[error("the challenge is not genuine: {0}")]
    NotGenuine(&'static str),
    /// The challenge has no nonce: it is decided, or not for this device.
    #[error("the challenge can no longer be answered")]
    NotOpen,
    /// There is no button of this index.
    #[error("the challenge has no button {0}")]
    NoSuchButton(usize),
    /// A key could not be made.
    #[error("the key {0}")]
    Key(#[from] KeyRefused),
    /// A signature could not be made.
    #[error("{0}")]
    Signing(#[from] SigningFailed),
    /// The body has no JSON form.
    #[error("the call has no JSON form")]
    Unsendable,
}

impl CallError {
    /// The refusal, where the service refused.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }
}

/// The service's refusal of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// Which refusal it is.
    pub code: ErrorCode,
    /// A sentence for people.
    pub message: String,
    /// The field that is wrong.
    pub field: Option<String>,
    /// With [`ErrorCode::WrongCode`]: how many tries are left.
    pub attempts_left: Option<u32>,
    /// How long to wait before the next try, from `Retry-After`.
    pub retry_after: Option<Span>,
    /// With [`ErrorCode::ClockSkew`]: the time at the service.
    pub server_time: Option<Timestamp>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.status, self.code, self.message)?;
        match &self.field {
            Some(field) => write!(f, " (field {field})"),
            None => Ok(()),
        }
    }
}

macro_rules! error_codes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)*) => {
        /// The word in `error` of a refusal.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum ErrorCode {
            $($(#[$doc])* $variant,)*
            /// A word that this client does not know.
            Other(String),
        }

        impl ErrorCode {
            /// The word itself.
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Other(word) => word,
                }
            }
        }

        impl From<String> for ErrorCode {
            fn from(word: String) -> Self {
                match word.as_str() {
                    $($word => Self::$variant,)*
                    _ => Self::Other(word),
                }
            }
        }
    };
}

error_codes! {
    /// 400: the body as a whole.
    Malformed = "malformed",
    /// 400: one field of it.
    InvalidField = "invalid_field",
    /// 401: the proof is missing or wrong, or the device is revoked.
    Unauthorized = "unauthorized",
    /// 401: the proof's `iat` is off.
    ClockSkew = "clock_skew",
    /// 401: the proof's `jti` was used before.
    Replayed = "replayed",
    /// 403: the user is suspended or revoked.
    UserNotActive = "user_not_active",
    /// 403: the user must log in at the identity provider again.
    LoginRequired = "login_required",
    /// 404.
    NotFound = "not_found",
    /// 409: a wrong matching code.
    WrongCode = "wrong_code",
    /// 409: others changed the same thing at the same time.
    Conflict = "conflict",
    /// 413.
    TooLarge = "too_large",
    /// 422: decided, cancelled or expired before.
    WrongState = "wrong_state",
    /// 429.
    TooMany = "too_many",
    /// 500.
    Internal = "internal",
    /// 503.
    Unavailable = "unavailable",
    /// 503: the identity provider cannot be asked.
    ProviderUnavailable = "provider_unavailable",
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The body of a refusal.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    error: String,
    #[serde(default)]
    message: String,
    field: Option<String>,
    attempts_left: Option<u32>,
    server_time: Option<String>,
}

impl Refusal {
    /// Reads a reply that is none of 2xx. One that did not come from the service itself (a gateway's) has no such
    /// body; then the status is all there is to tell.
    pub(crate) fn read(status: u16, retry_after: Option<Span>, body: &[u8]) -> Self {
        let body = serde_json::from_slice(body).unwrap_or_else(|_| Body {
            error: format!("http_{status}"),
            message: "the reply is not in the form of a refusal".to_owned(),
            field: None,
            attempts_left: None,
            server_time: None,
        });
        Self {
            status,
            code: body.error.into(),
            message: body.message,
            field: body.field,
            attempts_left: body.attempts_left,
            retry_after,
            server_time: body.server_time.and_then(|text| text.parse().ok()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_read_whole() {
        let body =
            br#"{"error":"wrong_code","message":"The code is wrong.","field":"code","attemptsLeft":3}"#;
        let refusal = Refusal::read(409, None, body);
        assert_eq!(refusal.code, ErrorCode::WrongCode);
        assert_eq!(refusal.attempts_left, Some(3));
        assert_eq!(refusal.to_string(), "409 wrong_code: The code is wrong. (field code)");

        let body = br#"{"error":"clock_skew","message":"Off.","serverTime":"2026-11-22T10:00:00.000Z"}"#;
        let refusal = Refusal::read(401, None, body);
        assert_eq!(refusal.server_time, Some(Timestamp::from_secs(1_795_341_600)));
    }

    #[test]
    fn a_reply_from_elsewhere_still_has_its_status() {
        let refusal = Refusal::read(502, Some(Span::secs(5)), b"<html>Bad Gateway</html>");
        assert_eq!(refusal.code, ErrorCode::Other("http_502".to_owned()));
        assert_eq!(refusal.retry_after, Some(Span::secs(5)));
    }

    #[test]
    fn every_word_of_the_protocol_is_known() {
        for word in [
            "malformed",
            "invalid_field",
            "unauthorized",
            "clock_skew",
            "replayed",
            "user_not_active",
            "login_required",
            "not_found",
            "wrong_code",
            "conflict",
            "too_large",
            "wrong_state",
            "too_many",
            "internal",
            "unavailable",
            "provider_unavailable",
        ] {
            let code = ErrorCode::from(word.to_owned());
            assert!(!matches!(code, ErrorCode::Other(_)), "{word}");
            assert_eq!(code.name(), word);
        }
    }
}
