//! A person with an app and a browser: from the app to the provider and back.

use countersign_crypto::jwk::Algorithm;
use countersign_crypto::system::SystemRandom;
use countersign_domain::device::Platform;
use countersign_tests::device::Device;
use countersign_tests::device::enrol::{Description, Enrolment};
use countersign_tests::device::error::CallError;
use countersign_tests::device::keys::DeviceKeys;
use countersign_tests::device::link::{BindLink, Link};
use reqwest::header::{HeaderMap, LOCATION};
use reqwest::{Client, Method, RequestBuilder, redirect};
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use crate::world::World;

/// Where logins begin.
pub(super) const BIND: &str = "/api/idp/bind";

/// Follows redirects only when it is told to.
#[derive(Clone)]
pub(super) struct Browser(Client);

/// What a page answered.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Browser {
    pub(super) fn new() -> Self {
        Self(Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap())
    }

    /// One at another address of this machine, e.g. `127.0.0.2`.
    pub(super) fn at(address: [u8; 4]) -> Self {
        let client = Client::builder().no_proxy().redirect(redirect::Policy::none());
        Self(client.local_address(std::net::IpAddr::from(address)).build().unwrap())
    }

    pub(super) async fn open(&self, url: &str) -> Page {
        self.send(self.0.get(url)).await
    }

    pub(super) async fn post(&self, url: &str, body: &Value) -> Page {
        let body = body.to_string();
        self.send(self.0.request(Method::POST, url).header("content-type", "application/json").body(body))
            .await
    }

    async fn send(&self, request: RequestBuilder) -> Page {
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Page { status, headers, text: answer.text().await.unwrap() }
    }
}

impl Page {
    pub(super) fn location(&self) -> &str {
        self.headers[LOCATION].to_str().unwrap()
    }

    #[track_caller]
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// A refusal with this status and word; gives the field it names.
    #[track_caller]
    pub(super) fn refused(&self, status: u16, error: &str) -> Option<String> {
        let body = self.json();
        assert_eq!((self.status, body["error"].as_str()), (status, Some(error)), "{body}");
        assert!(!self.headers.contains_key(LOCATION), "a refusal leads nowhere");
        body["field"].as_str().map(str::to_owned)
    }

    /// The link with which the app goes on.
    #[track_caller]
    pub(super) fn link(&self) -> BindLink {
        assert_eq!(self.status, 302, "{}", self.text);
        match Link::parse(self.location()) {
            Ok(Link::Bind(link)) => link,
            other => panic!("{} is no bind link: {other:?}", self.location()),
        }
    }

    /// What the app is told of a login that failed: a word and a sentence.
    #[track_caller]
    pub(super) fn failure(&self, world: &World) -> (String, String) {
        assert_eq!(self.status, 302, "{}", self.text);
        let parts = self.location().strip_prefix("demobank://").unwrap();
        let parts: Vec<(String, String)> = form_urlencoded::parse(parts.as_bytes()).into_owned().collect();
        let [error, description, app_space] = &parts[..] else { panic!("{parts:?}") };
        assert_eq!((&*error.0, &*description.0), ("error", "error_description"));
        assert_eq!(*app_space, ("appSpaceGuid".into(), world.bundle.demo.app_space.guid.clone()));
        (error.1.clone(), description.1.clone())
    }

    /// The app is told of this error.
    #[track_caller]
    pub(super) fn failed(&self, world: &World, error: &str) {
        assert_eq!(self.failure(world).0, error, "{}", self.location());
    }
}

/// A login that an app has begun, with the keys that must finish it.
pub(super) struct Login {
    browser: Browser,
    pub(super) keys: DeviceKeys,
    pub(super) authorization_url: Url,
}

impl Login {
    pub(super) async fn begin(world: &World) -> Self {
        Self::begin_in(world, &world.bundle.demo.app_space.guid).await
    }

    /// In any App Space.
    pub(super) async fn begin_in(world: &World, app_space: &str) -> Self {
        Self::begin_by(world, json!({ "appSpaceGuid": app_space })).await
    }

    /// With more of a body.
    pub(super) async fn begin_with(world: &World, mut body: Value) -> Self {
        body["appSpaceGuid"] = world.bundle.demo.app_space.guid.as_str().into();
        Self::begin_by(world, body).await
    }

    async fn begin_by(world: &World, mut body: Value) -> Self {
        let keys = DeviceKeys::generate(Algorithm::Es256, &SystemRandom).unwrap();
        body["authKeyThumbprint"] = keys.auth.thumbprint().into();
        let browser = Browser::new();
        let begun = browser.post(&format!("{}{BIND}", world.base_url), &body).await;
        assert_eq!(begun.status, 201, "{}", begun.text);
        let authorization_url = begun.json()["authorizationUrl"].as_str().unwrap().parse().unwrap();
        Self { browser, keys, authorization_url }
    }

    /// A parameter of the authorization URL.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        parameter(&self.authorization_url, name)
    }

    /// `who` logs in; gives where the provider sends the browser back to.
    pub(super) async fn by(&self, who: &str) -> Url {
        let mut url = self.authorization_url.clone();
        url.query_pairs_mut().append_pair("login", who);
        let page = self.browser.open(url.as_str()).await;
        assert_eq!(page.status, 302, "{}", page.text);
        page.location().parse().unwrap()
    }

    pub(super) async fn open(&self, url: &Url) -> Page {
        self.browser.open(url.as_str()).await
    }

    /// `who` logs in, and the browser goes all the way back to the app.
    pub(super) async fn end_by(&self, who: &str) -> Page {
        self.open(&self.by(who).await).await
    }

    /// The app finishes with the keys that it began with.
    pub(super) async fn enrol(self, world: &World, link: &BindLink) -> Device {
        let identity = self.try_enrol(world, link, &self.keys).await.unwrap();
        Device::new(world.service(), identity, self.keys)
    }

    /// An app finishes with any keys.
    pub(super) async fn try_enrol(
        &self,
        world: &World,
        link: &BindLink,
        keys: &DeviceKeys,
    ) -> Result<countersign_tests::device::Identity, CallError> {
        let phone = Description { name: "Phone".into(), platform: Platform::Other, push_token: None };
        Enrolment::begin(&world.service(), link).await?.finish(keys, &phone).await
    }
}

/// A device of `who`, by a login.
pub(super) async fn log_in(world: &World, who: &str) -> Device {
    let login = Login::begin(world).await;
    let link = login.end_by(who).await.link();
    login.enrol(world, &link).await
}

pub(super) fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// The same URL with another value for one parameter, or without it.
pub(super) fn with(url: &Url, name: &str, value: Option<&str>) -> Url {
    let mut changed = url.clone();
    let kept = url.query_pairs().filter(|(known, _)| known != name);
    changed.query_pairs_mut().clear().extend_pairs(kept);
    if let Some(value) = value {
        changed.query_pairs_mut().append_pair(name, value);
    }
    changed
}
