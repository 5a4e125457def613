//! A Request Origin as it calls: JSON or form, by Basic, HMAC or access key.

use std::sync::Arc;

use countersign_crypto::cx1;
use countersign_crypto::encoding::base64;
use countersign_domain::secret::Secret;
use countersign_domain::time::{Clock, Timestamp};
use countersign_local::clock::HandClock;
use countersign_local::demo::DemoOrigin;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method};
use serde_json::Value;

#[derive(Clone)]
pub(crate) struct Backend {
    http: Client,
    base_url: String,
    pub(crate) origin: DemoOrigin,
    clock: Arc<HandClock>,
    headers: HeaderMap,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Backend {
    pub(crate) fn new(base_url: &str, origin: &DemoOrigin, clock: Arc<HandClock>) -> Self {
        let http = Client::builder().no_proxy().build().unwrap();
        Self { http, base_url: base_url.to_owned(), origin: origin.clone(), clock, headers: HeaderMap::new() }
    }

    /// The same backend with another key.
    pub(crate) fn with_key(mut self, key: &str) -> Self {
        self.origin.key = key.to_owned();
        self
    }

    /// The same backend with its access key.
    pub(crate) fn by_access_key(self) -> Self {
        let key = self.origin.access_key.clone();
        self.by_bearer(&key)
    }

    /// The same backend with this token in place of its key.
    pub(crate) fn by_bearer(mut self, token: &str) -> Self {
        self.origin.key_type = "bearer".into();
        self.with_key(token)
    }

    /// The same backend at another address of this machine, e.g. `127.0.0.2`.
    pub(crate) fn calling_from(mut self, address: &str) -> Self {
        let address: std::net::IpAddr = address.parse().unwrap();
        self.http = Client::builder().no_proxy().local_address(address).build().unwrap();
        self
    }

    /// The same backend, calling another process.
    pub(crate) fn at(mut self, base_url: &str) -> Self {
        self.base_url = base_url.to_owned();
        self
    }

    /// With one more header in every call, e.g. `Idempotency-Key`.
    pub(crate) fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        self
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, "", None).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PUT, path, &body.to_string(), Some("application/json")).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, &body.to_string(), Some("application/json")).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PATCH, path, &body.to_string(), Some("application/json")).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, "", None).await
    }

    pub(crate) async fn form(&self, method: Method, path: &str, body: &str) -> Answer {
        self.call(method, path, body, Some("application/x-www-form-urlencoded")).await
    }

    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        body: &str,
        content_type: Option<&str>,
    ) -> Answer {
        let authorization = self.authorization(&method, path, body, self.clock.now());
        self.send(method, path, body, content_type, Some(&authorization)).await
    }

    /// The `Authorization` header for a call.
    pub(crate) fn authorization(&self, method: &Method, path: &str, body: &str, at: Timestamp) -> String {
        let DemoOrigin { guid, key, key_type, .. } = &self.origin;
        if key_type == "bearer" {
            return format!("Bearer {key}");
        }
        if key_type == "basic" {
            return format!("Basic {}", base64(format!("{guid}:{key}").as_bytes()));
        }
        let url = format!("{}{path}", self.base_url);
        let secret = Secret::new(key.clone());
        cx1::sign(&secret, guid, at, method.as_str(), &url, body.as_bytes()).expose().clone()
    }

    /// Sends a call exactly so.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: &str,
        content_type: Option<&str>,
        authorization: Option<&str>,
    ) -> Answer {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.base_url));
        request = request.headers(self.headers.clone()).body(body.to_owned());
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        Answer::of(request.send().await.unwrap()).await
    }
}

impl Answer {
    /// What came back, with its body read.
    pub(crate) async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let is_text = headers.get("content-type").is_some_and(|kind| {
            [&b"text/"[..], b"application/jsonl"].iter().any(|text| kind.as_bytes().starts_with(text))
        });
        let body = match text {
            text if text.is_empty() => Value::Null,
            text if is_text => Value::String(text),
            text => serde_json::from_str(&text).unwrap(),
        };
        Self { status, headers, body }
    }

    /// The body of a 200 or 201.
    #[track_caller]
    pub(crate) fn success(self) -> Value {
        assert!(matches!(self.status, 200 | 201), "{} {}", self.status, self.body);
        self.body
    }

    /// The body of a 200.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        self.expect(200)
    }

    /// The body of a 201.
    #[track_caller]
    pub(crate) fn created(self) -> Value {
        self.expect(201)
    }

    /// The body, which came with `status`.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// A refusal with this status and word; gives the field it names.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, error: &str) -> Option<String> {
        assert_eq!((self.status, self.body["error"].as_str()), (status, Some(error)), "{}", self.body);
        assert!(self.body["message"].as_str().is_some_and(|message| message.ends_with('.')), "{}", self.body);
        self.body["field"].as_str().map(str::to_owned)
    }
}
