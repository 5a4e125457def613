//! `GET /api/authenticator/settings`.

use countersign_tests::authenticator::key::PublicKey;
use countersign_tests::authenticator::{ApiVersion, ConnectLink};
use serde_json::Value;

use super::with_bank;
use crate::world::World;

const SETTINGS: &str = "/api/authenticator/settings";

#[tokio::test(flavor = "multi_thread")]
async fn they_tell_what_the_demo_tells() {
    let world = World::new().await;
    let demo = &world.bundle.demo.authenticator;
    let settings = world.backend().get(SETTINGS).await.ok();
    assert_eq!(settings["providerId"], demo.provider_id);
    assert_eq!(settings["providerCode"], demo.provider_code);
    assert_eq!(settings["configurationUrlV1"], demo.configuration_v1);
    assert_eq!(settings["configurationUrlV2"], demo.configuration_v2);
    assert_eq!(settings["publicKey"], demo.public_key);
    PublicKey::from_pem(&demo.public_key).unwrap();
    assert_eq!(demo.provider_code, world.bundle.demo.app_space.guid.replace('-', "")[..12]);
    assert_eq!(demo.provider_id, u64::from_str_radix(&demo.provider_code, 16).unwrap());
    assert_eq!(world.hmac_backend().get(SETTINGS).await.ok(), settings);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_connect_links_are_without_a_user() {
    let world = World::new().await;
    let settings = world.backend().get(SETTINGS).await.ok();
    for (link, version, configuration) in [
        ("connectUriV1", ApiVersion::V1, "configurationUrlV1"),
        ("connectUriV2", ApiVersion::V2, "configurationUrlV2"),
    ] {
        let link = ConnectLink::parse(settings[link].as_str().unwrap()).unwrap();
        assert!(link.version == version && link.connect_query.is_none());
        assert_eq!(settings[configuration], format!("{}{}", world.base_url, link.path));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_bank_encrypts_there_is_no_v1() {
    let world = World::new().await;
    let without = world.backend().get(SETTINGS).await.ok();
    with_bank(&world).await;
    let with = world.backend().get(SETTINGS).await.ok();
    assert_eq!((&with["configurationUrlV1"], &with["connectUriV1"]), (&Value::Null, &Value::Null));
    for same in ["providerId", "configurationUrlV2", "connectUriV2", "publicKey"] {
        assert_eq!(with[same], without[same]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_space_without_any_has_none() {
    let world = World::new().await;
    world.other_backend().await.get(SETTINGS).await.refused(404, "not_found");
    world.backend().with_key("wrong").get(SETTINGS).await.refused(401, "unauthorized");
}
