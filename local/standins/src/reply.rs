//! What goes back to the caller.

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use hyper::body::Bytes;
use serde_json::Value;

/// A whole answer.
pub(crate) type Reply = Response<Bytes>;

/// An answer of `content` with its type.
pub(crate) fn of(status: StatusCode, content_type: &'static str, content: impl Into<Bytes>) -> Reply {
    let mut reply = Response::new(content.into());
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    reply
}

/// AWS JSON 1.0 (DynamoDB) or 1.1 (Secrets Manager).
pub(crate) fn json(status: StatusCode, content_type: &'static str, content: &Value) -> Reply {
    of(status, content_type, content.to_string())
}

/// DynamoDB's content type.
pub(crate) const JSON_1_0: &str = "application/x-amz-json-1.0";
/// Secrets Manager's content type.
pub(crate) const JSON_1_1: &str = "application/x-amz-json-1.1";
/// SNS's content type.
pub(crate) const XML: &str = "text/xml";
