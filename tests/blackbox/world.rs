//! A bundle of its own for each test: in memory, on free ports, with a clock that stands still.

use std::sync::Arc;

use countersign_crypto::jwk::Algorithm;
use countersign_crypto::system::SystemRandom;
use countersign_domain::device::Platform;
use countersign_domain::time::{Clock, Span, Timestamp};
use countersign_local::clock::HandClock;
use countersign_local::{Bundle, Options};
use countersign_standins::Standins;
use countersign_tests::device::Device;
use countersign_tests::device::enrol::{Description, Enrolment};
use countersign_tests::device::keys::DeviceKeys;
use countersign_tests::device::link::{BindLink, Link};
use countersign_tests::device::service::Service;
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::receiver::Receiver;

/// When every test begins: 2026-11-22T10:00:00Z.
const BEGIN: Timestamp = Timestamp::from_secs(1_795_341_600);

pub(crate) struct World {
    pub(crate) bundle: Bundle,
    pub(crate) clock: Arc<HandClock>,
    /// Where callbacks of this world go.
    pub(crate) receiver: Receiver,
    pub(crate) base_url: String,
}

impl World {
    pub(crate) async fn new() -> Self {
        let clock = Arc::new(HandClock::new(BEGIN));
        let receiver = Receiver::start().await;
        let bundle = Bundle::start(Options {
            address: ([127, 0, 0, 1], 0).into(),
            public_url: None,
            data: None,
            callbacks: vec![format!("{}/{{*}}", receiver.authority())],
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
        })
        .await
        .unwrap();
        let base_url = format!("http://{}", bundle.address());
        Self { bundle, clock, receiver, base_url }
    }

    /// The demo's Request Origin with a Basic key.
    pub(crate) fn backend(&self) -> Backend {
        self.backend_of("basic")
    }

    /// The demo's Request Origin with an HMAC secret.
    pub(crate) fn hmac_backend(&self) -> Backend {
        self.backend_of("hmac")
    }

    fn backend_of(&self, key_type: &str) -> Backend {
        let origin = self.bundle.demo.origins.iter().find(|origin| origin.key_type == key_type).unwrap();
        Backend::new(&self.base_url, origin, Arc::clone(&self.clock))
    }

    pub(crate) fn standins(&self) -> &Standins {
        self.bundle.standins().unwrap()
    }

    pub(crate) fn turn(&self, span: Span) {
        self.clock.turn(span);
    }

    /// What Lambda does with the stream.
    pub(crate) async fn pump(&self) {
        self.bundle.pump().await.unwrap();
    }

    /// What the schedules do every minute, and what follows from it.
    pub(crate) async fn minute(&self) {
        self.bundle.minute().await.unwrap();
        self.pump().await;
    }

    /// The device client's view of this world.
    pub(crate) fn service(&self) -> Service {
        Service::new(
            self.base_url.parse().unwrap(),
            Arc::clone(&self.clock) as Arc<dyn Clock>,
            Span::millis(0),
        )
        .unwrap()
    }

    /// Binds `account_id` and gives the link that its app would open.
    pub(crate) async fn bind_link(&self, account_id: &str) -> BindLink {
        let bound =
            self.backend().put("/api/account/bind", json!({ "accountId": account_id })).await.success();
        match Link::parse(bound["bindUri"].as_str().unwrap()).unwrap() {
            Link::Bind(link) => link,
            Link::Claim(_) => panic!("a bind link is no claim link"),
        }
    }

    /// A device of `account_id`, without push.
    pub(crate) async fn enrol(&self, account_id: &str) -> Device {
        self.enrol_as(account_id, Platform::Other, None, Algorithm::Es256).await
    }

    /// A device of `account_id` that takes pushes; it is known to SNS when this returns.
    pub(crate) async fn enrol_with_push(&self, account_id: &str, platform: Platform, token: &str) -> Device {
        let device = self.enrol_as(account_id, platform, Some(token), Algorithm::Es256).await;
        self.pump().await;
        device
    }

    pub(crate) async fn enrol_as(
        &self,
        account_id: &str,
        platform: Platform,
        push_token: Option<&str>,
        algorithm: Algorithm,
    ) -> Device {
        let link = self.bind_link(account_id).await;
        let keys = DeviceKeys::generate(algorithm, &SystemRandom).unwrap();
        let description = Description {
            name: format!("{account_id}'s phone"),
            platform,
            push_token: push_token.map(str::to_owned),
        };
        let service = self.service();
        let identity =
            Enrolment::begin(&service, &link).await.unwrap().finish(&keys, &description).await.unwrap();
        Device::new(service, identity, keys)
    }

    /// A challenge to `account_id` whose outcome goes to this world's receiver.
    pub(crate) async fn ask(&self, account_id: &str) -> Value {
        self.ask_with(account_id, json!({})).await
    }

    /// Like [`World::ask`], with more of a body.
    pub(crate) async fn ask_with(&self, account_id: &str, more: Value) -> Value {
        let mut body = json!({ "accountId": account_id, "content": "Pay 120 EUR to ACME?", "callback": self.receiver.url() });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.backend().post("/api/request/add", body).await.created()
    }

    /// The request as its Request Origin sees it.
    pub(crate) async fn request(&self, guid: &Value) -> Value {
        let path = format!("/api/request/getRequest?requestGuid={}", guid.as_str().unwrap());
        self.backend().get(&path).await.ok()
    }
}
