//! Why a call of the app side came to nothing.

use countersign_authenticator::uaf::ClientError;
use countersign_domain::time::{Span, Timestamp};
use serde::Deserialize;

use crate::device::error::CallError;
use crate::device::service::RawReply;

/// Why a call of the app side came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum UafError {
    /// The service answered, and refused.
    #[error("{0}")]
    Refused(Refusal),
    /// It could not be asked, or gave no answer of the protocol.
    #[error("{0}")]
    Call(#[from] CallError),
    /// The client does not answer the request.
    #[error("{0}")]
    Client(#[from] ClientError),
    /// The link is for something else than what it was to be used for.
    #[error("the link is for another operation")]
    OtherLink,
    /// The person said no, or nobody could be asked.
    #[error("it was not confirmed")]
    NotConfirmed,
    /// What is to be shown is not what would be signed.
    #[error("what is to be shown is not what would be signed")]
    NotGenuine,
    /// This app has no such account at this service.
    #[error("this app has no key at this service")]
    NoAccount,
    /// The account has no dispatch target, so that the app cannot sign calls.
    #[error("this app has no dispatch target at this service")]
    NoTarget,
}

/// The service's refusal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{http} {status_code}: {description}")]
pub struct Refusal {
    /// The HTTP status.
    pub http: u16,
    /// The UAF status code, e.g. 1404; where the reply has none, 1000 more than the HTTP status.
    pub status_code: u16,
    /// A sentence for people.
    pub description: String,
    /// How long to wait before the next try, from `Retry-After`.
    pub retry_after: Option<Span>,
    /// The time at the service, where the app's is too far off.
    pub server_time: Option<Timestamp>,
}

/// What every reply may have.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Status {
    status_code: Option<u16>,
    description: Option<String>,
    message: Option<String>,
    server_time: Option<String>,
}

/// The reply, unless it is a refusal: by its HTTP status, or by a status code that is none of 12xx.
pub(crate) fn accepted(reply: RawReply) -> Result<RawReply, UafError> {
    let status: Status = serde_json::from_slice(&reply.body).unwrap_or_default();
    let status_code = status.status_code.unwrap_or_else(|| reply.status.saturating_add(1000));
    if (200..300).contains(&reply.status) && (1200..1300).contains(&status_code) {
        return Ok(reply);
    }
    Err(UafError::Refused(Refusal {
        http: reply.status,
        status_code,
        description: status.description.or(status.message).unwrap_or_default(),
        retry_after: reply.retry_after,
        server_time: status.server_time.and_then(|text| text.parse().ok()),
    }))
}

impl UafError {
    /// The refusal, where the service refused.
    pub const fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// The status code of the refusal, where the service refused.
    pub const fn status_code(&self) -> Option<u16> {
        match self {
            Self::Refused(refusal) => Some(refusal.status_code),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> Result<(), (u16, String)> {
        let reply = RawReply { status, retry_after: Some(Span::secs(3)), body: body.into() };
        match accepted(reply) {
            Ok(_) => Ok(()),
            Err(UafError::Refused(refusal)) => {
                assert_eq!(refusal.http, status);
                Err((refusal.status_code, refusal.description))
            }
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_refusal_is_one_of_either_status() {
        assert_eq!(read(200, r#"{"statusCode":1200}"#), Ok(()));
        assert_eq!(read(202, r#"{"statusCode":1202}"#), Ok(()));
        assert_eq!(read(201, r#"{"id":"x"}"#), Ok(()));
        assert_eq!(read(204, ""), Ok(()));
        assert_eq!(read(200, r#"{"statusCode":1491,"description":"Used."}"#), Err((1491, "Used.".into())));
        assert_eq!(read(404, r#"{"statusCode":1404}"#), Err((1404, String::new())));
        assert_eq!(read(429, r#"{"error":"too_many","message":"Wait."}"#), Err((1429, "Wait.".into())));
        assert_eq!(read(502, "<html>"), Err((1502, String::new())));
        assert_eq!(
            read(404, r#"{"statusCode":1200}"#),
            Err((1200, String::new())),
            "the HTTP status counts too"
        );
    }
}
