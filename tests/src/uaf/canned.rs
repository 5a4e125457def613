//! The app side of a service in which everything goes well, answered from what tests need of it.

use std::sync::{Arc, OnceLock};

use countersign_authenticator::uaf::{MODEL, PHONE_FACET};
use countersign_crypto::digest::Digest;
use countersign_crypto::encoding::base64url;
use serde_json::{Value, json};

use crate::tiny_server::{Seen, TinyServer};

pub(crate) const USER: &str = "0190d6a5-0000-7000-8000-000000000002";
pub(crate) const DEVICE: &str = "0190d6a5-0000-7000-8000-000000000003";
pub(crate) const APP_SPACE: &str = "0190d6a5-0000-7000-8000-000000000004";
pub(crate) const OPERATION: &str = "0190d6a5-0000-7000-8000-000000000005";
const DISPATCH: &str = "5b2f3f0e-2f4b-4d5c-9d6e-7f8091a2b3c4";
/// No ASCII, so that its digest is signed.
pub(crate) const MESSAGE: &str = "Zahle 120 € an ACME?";

/// The text that is signed for [`MESSAGE`].
pub(crate) fn digest_text() -> String {
    format!("Message SHA-256 {}", Digest::of(MESSAGE.as_bytes()))
}

/// A token without a signature, which apps do not look at.
pub(crate) fn token(typ: &str) -> Value {
    let part = |value: Value| base64url(value.to_string().as_bytes());
    let claims = json!({ "sub": USER, "device": DEVICE, "aud": APP_SPACE });
    json!({ "type": "JWT", "value": format!("{}.{}.AAAA", part(json!({ "typ": typ })), part(claims)) })
}

/// `nma_data` that leads to this purpose at the service.
pub(crate) fn data(url: &str, purpose: &str) -> Value {
    json!({ "token": DISPATCH, "redeem_url": format!("{url}/_app/token/redeem/{purpose}"), "correlationId": OPERATION })
}

/// The link that leads to this purpose at the service.
pub(crate) fn link(url: &str, purpose: &str) -> String {
    let payload = json!({
        "nma_data": data(url, purpose), "nma_data_content_type": "application/json", "nma_data_version": "1",
    });
    format!("https://app.example/open?dispatchTokenResponse={}", base64url(payload.to_string().as_bytes()))
}

fn header(url: &str, op: &str) -> Value {
    let app_id = format!("{url}/_app/uaf/1.1/facets?appSpace={APP_SPACE}");
    json!({ "upv": { "major": 1, "minor": 1 }, "op": op, "appID": app_id, "serverData": "c2VhbGVk" })
}

fn asked(url: &str, op: &str, text: Option<&str>) -> Value {
    let mut request = json!([{
        "header": header(url, op), "challenge": base64url(&[7; 32]), "policy": { "accepted": [[{ "aaid": [MODEL] }]] },
    }]);
    match op {
        "Reg" => request[0]["username"] = json!("ann"),
        "Dereg" => request[0]["authenticators"] = json!([{ "aaid": MODEL, "keyID": "" }]),
        _ => {}
    }
    if let Some(text) = text {
        let content = base64url(text.as_bytes());
        request[0]["transaction"] = json!([{ "contentType": "text/plain", "content": content }]);
    }
    json!({ "statusCode": 1200, "uafRequest": request.to_string(), "op": op, "lifetimeMillis": 120_000 })
}

/// What the service answers.
pub(crate) fn well(url: &str, seen: &Seen) -> (u16, Value) {
    let path = seen.path.split('?').next().unwrap();
    let done = |tokens: Vec<Value>| (200, json!({ "statusCode": 1200, "additionalTokens": tokens }));
    match (seen.method.as_str(), path) {
        ("GET", "/_app/uaf/1.1/facets") => {
            let version = json!({ "major": 1, "minor": 1 });
            (200, json!({ "trustedFacets": [{ "version": version, "ids": [PHONE_FACET] }] }))
        }
        ("POST", "/_app/token/redeem/registration" | "/_app/uaf/1.1/request/registration/") => {
            (200, asked(url, "Reg", None))
        }
        ("POST", "/_app/token/redeem/authentication") => {
            let mut asked = asked(url, "Auth", Some(&digest_text()));
            asked["message"] = json!(MESSAGE);
            asked["username"] = json!("ann");
            (200, asked)
        }
        ("POST", "/_app/uaf/1.1/request/authentication/") => (200, asked(url, "Auth", None)),
        ("POST", "/_app/uaf/1.1/request/deregistration/") => (200, asked(url, "Dereg", None)),
        ("POST", "/_app/uaf/1.1/registration/") => done(vec![token("device+jwt")]),
        ("POST", "/_app/uaf/1.1/authentication/") => {
            done(vec![token("transaction+jwt"), token("device+jwt")])
        }
        ("POST", "/_app/token/dispatch/targets/") => (201, json!({ "id": DEVICE })),
        ("PATCH", path) if path.ends_with(DEVICE) => (200, json!({ "id": DEVICE })),
        ("DELETE", path) if path.ends_with(DEVICE) => (204, Value::Null),
        ("GET", "/_app/token/dispatch/pending/") => (
            200,
            json!({ "operations": [{
                "transactionId": OPERATION, "operation": "authentication", "nma_data": data(url, "authentication"),
                "expiresAt": "2026-11-22T10:05:00.000Z", "message": MESSAGE,
            }] }),
        ),
        ("POST", "/_app/token/dispatch/decline/") => (200, json!({})),
        _ => (404, json!({ "statusCode": 1404, "description": "No." })),
    }
}

/// The service, with `change` for what is not to go well.
pub(crate) async fn service(
    change: impl Fn(&str, &Seen) -> Option<(u16, Value)> + Send + Sync + 'static,
) -> TinyServer {
    let url = Arc::new(OnceLock::<String>::new());
    let known = Arc::clone(&url);
    let server = TinyServer::start(move |seen| {
        let url = known.get().expect("it is set before the first call");
        change(url, seen).unwrap_or_else(|| well(url, seen))
    })
    .await;
    url.set(server.url.clone()).expect("it is set once");
    server
}
