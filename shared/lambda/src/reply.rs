//! Answers.

use http::header::{
    CACHE_CONTROL, CONTENT_TYPE, HeaderValue, LOCATION, REFERRER_POLICY, RETRY_AFTER, SET_COOKIE,
};
use http::{Response, StatusCode};
use serde::Serialize;

use crate::dialect::Dialect;
use crate::refusal::Refusal;

/// What an operation answers.
#[derive(Debug)]
pub struct Reply<T> {
    status: StatusCode,
    body: Option<T>,
    location: Option<String>,
    cacheable: Option<&'static str>,
    media_type: &'static str,
    /// A body that is not JSON.
    text: Option<String>,
    cookie: Option<String>,
}

const JSON: &str = "application/json";

impl<T: Serialize> Reply<T> {
    /// 200.
    pub const fn ok(body: T) -> Self {
        Self {
            status: StatusCode::OK,
            body: Some(body),
            location: None,
            cacheable: None,
            media_type: JSON,
            text: None,
            cookie: None,
        }
    }

    /// 201, and the URL under which what was made can be asked for.
    pub fn created(body: T, url: impl Into<String>) -> Self {
        Self { status: StatusCode::CREATED, location: Some(url.into()), ..Self::ok(body) }
    }

    /// 201, for what has no URL of its own.
    pub fn made(body: T) -> Self {
        Self { status: StatusCode::CREATED, ..Self::ok(body) }
    }

    /// 202.
    pub fn accepted(body: T) -> Self {
        Self { status: StatusCode::ACCEPTED, ..Self::ok(body) }
    }

    /// With a `Cache-Control`; otherwise nothing may be stored.
    pub fn cached(self, cache_control: &'static str) -> Self {
        Self { cacheable: Some(cache_control), ..self }
    }

    /// With a `Set-Cookie`.
    pub fn cookie(self, cookie: String) -> Self {
        Self { cookie: Some(cookie), ..self }
    }

    /// JSON under another name.
    pub fn media_type(self, media_type: &'static str) -> Self {
        Self { media_type, ..self }
    }
}

impl Reply<()> {
    /// 200 with a text.
    pub fn text(media_type: &'static str, text: impl Into<String>) -> Self {
        Self { status: StatusCode::OK, media_type, text: Some(text.into()), ..Self::empty() }
    }

    /// 302 to `url`. What the URL holds is for whoever follows it, and for no other site.
    pub fn redirect(url: impl Into<String>) -> Self {
        Self { status: StatusCode::FOUND, location: Some(url.into()), ..Self::empty() }
    }

    /// 204.
    pub const fn empty() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            body: None,
            location: None,
            cacheable: None,
            media_type: JSON,
            text: None,
            cookie: None,
        }
    }
}

/// The HTTP response for what an operation returned, in the words of its API.
pub fn respond<T: Serialize>(dialect: Dialect, answered: Result<Reply<T>, Refusal>) -> Response<String> {
    match answered {
        Ok(reply) => {
            let body = reply.body.and_then(|body| serde_json::to_string(&body).ok());
            let cache_control = reply.cacheable.unwrap_or("no-store");
            let mut response = response(reply.status, body.or(reply.text), cache_control, reply.media_type);
            if let Some(location) = reply.location.and_then(|url| HeaderValue::from_str(&url).ok()) {
                response.headers_mut().insert(LOCATION, location);
            }
            if let Some(cookie) = reply.cookie.and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
                response.headers_mut().insert(SET_COOKIE, cookie);
            }
            response
        }
        Err(refusal) => {
            let told = dialect.tell(refusal);
            tracing::info!(
                status = told.status.as_u16(),
                error = told.body.error,
                field = told.body.field,
                "refused"
            );
            let body = dialect.refusal_body(&told);
            let mut response = response(told.status, body, "no-store", dialect.media_type());
            if let Some(wait) = told.retry_after {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait.as_secs_up().max(1)));
            }
            if told.status == StatusCode::UNAUTHORIZED {
                response.headers_mut().insert(http::header::WWW_AUTHENTICATE, dialect.challenge());
            }
            response
        }
    }
}

fn response(
    status: StatusCode,
    body: Option<String>,
    cache_control: &'static str,
    media_type: &'static str,
) -> Response<String> {
    let mut response = Response::new(body.unwrap_or_default());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache_control));
    if status == StatusCode::FOUND {
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    } else if status != StatusCode::NO_CONTENT {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
    response
}
