//! Cross-origin requests, answered as API Gateway answers them by the template's `CorsConfiguration`.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, HeaderValue, ORIGIN,
};
use http::request::Parts;
use http::{Method, Response, StatusCode};

/// `AllowOrigins`: any page may post what WebAuthn gave it; what is in it says for which origin it was made.
pub const ALLOW_ORIGINS: &str = "*";
/// `AllowMethods`.
pub const ALLOW_METHODS: &str = "POST";
/// `AllowHeaders`. Without `authorization` no page can use a backend's credential.
pub const ALLOW_HEADERS: &str = "content-type";
/// `MaxAge`, in seconds.
pub const MAX_AGE: &str = "600";

/// The answer to a browser that asks before it sends; nothing for every other request.
pub(crate) fn preflight(head: &Parts) -> Option<Response<String>> {
    let asks = head.headers.contains_key(ORIGIN) && head.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    if head.method != Method::OPTIONS || !asks {
        return None;
    }
    let mut response = Response::new(String::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static(ALLOW_ORIGINS));
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(ALLOW_METHODS));
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(ALLOW_HEADERS));
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
    Some(response)
}

/// Lets the page read the answer, if a page asked.
pub(crate) fn allow(head: &Parts, response: &mut Response<String>) {
    if head.headers.contains_key(ORIGIN) {
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static(ALLOW_ORIGINS));
    }
}
