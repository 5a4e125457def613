//! The web applications' files, and the one machine that browsers and apps know by two names.

use countersign_crypto::jwk::Algorithm;
use countersign_crypto::system::SystemRandom;
use countersign_domain::device::Platform;
use countersign_portal::assets::ASSETS;
use countersign_tests::device::Device;
use countersign_tests::device::enrol::{Description, Enrolment};
use countersign_tests::device::keys::DeviceKeys;
use countersign_tests::device::manage::DEVICE_PATH;
use reqwest::Method;
use reqwest::header::{HeaderMap, IF_NONE_MATCH};
use serde_json::{Value, json};

use crate::world::World;

async fn get(world: &World, file: &str, known: Option<&str>) -> (u16, HeaderMap, String) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut request = client.get(format!("{}/web/{file}", world.base_url));
    if let Some(known) = known {
        request = request.header(IF_NONE_MATCH, known);
    }
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, headers, response.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_file_comes_as_it_is_and_what_a_browser_has_is_not_sent_again() {
    let world = World::new().await;
    for asset in ASSETS {
        let (status, headers, text) = get(&world, asset.file, None).await;
        assert_eq!((status, text.as_str()), (200, asset.content), "{}", asset.file);
        assert_eq!(headers["content-type"], asset.media.name(), "{}", asset.file);
        assert_eq!(headers["cache-control"], "no-cache");
        let tag = headers["etag"].to_str().unwrap();
        let (status, again, text) = get(&world, asset.file, Some(tag)).await;
        assert_eq!((status, text.as_str()), (304, ""), "{}", asset.file);
        assert_eq!(again["etag"], tag);
        assert_eq!(get(&world, asset.file, Some("\"another\"")).await.0, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_no_other_file() {
    let world = World::new().await;
    for file in ["device.html", "DEVICE", "Cargo.toml", "vendor", "device%2fdevice.js", "%2e%2e%2fCargo.toml"]
    {
        let (status, headers, text) = get(&world, file, None).await;
        let told: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((status, &told["error"]), (404, &json!("not_found")), "{file}");
        assert_eq!(headers["x-content-type-options"], "nosniff");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_machine_is_a_service_by_both_its_names_and_by_no_other() {
    let world = World::new().await;
    let named = world.base_url.replace("127.0.0.1", "localhost");
    assert_ne!(named, world.base_url);
    let (service, link) = (world.service_at(&named), world.bind_link("ann").await);
    let keys = DeviceKeys::generate(Algorithm::Es256, &SystemRandom).unwrap();
    let browser = Description { name: "Browser".into(), platform: Platform::Other, push_token: None };
    let enrolment = Enrolment::begin(&service, &link).await.unwrap();
    let identity = enrolment.finish(&keys, &browser).await.unwrap();
    let device = Device::new(world.service_at(&named), identity, keys);
    device.status().await.unwrap();
    // What is proven to the one is not proven to the other.
    let proof = device.sign_proof(&device.proof_claims(&Method::GET, DEVICE_PATH, b"")).unwrap();
    let reply = world.service().send(&Method::GET, DEVICE_PATH, Vec::new(), Some(&proof)).await.unwrap();
    assert_eq!(reply.status, 401);
}
