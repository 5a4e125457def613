//! Answers.

use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, LOCATION, REFERRER_POLICY, RETRY_AFTER};
use http::{Response, StatusCode};
use serde::Serialize;

use crate::refusal::Refusal;

/// What an operation answers.
#[derive(Debug)]
pub struct Reply<T> {
    status: StatusCode,
    body: Option<T>,
    location: Option<String>,
    cacheable: Option<&'static str>,
}

impl<T: Serialize> Reply<T> {
    /// 200.
    pub const fn ok(body: T) -> Self {
        Self { status: StatusCode::OK, body: Some(body), location: None, cacheable: None }
    }

    /// 201, and the URL under which what was made can be asked for.
    pub fn created(body: T, url: impl Into<String>) -> Self {
        Self { status: StatusCode::CREATED, location: Some(url.into()), ..Self::ok(body) }
    }

    /// 202.
    pub const fn accepted(body: T) -> Self {
        Self { status: StatusCode::ACCEPTED, body: Some(body), location: None, cacheable: None }
    }

    /// With a `Cache-Control`; otherwise nothing may be stored.
    pub fn cached(self, cache_control: &'static str) -> Self {
        Self { cacheable: Some(cache_control), ..self }
    }
}

impl Reply<()> {
    /// 302 to `url`. What the URL holds is for whoever follows it, and for no other site.
    pub fn redirect(url: impl Into<String>) -> Self {
        Self { status: StatusCode::FOUND, location: Some(url.into()), ..Self::empty() }
    }

    /// 204.
    pub const fn empty() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: None, location: None, cacheable: None }
    }
}

/// The HTTP response for what an operation returned.
pub fn respond<T: Serialize>(answered: Result<Reply<T>, Refusal>) -> Response<String> {
    match answered {
        Ok(reply) => {
            let body = reply.body.and_then(|body| serde_json::to_string(&body).ok());
            let mut response = response(reply.status, body, reply.cacheable.unwrap_or("no-store"));
            if let Some(location) = reply.location.and_then(|url| HeaderValue::from_str(&url).ok()) {
                response.headers_mut().insert(LOCATION, location);
            }
            response
        }
        Err(refusal) => {
            let told = refusal.tell();
            tracing::info!(
                status = told.status.as_u16(),
                error = told.body.error,
                field = told.body.field,
                "refused"
            );
            let mut response = response(told.status, serde_json::to_string(&told.body).ok(), "no-store");
            if let Some(wait) = told.retry_after {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait.as_secs_up().max(1)));
            }
            if told.status == StatusCode::UNAUTHORIZED {
                let challenge =
                    HeaderValue::from_static("Basic realm=\"countersign\", CX1-HMAC-SHA256, Device-Proof");
                response.headers_mut().insert(http::header::WWW_AUTHENTICATE, challenge);
            }
            response
        }
    }
}

fn response(status: StatusCode, body: Option<String>, cache_control: &'static str) -> Response<String> {
    let mut response = Response::new(body.unwrap_or_default());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache_control));
    if status == StatusCode::FOUND {
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    } else if status != StatusCode::NO_CONTENT {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    response
}
