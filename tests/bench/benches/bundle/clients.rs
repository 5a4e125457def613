//! A bundle to measure, a backend that asks and phones that answer.

use std::net::SocketAddr;
use std::sync::Arc;

use countersign_crypto::jwk::Algorithm;
use countersign_crypto::system::SystemRandom;
use countersign_domain::device::Platform;
use countersign_domain::time::{Clock, Span};
use countersign_local::aws::Aws;
use countersign_local::clock::SystemClock;
use countersign_local::gateway::Observer;
use countersign_local::identity_provider::Wanted;
use countersign_local::{Bundle, Options};
use countersign_tests::authenticator::key::KeyPair;
use countersign_tests::authenticator::{App, ConnectLink, Installation};
use countersign_tests::device::Device;
use countersign_tests::device::enrol::{Description, Enrolment};
use countersign_tests::device::keys::DeviceKeys;
use countersign_tests::device::link::Link;
use countersign_tests::device::service::Service;
use reqwest::Method;
use serde_json::{Value, json};

use crate::stopwatch::Stopwatch;

/// A bundle in memory; with a stopwatch, every call of AWS runs past it.
pub(crate) async fn bundle(stopwatch: Option<&Stopwatch>, observer: Option<Observer>) -> Bundle {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let mut aws = Aws::embedded(any, None, Arc::clone(&clock)).await.expect("the embedded AWS starts");
    if let Some(stopwatch) = stopwatch {
        aws.config = aws.config.into_builder().http_client(stopwatch.clone()).build();
    }
    let options = Options {
        address: any,
        public_url: None,
        data: None,
        callbacks: Vec::new(),
        identity_provider: Wanted::AsItIs,
        observer,
        clock,
    };
    Bundle::over(aws, options).await.expect("the bundle starts")
}

/// The demo's Request Origin with a Basic key.
#[derive(Clone)]
pub(crate) struct Backend {
    http: reqwest::Client,
    base_url: String,
    user: String,
    password: String,
}

impl Backend {
    pub(crate) fn of(bundle: &Bundle) -> Self {
        let origin =
            bundle.demo.origins.iter().find(|origin| origin.key_type == "basic").expect("the demo has one");
        Self {
            http: reqwest::Client::builder().no_proxy().build().expect("an HTTP client"),
            base_url: bundle.demo.base_url.clone(),
            user: origin.guid.clone(),
            password: origin.key.clone(),
        }
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Value) -> Value {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.base_url));
        request = request.basic_auth(&self.user, Some(&self.password));
        if method != Method::GET {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let response = request.send().await.expect("the gateway answers");
        let status = response.status();
        let text = response.text().await.expect("the whole answer");
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).expect("JSON")
    }

    /// Asks without a push, of which a user gets only so many.
    pub(crate) async fn ask(&self, account_id: &str) -> String {
        let body =
            json!({ "accountId": account_id, "content": "Pay 120 EUR to ACME?", "showNotification": false });
        let asked = self.call(Method::POST, "/api/request/add", body).await;
        asked["guid"].as_str().expect("a guid").to_owned()
    }

    /// A device of a new user.
    pub(crate) async fn enrol(&self, account_id: &str) -> Device {
        let bound = self.call(Method::PUT, "/api/account/bind", json!({ "accountId": account_id })).await;
        let Ok(Link::Bind(link)) = Link::parse(bound["bindUri"].as_str().expect("a link")) else {
            panic!("a bind link")
        };
        let keys = DeviceKeys::generate(Algorithm::Es256, &SystemRandom).expect("keys");
        let url = self.base_url.parse().expect("a URL");
        let service = Service::new(url, Arc::new(SystemClock), Span::millis(0)).expect("an HTTP client");
        let description = Description { name: "Phone".into(), platform: Platform::Other, push_token: None };
        let enrolment = Enrolment::begin(&service, &link).await.expect("the token is good");
        let identity = enrolment.finish(&keys, &description).await.expect("the device is made");
        Device::new(service, identity, keys)
    }

    /// An app of the Authenticator API, version 2, of a new user.
    pub(crate) async fn connect(&self, account_id: &str, key: KeyPair) -> App {
        let body = json!({ "accountId": account_id, "deviceKind": "authenticatorV2" });
        let bound = self.call(Method::PUT, "/api/account/bind", body).await;
        let link = ConnectLink::parse(bound["bindUri"].as_str().expect("a link")).expect("a connect link");
        let connecting = Installation::new(Arc::new(SystemClock)).connect_with(&link, key).await;
        let connection = connecting.expect("the token is good").connected().expect("the user is known");
        App::new(connection, Arc::new(SystemClock)).expect("an HTTP client")
    }
}
