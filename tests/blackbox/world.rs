//! A bundle of its own for each test: in memory, on free ports, with a clock that stands still.

use std::sync::Arc;

use countersign_crypto::jwk::Algorithm;
use countersign_crypto::system::SystemRandom;
use countersign_domain::answer::Answer;
use countersign_domain::app_space::AppSpace;
use countersign_domain::callback::{CallbackKind, CallbackRule};
use countersign_domain::device::Platform;
use countersign_domain::id::{AppSpaceId, RequestOriginId};
use countersign_domain::request_origin::RequestOrigin;
use countersign_domain::time::{Clock, Span, Timestamp};
use countersign_local::aws::Aws;
use countersign_local::clock::HandClock;
use countersign_local::demo::DemoOrigin;
use countersign_local::gateway::Observer;
use countersign_local::identity_provider::Wanted;
use countersign_local::{Bundle, Options};
use countersign_standins::Standins;
use countersign_store::{Write, keys};
use countersign_tests::device::Device;
use countersign_tests::device::challenges::Challenge;
use countersign_tests::device::enrol::{Description, Enrolment};
use countersign_tests::device::keys::DeviceKeys;
use countersign_tests::device::link::{BindLink, Link};
use countersign_tests::device::service::Service;
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::conformance::Conformance;
use crate::receiver::Receiver;

/// When every test begins: 2026-11-22T10:00:00Z.
const BEGIN: Timestamp = Timestamp::from_secs(1_795_341_600);

pub(crate) struct World {
    pub(crate) bundle: Bundle,
    pub(crate) clock: Arc<HandClock>,
    /// Where callbacks of this world go.
    pub(crate) receiver: Receiver,
    pub(crate) base_url: String,
    /// Fails the test at its end if an answer was not as documented.
    _conformance: Conformance,
}

/// In memory, on a free port, with callbacks to `receiver`.
pub(crate) fn options(receiver: &Receiver, observer: Option<Observer>, clock: Arc<dyn Clock>) -> Options {
    Options {
        address: ([127, 0, 0, 1], 0).into(),
        public_url: None,
        data: None,
        callbacks: vec![format!("{}/{{*}}", receiver.authority())],
        identity_provider: Wanted::AsItIs,
        observer,
        clock,
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::at(None).await
    }

    /// A world whose public URL names a domain, as browsers want it for passkeys.
    pub(crate) async fn at_localhost() -> Self {
        Self::at(Some("http://localhost:0".into())).await
    }

    async fn at(public_url: Option<String>) -> Self {
        let clock = Arc::new(HandClock::new(BEGIN));
        let receiver = Receiver::start().await;
        let conformance = Conformance::default();
        let options = options(&receiver, Some(conformance.observer()), clock.clone());
        let bundle = Bundle::start(Options { public_url, ..options }).await.unwrap();
        let base_url = bundle.demo.base_url.clone();
        Self { bundle, clock, receiver, base_url, _conformance: conformance }
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

    /// A process of its own over the same table, secrets and clock: nothing is in its memory yet.
    pub(crate) async fn another_process(&self) -> Bundle {
        let aws = Aws::at(&self.standins().endpoint_url()).await;
        Bundle::over(aws, options(&self.receiver, None, self.clock.clone())).await.unwrap()
    }

    /// The demo's App Space with changes.
    pub(crate) async fn change_app_space(&self, change: impl FnOnce(&mut AppSpace)) {
        let (store, now) = (&self.bundle.app().store, self.clock.now());
        let id: AppSpaceId = self.bundle.demo.app_space.guid.parse().unwrap();
        let old = store.get::<AppSpace>(keys::app_space(id.tenant()), now).await.unwrap().unwrap();
        let mut new = old.value.clone();
        change(&mut new);
        store.write(Write::new().replace("app space", &old, &new).unwrap()).await.unwrap();
    }

    /// One more entry in the demo's callback whitelists.
    pub(crate) async fn permit(&self, callback: &str) {
        let (store, now) = (&self.bundle.app().store, self.clock.now());
        for origin in &self.bundle.demo.origins {
            let key = keys::request_origin(origin.guid.parse().unwrap());
            let old = store.get::<RequestOrigin>(key, now).await.unwrap().unwrap();
            let mut new = old.value.clone();
            let rule = CallbackRule::parse("callback", CallbackKind::Result, callback).unwrap();
            new.callbacks.push(rule);
            store.write(Write::new().replace("origin", &old, &new).unwrap()).await.unwrap();
        }
    }

    pub(crate) fn standins(&self) -> &Standins {
        self.bundle.standins().unwrap()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
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
        self.service_at(&self.base_url)
    }

    /// The device client's view of a process of this world.
    pub(crate) fn service_at(&self, base_url: &str) -> Service {
        Service::new(base_url.parse().unwrap(), Arc::clone(&self.clock) as Arc<dyn Clock>, Span::millis(0))
            .unwrap()
    }

    /// A backend of another App Space, "Other Bank", which is made here.
    ///
    /// It has the demo's key, callbacks and webhook secret: whoever knew only these must not get in elsewhere.
    pub(crate) async fn other_backend(&self) -> Backend {
        let (store, now, demo) = (&self.bundle.app().store, self.clock.now(), self.backend().origin);
        let origin: RequestOriginId = demo.guid.parse().unwrap();
        let app_space = store.get::<AppSpace>(keys::app_space(origin.tenant()), now).await.unwrap().unwrap();
        let origin = store.get::<RequestOrigin>(keys::request_origin(origin), now).await.unwrap().unwrap();
        let app_space =
            AppSpace { id: AppSpaceId::new(&SystemRandom), name: "Other Bank".into(), ..app_space.value };
        let id = RequestOriginId::new(app_space.id, &SystemRandom);
        let origin = RequestOrigin { id, app_space: app_space.id, ..origin.value };
        let write = Write::new().insert("app space", &app_space).unwrap();
        store.write(write.insert("request origin", &origin).unwrap()).await.unwrap();
        Backend::new(&self.base_url, &DemoOrigin { guid: id.to_string(), ..demo }, Arc::clone(&self.clock))
    }

    /// Binds `account_id` and gives the link that its app would open.
    pub(crate) async fn bind_link(&self, account_id: &str) -> BindLink {
        self.bind_link_of(&self.backend(), account_id).await
    }

    /// Like [`World::bind_link`], by any backend.
    pub(crate) async fn bind_link_of(&self, backend: &Backend, account_id: &str) -> BindLink {
        let bound = backend.put("/api/account/bind", json!({ "accountId": account_id })).await.success();
        match Link::parse(bound["bindUri"].as_str().unwrap()).unwrap() {
            Link::Bind(link) => link,
            other => panic!("{other:?}"),
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
        self.enrol_by(&link, platform, push_token, algorithm).await
    }

    /// The device that `link` makes.
    pub(crate) async fn enrol_by(
        &self,
        link: &BindLink,
        platform: Platform,
        push_token: Option<&str>,
        algorithm: Algorithm,
    ) -> Device {
        let keys = DeviceKeys::generate(algorithm, &SystemRandom).unwrap();
        let description = Description {
            name: format!("{}'s phone", link.display_name),
            platform,
            push_token: push_token.map(str::to_owned),
        };
        let service = self.service();
        let identity =
            Enrolment::begin(&service, link).await.unwrap().finish(&keys, &description).await.unwrap();
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

    /// A challenge to `account_id` that its device has answered with the first button.
    pub(crate) async fn answered(&self, account_id: &str, device: &Device) -> Value {
        self.answered_with(account_id, device, json!({})).await
    }

    /// Like [`World::answered`], with more of a body.
    pub(crate) async fn answered_with(&self, account_id: &str, device: &Device, more: Value) -> Value {
        let asked = self.ask_with(account_id, more).await;
        let challenge = self.challenge(device, &asked).await;
        device.answer(&challenge, Answer::Option(0), None).await.unwrap();
        asked
    }

    /// What was asked, as the device sees it.
    pub(crate) async fn challenge(&self, device: &Device, asked: &Value) -> Challenge {
        let list = device.challenges().await.unwrap();
        list.into_iter().find(|challenge| asked["guid"] == challenge.guid.to_string()).unwrap()
    }

    /// The delivery log of a request.
    pub(crate) async fn deliveries(&self, asked: &Value) -> Vec<Value> {
        let path = format!("/api/delivery/getAll?requestGuid={}", asked["guid"].as_str().unwrap());
        self.backend().get(&path).await.ok().as_array().unwrap().clone()
    }

    /// The published keys.
    pub(crate) async fn jwks(&self) -> Value {
        self.backend().get("/.well-known/jwks.json").await.ok()
    }

    /// Changes a Request Origin in the table, as an administrator would; gives what it was before.
    pub(crate) async fn change_origin(
        &self,
        backend: &Backend,
        change: impl FnOnce(&mut RequestOrigin),
    ) -> RequestOrigin {
        let store = &self.bundle.app().store;
        let key = keys::request_origin(backend.origin.guid.parse().unwrap());
        let record = store.get::<RequestOrigin>(key, self.clock.now()).await.unwrap().unwrap();
        let mut changed = record.value.clone();
        change(&mut changed);
        store.write(Write::new().replace("request origin", &record, &changed).unwrap()).await.unwrap();
        record.value
    }

    /// The request as its Request Origin sees it.
    pub(crate) async fn request(&self, guid: &Value) -> Value {
        let path = format!("/api/request/getRequest?requestGuid={}", guid.as_str().unwrap());
        self.backend().get(&path).await.ok()
    }
}
