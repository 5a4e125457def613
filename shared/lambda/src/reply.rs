//! Answers.

use http::header::{
    CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, LINK, LOCATION, REFERRER_POLICY, RETRY_AFTER,
    SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
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
    headers: Vec<(HeaderName, HeaderValue)>,
}

const JSON: &str = "application/json";

impl<T: Serialize> Reply<T> {
    /// 200.
    pub const fn ok(body: T) -> Self {
        Self::of(StatusCode::OK, Some(body))
    }

    /// 200 with a text in place of JSON.
    pub fn text(media_type: &'static str, text: impl Into<String>) -> Self {
        Self { media_type, text: Some(text.into()), ..Self::of(StatusCode::OK, None) }
    }

    const fn of(status: StatusCode, body: Option<T>) -> Self {
        Self {
            status,
            body,
            location: None,
            cacheable: None,
            media_type: JSON,
            text: None,
            cookie: None,
            headers: Vec::new(),
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

    /// With these headers too.
    pub fn headers(mut self, headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>) -> Self {
        self.headers.extend(headers);
        self
    }

    /// With a `Link` to the next part (RFC 8288).
    pub fn next(self, url: &str) -> Self {
        self.headers(HeaderValue::from_str(&format!("<{url}>; rel=\"next\"")).ok().map(|link| (LINK, link)))
    }

    /// JSON under another name.
    pub fn media_type(self, media_type: &'static str) -> Self {
        Self { media_type, ..self }
    }
}

impl Reply<()> {
    /// 304: what the caller has is still what there is.
    pub fn not_modified() -> Self {
        Self { status: StatusCode::NOT_MODIFIED, ..Self::empty() }
    }

    /// 302 to `url`. What the URL holds is for whoever follows it, and for no other site.
    pub fn redirect(url: impl Into<String>) -> Self {
        Self { status: StatusCode::FOUND, location: Some(url.into()), ..Self::empty() }
    }

    /// 204.
    pub const fn empty() -> Self {
        Self::of(StatusCode::NO_CONTENT, None)
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
            response.headers_mut().extend(reply.headers);
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
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if status == StatusCode::FOUND {
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    } else if !matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
    response
}
