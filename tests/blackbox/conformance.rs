//! Every exchange of every test is checked against the OpenAPI documents.

use std::sync::{Arc, LazyLock, Mutex};

use countersign_local::gateway::{Exchange, Observer};
use http::HeaderMap;
use http::header::CONTENT_TYPE;

use crate::openapi::Api;

static API: LazyLock<Api> = LazyLock::new(|| Api::load().expect("the OpenAPI documents are in docs/openapi"));

/// What was not as documented. Dropped with something in it, it fails the test.
#[derive(Default)]
pub(crate) struct Conformance(Arc<Mutex<Vec<String>>>);

impl Conformance {
    pub(crate) fn observer(&self) -> Observer {
        let found = Arc::clone(&self.0);
        Arc::new(move |exchange| found.lock().unwrap().extend(judge(exchange)))
    }
}

impl Drop for Conformance {
    fn drop(&mut self) {
        let found = self.0.lock().unwrap();
        // A test that failed already has a better reason.
        assert!(found.is_empty() || std::thread::panicking(), "not as documented:\n{}", found.join("\n"));
    }
}

fn judge(exchange: &Exchange<'_>) -> Vec<String> {
    let Exchange { request, request_body, response, .. } = exchange;
    let (method, path) = (request.method.as_str(), request.uri.path());
    let status = response.status().as_u16();
    let reply =
        API.check_reply(method, path, status, content_type(response.headers()), response.body().as_bytes());
    let mut found = reply.err().unwrap_or_default();
    let headers = response.headers().iter();
    let headers: Vec<(&str, &str)> =
        headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?))).collect();
    found.extend(API.check_reply_headers(method, path, status, &headers).err().unwrap_or_default());
    // What was accepted must be documented as acceptable.
    if response.status().is_success() {
        let query = request.uri.query().unwrap_or_default();
        let request = API.check_request(method, path, query, content_type(&request.headers), request_body);
        found.extend(request.err().unwrap_or_default());
    }
    found.iter().map(|problem| format!("{method} {path} {status}: {problem}")).collect()
}

fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok())
}
