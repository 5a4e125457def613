//! App Spaces: who sees what of them, and what their settings may be.

use countersign_domain::role::Grant;
use countersign_domain::time::Span;
use serde_json::{Value, json};

use crate::world::World;

#[tokio::test]
async fn an_overview_shows_each_role_what_it_may_see() {
    let world = World::new().await;
    let space = world.demo_space();
    let company = world.admin(&[Grant::CompanyAdmin]).await;
    let own = world.admin(&[Grant::AppSpaceAdmin { app_space: space }]).await;
    let support = world.admin(&[Grant::UserSupport { app_space: space }]).await;
    for admin in [&company, &own, &support] {
        let seen = admin.get(&admin.in_space(space, "")).await.ok();
        assert_eq!((&seen["name"], &seen["guid"]), (&json!("Demo Bank"), &json!(space.to_string())));
        assert_eq!(seen["counts"]["requestOrigins"], 2);
        assert_eq!(seen["counts"]["administrators"], 4, "with the one who is invited in the demo");
        let sees_all = admin.id != support.id;
        assert_eq!(seen["administrators"].as_array().map(Vec::len), sees_all.then_some(4));
        assert_eq!(seen["settings"].is_object(), sees_all);
    }
    let roles = support.get(&support.in_space(space, "")).await.ok()["roles"].clone();
    assert_eq!(roles, json!(["User Support"]));
    let other = world.another_space(company.company, "Other").await;
    own.get(&own.in_space(other, "")).await.refused(404, "not_found");
    assert_eq!(company.get(&company.in_space(other, "")).await.ok()["counts"]["administrators"], 2);
}

#[tokio::test]
async fn users_who_answered_count_as_active() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    let device = world.enrol("ann").await;
    world.answered("ann", &device).await;
    world.pump().await;
    let active = async || {
        let seen = admin.get(&admin.in_space(world.demo_space(), "")).await;
        seen.body["counts"]["activeUsers"].clone()
    };
    assert_eq!(active().await, 1);
}

#[tokio::test]
async fn settings_show_no_secret() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    let seen = admin.get(&admin.in_space(world.demo_space(), "")).await.ok();
    let settings = &seen["settings"];
    assert_eq!(settings["policy"]["challengeLifetime"], "5m");
    assert!(
        settings["authenticator"]["publicKey"].as_str().unwrap().starts_with("-----BEGIN PUBLIC KEY-----")
    );
    assert_eq!(settings["cloud"]["relyingParty"]["id"], "localhost");
    let text = settings.to_string().to_lowercase();
    assert!(!text.contains("private") && !text.contains("sealed"), "{text}");
}

#[tokio::test]
async fn a_policy_holds_from_the_next_question_on() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    let path = admin.in_space(world.demo_space(), "");
    world.enrol("ann").await;
    let policy = json!({"challengeLifetime": "1m", "pendingMax": 1, "notificationTitle": "A question"});
    assert_eq!(admin.patch(&path, json!({"policy": policy})).await.status, 204);
    let asked = world.ask("ann").await;
    assert_eq!(asked["statusId"], 3);
    let body = json!({"accountId": "ann", "content": "Once more?"});
    world.backend().post("/api/request/add", body.clone()).await.refused(429, "too_many");
    world.turn(Span::minutes(1));
    world.backend().post("/api/request/add", body).await.created();
    let settings = admin.get(&path).await.ok()["settings"].clone();
    assert_eq!(
        (&settings["policy"]["pendingMax"], &settings["policy"]["coolDown"]),
        (&json!(1), &json!("5m"))
    );
    let acts = world.acts(&admin, &format!("?appSpace={}&event=app_space.", world.demo_space())).await;
    let detail = "policy.challengeLifetime, policy.pendingMax, policy.notificationTitle";
    assert_eq!(acts, [["app_space.updated".into(), world.demo_space().to_string(), detail.to_owned()]]);
}

#[tokio::test]
async fn settings_are_refused_by_their_names_and_then_nothing_changes() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    let path = admin.in_space(world.demo_space(), "");
    let before = admin.get(&path).await.ok();
    for (field, body) in [
        ("name", json!({"name": ""})),
        ("appProtocol", json!({"name": "New", "appProtocol": "javascript"})),
        ("brandInfo.url", json!({"brandInfo": {"url": "http://acme.example"}})),
        ("policy.challengeLifetime", json!({"policy": {"challengeLifetime": "25h"}})),
        ("policy.pendingMax", json!({"policy": {"pendingMax": "many"}})),
        (
            "cloud.relyingParty.origins",
            json!({"cloud": {"relyingParty": {"id": "a.example", "origins": ["https://b.example"]}}}),
        ),
        ("authenticator.supportEmail", json!({"name": "New", "authenticator": {"supportEmail": "x"}})),
    ] {
        let named = admin.patch(&path, body).await.refused(400, "invalid_field");
        assert_eq!(named.as_deref(), Some(field));
    }
    assert_eq!(admin.get(&path).await.ok(), before);
}

#[tokio::test]
async fn an_app_space_begins_to_speak_the_other_apis() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    let space = world.another_space(admin.company, "Second Bank").await;
    let path = admin.in_space(space, "");
    let settings = async || admin.get(&path).await.ok()["settings"].clone();
    assert_eq!(
        (&settings().await["cloud"], &settings().await["authenticator"]),
        (&Value::Null, &Value::Null)
    );
    let missing = admin.patch(&path, json!({"authenticator": {"name": "Second"}})).await;
    assert_eq!(missing.refused(400, "invalid_field").as_deref(), Some("authenticator.supportEmail"));
    let body = json!({
        "authenticator": {"supportEmail": "help@bank.example"},
        "cloud": {"facets": ["ios:bundle-id:com.example.second"], "appLink": "https://app.bank.example/open"},
    });
    assert_eq!(admin.patch(&path, body.clone()).await.status, 204);
    assert_eq!(admin.patch(&path, body).await.status, 204, "once more changes nothing");
    let first = settings().await;
    assert_eq!(first["authenticator"]["name"], "Second Bank");
    let configuration = first["authenticator"]["configurationV2"].as_str().unwrap();
    let told = world.backend().get(configuration.strip_prefix(&world.base_url).unwrap()).await.ok();
    assert_eq!(told["data"]["provider_support_email"], "help@bank.example");
    let body = json!({"authenticator": {"consentManagement": false}, "cloud": {"appLink": null}});
    assert_eq!(admin.patch(&path, body).await.status, 204);
    let second = settings().await;
    assert_eq!(second["authenticator"]["publicKey"], first["authenticator"]["publicKey"], "the key stays");
    assert_eq!(second["authenticator"]["consentManagement"], false);
    assert_eq!(
        (&second["cloud"]["appLink"], &second["cloud"]["facets"]),
        (&Value::Null, &first["cloud"]["facets"])
    );
    let acts = world.acts(&admin, &format!("?appSpace={space}")).await;
    let mut events: Vec<&str> = acts.iter().map(|[event, ..]| event.as_str()).collect();
    events.sort_unstable();
    let (authenticator, cloud) = ("app_space.authenticator_changed", "app_space.cloud_changed");
    assert_eq!(events, [authenticator, authenticator, cloud, cloud]);
}

#[tokio::test]
async fn two_who_change_different_settings_lose_nothing() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    let path = admin.in_space(world.demo_space(), "");
    let (one, other) = tokio::join!(
        admin.patch(&path, json!({"policy": {"pendingMax": 9}})),
        admin.patch(&path, json!({"policy": {"devicesMax": 3}})),
    );
    assert_eq!((one.status, other.status), (204, 204));
    let policy = world.app_space_of(world.demo_space()).await.policy;
    assert_eq!((policy.pending_max, policy.devices_max), (9, 3));
}
