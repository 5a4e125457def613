//! Logins at an identity provider, and answers of users who live there.

use countersign_crypto::jwk::Algorithm;
use countersign_crypto::system::SystemRandom;
use countersign_domain::answer::Answer;
use countersign_domain::device::Platform;
use countersign_domain::time::Span;
use countersign_tests::device::Device;
use countersign_tests::device::enrol::{Description, Enrolment};
use countersign_tests::device::keys::DeviceKeys;
use countersign_tests::device::link::Link;
use countersign_tests::device::login;
use reqwest::header::LOCATION;
use reqwest::{Client, redirect};
use serde_json::json;
use url::Url;

use super::Meter;
use crate::identity_provider::provider;

/// How long the stand-in's access tokens are good, and more.
const A_WHILE: Span = Span::minutes(11);

/// Gives the demo's App Space one provider after the other: what Request Origins bind must be measured before.
pub(super) async fn logging_in(meter: &mut Meter<'_>) {
    let world = meter.world;
    provider::set(world, provider::openid_connect(world)).await;
    let device = new_user(meter, "oidc-verify", "olga").await;
    let keys = keys();
    let url = begin(meter, &keys, "").await;
    let link = end(meter, "oidc-verify", "a known user", &format!("{url}&login=olga")).await;
    assert!(matches!(link, Link::Bind(_)), "{link:?}");
    let url = begin(meter, &keys, "").await;
    let link = end(meter, "oidc-verify", "declined", &format!("{url}&deny=yes")).await;
    assert!(matches!(link, Link::FailedLogin(_)), "{link:?}");
    answering(meter, &device, "vouched for").await;
    world.turn(A_WHILE);
    answering(meter, &device, "with new tokens").await;
    provider::set(world, provider::oauth2(world)).await;
    let device = new_user(meter, "oauth2-verify", "otto").await;
    answering(meter, &device, "vouched for").await;
}

fn keys() -> DeviceKeys {
    DeviceKeys::generate(Algorithm::Es256, &SystemRandom).unwrap()
}

/// The first device of `who`, enrolled by the first login from here in a while.
async fn new_user(meter: &mut Meter<'_>, verify: &'static str, who: &str) -> Device {
    let (service, keys) = (meter.world.service(), keys());
    let url = begin(meter, &keys, "the first from an address").await;
    let Link::Bind(link) = end(meter, verify, "a new user", &format!("{url}&login={who}")).await else {
        panic!("no enrolment token for {who}")
    };
    let enrolment = meter.of("enrolment-lookup", "", Enrolment::begin(&service, &link)).await.unwrap();
    let description = Description { name: "Phone".into(), platform: Platform::Other, push_token: None };
    let identity = meter.of("device-enrol", "", enrolment.finish(&keys, &description)).await.unwrap();
    Device::new(service, identity, keys)
}

/// Where the user logs in.
async fn begin(meter: &mut Meter<'_>, keys: &DeviceKeys, case: &'static str) -> Url {
    let service = meter.world.service();
    let begun = login::begin(&service, provider::app_space(meter.world), keys, None);
    meter.of("login-begin", case, begun).await.unwrap().authorization_url
}

/// What the app gets from the user who sent the provider's form by `url`.
async fn end(meter: &mut Meter<'_>, verify: &'static str, case: &'static str, url: &str) -> Link {
    let back = location(url).await;
    let link = meter.of(verify, case, location(&back)).await;
    Link::parse(&link).unwrap()
}

/// Where a browser is sent by the page at `url`.
async fn location(url: &str) -> String {
    let browser = Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
    let page = browser.get(url).send().await.unwrap();
    page.headers()[LOCATION].to_str().unwrap().to_owned()
}

async fn answering(meter: &mut Meter<'_>, device: &Device, case: &'static str) {
    let account_id = device.status().await.unwrap().account_id;
    let asked = meter.world.ask_with(&account_id, json!({ "showNotification": false })).await;
    let challenge = meter.world.challenge(device, &asked).await;
    let answer = device.answer(&challenge, Answer::Option(0), None);
    meter.of("challenge-answer", case, answer).await.unwrap();
}
