//! Where users log in, as administrators set it.

use countersign_domain::role::Grant;
use countersign_standins::{CLIENT_ID, CLIENT_SECRET};
use serde_json::{Value, json};

use super::client::Admin;
use crate::identity_provider::provider;
use crate::world::World;

fn oidc(world: &World) -> Value {
    json!({
        "idpType": "oidc", "idpServerName": "Demo Login", "clientId": CLIENT_ID, "clientSecret": CLIENT_SECRET,
        "discoveryUrl": provider::openid_connect(world).discovery_url,
    })
}

fn oauth2(world: &World) -> Value {
    let proposal = provider::oauth2(world);
    json!({
        "idpType": "oauth2", "idpServerName": proposal.idp_server_name, "clientId": CLIENT_ID,
        "clientSecret": CLIENT_SECRET, "scopes": proposal.scopes, "tokenFailBehaviour": "nothing",
        "authorizationUrl": proposal.authorization_url, "accessTokenUrl": proposal.access_token_url,
        "userProfileUrl": proposal.user_profile_url, "verifyTokenUrl": proposal.verify_token_url,
        "endUserIdName": proposal.end_user_id_name,
    })
}

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

fn without(mut body: Value, field: &str) -> Value {
    body.as_object_mut().unwrap().remove(field);
    body
}

async fn set(world: &World, admin: &Admin, body: Value) -> u16 {
    admin.put(&admin.in_space(world.demo_space(), "/identityProvider"), body).await.status
}

async fn shown(world: &World, admin: &Admin) -> Value {
    let seen = admin.get(&admin.in_space(world.demo_space(), "")).await.ok();
    seen["settings"]["identityProvider"].clone()
}

/// Where an app that wants to bind is led by the process at `base_url`.
async fn led_to(world: &World, base_url: &str) -> Option<String> {
    let body = json!({
        "appSpaceGuid": world.demo_space().to_string(),
        "authKeyThumbprint": "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
    });
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = http.post(format!("{base_url}/api/idp/bind")).header("content-type", "application/json");
    let begun: Value =
        serde_json::from_str(&request.body(body.to_string()).send().await.unwrap().text().await.unwrap())
            .unwrap();
    let url = begun["authorizationUrl"].as_str()?;
    Some(url.split('?').next().unwrap().to_owned())
}

#[tokio::test]
async fn an_edit_takes_effect_at_the_next_bind_in_every_process() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    let other = world.another_process().await;
    let processes = [world.base_url.as_str(), other.demo.base_url.as_str()];
    for process in processes {
        assert_eq!(led_to(&world, process).await, None, "{process}");
    }
    for (body, led) in [(oidc(&world), true), (oauth2(&world), true), (json!({"idpType": "simple"}), false)] {
        assert_eq!(set(&world, &admin, body).await, 204);
        for process in processes {
            assert_eq!(led_to(&world, process).await.is_some(), led, "{process}");
        }
    }
    // Another address, at once, where the former one was in use a moment ago.
    assert_eq!(set(&world, &admin, oauth2(&world)).await, 204);
    let elsewhere = format!("{}/elsewhere", provider::oauth2(&world).authorization_url.unwrap());
    assert_eq!(set(&world, &admin, with(oauth2(&world), "authorizationUrl", json!(elsewhere))).await, 204);
    for process in processes {
        assert_eq!(led_to(&world, process).await.as_deref(), Some(elsewhere.as_str()), "{process}");
    }
}

#[tokio::test]
async fn settings_are_shown_without_the_secret() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    assert_eq!(shown(&world, &admin).await, Value::Null);
    assert_eq!(set(&world, &admin, oidc(&world)).await, 204);
    let seen = shown(&world, &admin).await;
    assert_eq!((&seen["idpType"], &seen["hasClientSecret"]), (&json!("oidc"), &json!(true)));
    assert_eq!(seen["callbackUrl"], format!("{}/api/idp/oidc/verify", world.base_url));
    assert!(!seen.to_string().contains(CLIENT_SECRET));
    assert_eq!(set(&world, &admin, oauth2(&world)).await, 204);
    let seen = shown(&world, &admin).await;
    assert_eq!((&seen["endUserIdName"], &seen["tokenFailBehaviour"]), (&json!("user_id"), &json!("nothing")));
    assert_eq!(seen["scopes"], "profile profile:user_id");
    let acts = world.acts(&admin, &format!("?appSpace={}&event=app_space.", world.demo_space())).await;
    let details: Vec<&str> = acts.iter().map(|[.., detail]| detail.as_str()).collect();
    assert_eq!(details, ["oauth2", "oidc"]);
}

#[tokio::test]
async fn a_secret_stays_for_the_same_client_of_the_same_provider_only() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    let path = admin.in_space(world.demo_space(), "/identityProvider");
    let missing = async |body: Value| {
        let named = admin.put(&path, body).await.refused(400, "invalid_field");
        assert_eq!(named.as_deref(), Some("clientSecret"));
    };
    missing(without(oidc(&world), "clientSecret")).await;
    assert_eq!(set(&world, &admin, oidc(&world)).await, 204);
    let renamed = with(without(oidc(&world), "clientSecret"), "idpServerName", json!("New name"));
    assert_eq!(set(&world, &admin, renamed).await, 204);
    assert_eq!(shown(&world, &admin).await["hasClientSecret"], true);
    missing(with(without(oidc(&world), "clientSecret"), "clientId", json!("another"))).await;
    missing(without(oauth2(&world), "clientSecret")).await;
    assert_eq!(set(&world, &admin, oauth2(&world)).await, 204);
    // Else whoever may set a provider could have the secret sent to any address.
    let thief = json!("https://thief.example/token");
    missing(with(without(oauth2(&world), "clientSecret"), "accessTokenUrl", thief)).await;
    assert_eq!(set(&world, &admin, with(oauth2(&world), "clientSecret", Value::Null)).await, 204);
    assert_eq!(shown(&world, &admin).await["hasClientSecret"], false);
}

#[tokio::test]
async fn a_provider_that_does_not_fit_is_not_taken() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    let path = admin.in_space(world.demo_space(), "/identityProvider");
    let nobody = "http://127.0.0.1:9/.well-known/openid-configuration";
    for (field, body) in [
        ("idpType", json!({"idpType": "saml"})),
        ("idpServerName", json!({"idpType": "oidc"})),
        ("discoveryUrl", with(oidc(&world), "discoveryUrl", json!(nobody))),
        ("discoveryUrl", with(oidc(&world), "discoveryUrl", json!("https://idp.example"))),
        ("discoveryUrl", without(oidc(&world), "discoveryUrl")),
        ("endUserIdName", without(oauth2(&world), "endUserIdName")),
        ("userProfileUrl", with(oidc(&world), "userProfileUrl", json!("https://idp.example/me"))),
        ("tokenFailBehaviour", with(oidc(&world), "tokenFailBehaviour", json!("panic"))),
    ] {
        let named = admin.put(&path, body).await.refused(400, "invalid_field");
        assert_eq!(named.as_deref(), Some(field));
    }
    assert_eq!(shown(&world, &admin).await, Value::Null);
    let helper = world.admin(&[Grant::AppSpaceAdmin { app_space: world.demo_space() }]).await;
    assert_eq!(set(&world, &helper, oidc(&world)).await, 403);
}
