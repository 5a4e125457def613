//! `PUT /api/account/bind` with `deviceKind`.

use countersign_tests::authenticator::{ApiVersion, ConnectLink};
use countersign_tests::device::link::Link;
use reqwest::Method;
use serde_json::json;

use super::{BIND, with_bank};
use crate::qr;
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn the_link_connects_an_app_of_its_version_with_the_token() {
    let world = World::new().await;
    let demo = &world.bundle.demo.authenticator;
    for (kind, version, configuration) in [
        ("authenticatorV1", ApiVersion::V1, &demo.configuration_v1),
        ("authenticatorV2", ApiVersion::V2, &demo.configuration_v2),
    ] {
        let body = json!({ "accountId": "ann", "deviceKind": kind });
        let bound = world.backend().put(BIND, body).await.success();
        let uri = bound["bindUri"].as_str().unwrap();
        let link = ConnectLink::parse(uri).unwrap();
        assert_eq!(link.version, version);
        assert_eq!(format!("{}{}", world.base_url, link.path), *configuration);
        assert_eq!(link.connect_query.unwrap().expose(), bound["sessionToken"].as_str().unwrap());
        assert_eq!(qr::read(bound["qrCode"].as_str().unwrap()), uri);
        world.backend().get(&link.path).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn native_is_what_it_is_without() {
    let world = World::new().await;
    for body in [
        json!({ "accountId": "ann", "deviceKind": "native" }),
        json!({ "accountId": "ann", "userInfo": "Ann" }),
    ] {
        let bound = world.backend().put(BIND, body).await.success();
        let Ok(Link::Bind(link)) = Link::parse(bound["bindUri"].as_str().unwrap()) else { panic!("{bound}") };
        assert_eq!(link.session_token.expose(), bound["sessionToken"].as_str().unwrap());
    }
    let form = "accountId=ann&deviceKind=authenticatorV2";
    let bound = world.backend().form(Method::PUT, BIND, form).await.ok();
    assert!(bound["bindUri"].as_str().unwrap().starts_with("authenticator://saltedge.com/connect?"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_kind_is_known() {
    let world = World::new().await;
    for kind in ["", "authenticator", "authenticatorV3", "AuthenticatorV1", "uaf"] {
        let body = json!({ "accountId": "ann", "deviceKind": kind });
        let refused = world.backend().put(BIND, body).await.refused(400, "invalid_field");
        assert_eq!(refused.as_deref(), Some("deviceKind"), "{kind:?}");
    }
    world.backend().get("/api/account/get?accountId=ann").await.refused(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_space_without_settings_has_no_such_links() {
    let world = World::new().await;
    let other = world.other_backend().await;
    for kind in ["authenticatorV1", "authenticatorV2"] {
        let body = json!({ "accountId": "ann", "deviceKind": kind });
        other.put(BIND, body).await.refused(422, "wrong_state");
    }
    other.get("/api/account/get?accountId=ann").await.refused(404, "not_found");
    other.put(BIND, json!({ "accountId": "ann" })).await.created();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_speaks_v2_only() {
    let world = World::new().await;
    with_bank(&world).await;
    let body = |kind| json!({ "accountId": "ann", "deviceKind": kind });
    world.backend().put(BIND, body("authenticatorV1")).await.refused(422, "wrong_state");
    world.backend().put(BIND, body("authenticatorV2")).await.created();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_bind_gets_the_same_link() {
    let world = World::new().await;
    let backend = world.backend().with_header("idempotency-key", "k1");
    let body = || json!({ "accountId": "ann", "deviceKind": "authenticatorV1" });
    let first = backend.put(BIND, body()).await.created();
    assert_eq!(backend.put(BIND, body()).await.created(), first);
    let other = json!({ "accountId": "ann", "deviceKind": "authenticatorV2" });
    backend.put(BIND, other).await.refused(422, "wrong_state");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_of_the_device_api_is_native() {
    let world = World::new().await;
    world.enrol("ann").await;
    let devices = world.backend().get("/api/device/getAll?accountId=ann").await.ok();
    assert_eq!(devices[0]["kind"], "native");
    let account = world.backend().get("/api/account/get?accountId=ann").await.ok();
    assert_eq!(account["devices"], devices);
}
