//! From a provisioning key to a request that a user gets: companies, App Spaces, Request Origins, keys and callbacks.

use countersign_domain::id::AppSpaceId;
use countersign_domain::role::Grant;
use serde_json::{Value, json};

use crate::backend::{Answer, Backend};
use crate::world::World;

/// The last segment of `Location`, which is the id that the body names.
#[track_caller]
pub(super) fn made(answer: Answer) -> String {
    let location = answer.headers["location"].to_str().unwrap().to_owned();
    let guid = answer.created()["guid"].as_str().unwrap().to_owned();
    assert_eq!(location.rsplit('/').next(), Some(guid.as_str()), "{location}");
    guid
}

#[tokio::test]
async fn a_key_provisions_everything_that_asking_needs() {
    let world = World::new().await;
    let (_, key) = world.provisioner().await;
    let company = made(key.post("/admin/api/companies/new", json!({"name": "ACME Nordic"})).await);
    let body = json!({
        "idpType": "simple", "name": "ACME Nordic Bank", "useUniversalApp": false,
        "brandInfo": {"url": "https://acme.example/logo.png", "color": "#1A2B3C"},
    });
    let app_spaces = format!("/admin/api/companies/{company}/appSpaces");
    let app_space = made(key.post(&format!("{app_spaces}/new"), body).await);
    let origins = format!("{app_spaces}/{app_space}/requestOrigins");
    let origin = made(key.post(&format!("{origins}/new"), json!({"name": "Shop"})).await);
    for key_type in ["basic", "hmac"] {
        let path = format!("{origins}/{origin}/keyManagement");
        let secret = key.post(&path, json!({"keyType": key_type})).await.ok();
        let shop = world.caller(key_type, &origin, secret["key"].as_str().unwrap());
        let bound = shop.put("/api/account/bind", json!({"accountId": "ann"})).await.success();
        assert_eq!(bound["appSpaceName"], "ACME Nordic Bank");
        assert!(bound["bindUri"].as_str().unwrap().starts_with("acmenordicbank://"), "{bound}");
    }
    let seen = key.get(&format!("{app_spaces}/{app_space}")).await.ok();
    assert_eq!(seen["counts"], json!({"requestOrigins": 1, "activeUsers": 0, "administrators": 0}));
    assert_eq!(seen["settings"]["brandInfo"]["color"], "#1a2b3c");
    assert_eq!((&seen["idpType"], &seen["idpName"]), (&json!("simple"), &Value::Null));
}

#[tokio::test]
async fn a_form_is_taken_as_json_is() {
    let world = World::new().await;
    let (company, key) = world.provisioner().await;
    let path = format!("/admin/api/companies/{company}/appSpaces/new");
    let body = "idpType=simple&name=Form+Bank&brandInfo[color]=%23000000&useUniversalApp=true";
    let app_space = made(key.form(reqwest::Method::POST, &path, body).await);
    let seen = key.get(&format!("/admin/api/companies/{company}/appSpaces/{app_space}")).await.ok();
    assert_eq!((&seen["name"], &seen["settings"]["useUniversalApp"]), (&json!("Form Bank"), &json!(true)));
}

#[tokio::test]
async fn only_the_operators_companies_make_companies() {
    let world = World::new().await;
    let (company, key) = world.provisioner().await;
    let path = "/admin/api/companies/new";
    let child = made(key.post(path, json!({"name": "Child"})).await);
    let child_key = world.provisioner_of(child.parse().unwrap()).await;
    child_key.post(path, json!({"name": "Grandchild"})).await.refused(403, "forbidden");
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    admin.post(path, json!({"name": "Mine"})).await.refused(403, "forbidden");
    let named = key.post(path, json!({"name": ""})).await.refused(400, "invalid_field");
    assert_eq!(named.as_deref(), Some("name"));
    let acts = world.acts(&admin, "").await;
    assert!(acts.contains(&["company.created".into(), child.clone(), String::new()]), "{acts:?}");
    // A parent's key acts for its company, and nothing else's key does.
    assert_eq!(key.get(&format!("/admin/api/companies/{child}")).await.ok()["name"], "Child");
    child_key.get(&format!("/admin/api/companies/{company}")).await.refused(404, "not_found");
    let (other, _) = world.other_company().await;
    key.get(&format!("/admin/api/companies/{other}")).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_create_that_is_sent_twice_makes_one() {
    let world = World::new().await;
    let (company, key) = world.provisioner().await;
    let app_spaces = format!("/admin/api/companies/{company}/appSpaces");
    let space = format!("{app_spaces}/{}/requestOrigins", world.demo_space());
    for (path, body, other) in [
        ("/admin/api/companies/new".to_owned(), json!({"name": "A"}), json!({"name": "B"})),
        (format!("{app_spaces}/new"), json!({"name": "A"}), json!({"name": "B"})),
        (format!("{space}/new"), json!({"name": "A"}), json!({"name": "B"})),
    ] {
        let once = key.clone().with_header("idempotency-key", &path);
        let first = made(once.post(&path, body.clone()).await);
        assert_eq!(made(once.post(&path, body).await), first, "{path}");
        once.post(&path, other).await.refused(422, "wrong_state");
    }
}

#[tokio::test]
async fn a_signature_counts_once() {
    let world = World::new().await;
    let (_, key) = world.provisioner().await;
    let (path, body) = ("/admin/api/companies/new", json!({"name": "A"}).to_string());
    let authorization = key.authorization(&reqwest::Method::POST, path, &body, world.now());
    let send =
        || key.send(reqwest::Method::POST, path, &body, Some("application/json"), Some(&authorization));
    made(send().await);
    send().await.refused(401, "replayed");
    let other = key.clone().with_key("another key");
    other.post(path, json!({"name": "A"})).await.refused(401, "unauthorized");
}

#[tokio::test]
async fn an_app_space_of_users_who_log_in_elsewhere_has_its_provider_from_the_start() {
    let world = World::new().await;
    let (company, key) = world.provisioner().await;
    let path = format!("/admin/api/companies/{company}/appSpaces/new");
    let field = async |key: &Backend, body: Value| key.post(&path, body).await.refused(400, "invalid_field");
    for (expected, body) in [
        ("identityProvider", json!({"name": "A", "idpType": "oidc"})),
        (
            "identityProvider",
            json!({"name": "A", "identityProvider": {"idpServerName": "A", "clientId": "a"}}),
        ),
        ("idpType", json!({"name": "A", "idpType": "saml"})),
        ("appProtocol", json!({"name": "A", "appProtocol": "https"})),
        ("brandInfo.color", json!({"name": "A", "brandInfo": {"color": "red"}})),
        ("name", json!({})),
        (
            "identityProvider.discoveryUrl",
            json!({"name": "A", "idpType": "oidc", "identityProvider": {
                "idpServerName": "A", "clientId": "a", "clientSecret": null, "discoveryUrl": "ftp://idp.example",
            }}),
        ),
    ] {
        assert_eq!(field(&key, body).await.as_deref(), Some(expected));
    }
    let discovery = world.standins().identity_provider().discovery_url();
    let provider = json!({
        "idpServerName": "Login", "clientId": "demo", "clientSecret": "hush", "discoveryUrl": discovery,
    });
    let body = json!({"name": "A", "idpType": "oidc", "identityProvider": provider});
    let app_space: AppSpaceId = made(key.post(&path, body).await).parse().unwrap();
    let kept = world.app_space_of(app_space).await.identity_provider.unwrap();
    assert!(kept.client_secret.is_some_and(|sealed| !sealed.contains("hush")));
}
