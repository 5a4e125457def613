//! Requests as the gateway hands them over.

use http::Method;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use lambda_http::{Body, Request, RequestExt};

/// A request with this body. A query of other characters than a URL may have comes percent-encoded, as the gateway
/// would hand it over.
pub fn request(method: Method, path: &str, query: &str, media_type: &'static str, body: &[u8]) -> Request {
    let uri = if query.is_empty() { path.to_owned() } else { format!("{path}?{}", in_a_url(query)) };
    let mut request = Request::new(Body::from(body.to_vec()));
    *request.method_mut() = method;
    *request.uri_mut() = uri.parse().unwrap_or_else(|_| http::Uri::from_static("/"));
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    request.with_raw_http_path(path)
}

/// The request with one more header. `None` where HTTP has no such value.
pub fn with_header(mut request: Request, name: &'static str, value: &[u8]) -> Option<Request> {
    let value = HeaderValue::from_bytes(value).ok()?;
    request.headers_mut().append(HeaderName::from_static(name), value);
    Some(request)
}

/// `text` with everything encoded that a URL's query cannot have.
pub fn in_a_url(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'!' | b'$'..=b';' | b'=' | b'?'..=b'~' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
