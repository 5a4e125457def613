//! Where pushes go, as administrators set it.

use countersign_domain::device::Platform;
use countersign_domain::role::Grant;
use countersign_standins::{Recipient, Service};
use serde_json::{Value, json};

use crate::world::World;

const PEM: &str = "-----BEGIN PRIVATE KEY-----\nhush\n-----END PRIVATE KEY-----\n";

fn firebase() -> Value {
    json!({"serviceAccount": {
        "type": "service_account", "project_id": "bank", "client_email": "push@bank.example", "private_key": PEM,
    }})
}

fn apple(sandbox: bool) -> Value {
    json!({
        "key": PEM, "keyId": "ABCDE12345", "teamId": "FGHIJ67890", "bundleId": "com.example.bank",
        "sandbox": sandbox,
    })
}

#[tokio::test]
async fn credentials_become_platform_applications_that_pushes_use() {
    let world = World::new().await;
    let space = world.demo_space();
    let admin = world.admin(&[Grant::AppSpaceAdmin { app_space: space }]).await;
    let path = admin.in_space(space, "/push");
    let made = admin.put(&path, json!({"android": firebase(), "ios": apple(true)})).await.ok();
    let (android, ios) = (made["android"].as_str().unwrap(), made["ios"].as_str().unwrap());
    assert!(android.contains(&format!(":app/GCM/countersign-{space}-")), "{android}");
    assert!(ios.contains(&format!(":app/APNS_SANDBOX/countersign-{space}-")), "{ios}");
    world.enrol_with_push("ann", Platform::Android, "token-of-ann").await;
    world.ask("ann").await;
    world.pump().await;
    let published = world.standins().take_published();
    assert!(
        published.iter().any(
            |push| matches!(&push.to, Recipient::Endpoint { arn, .. } if arn.contains("/GCM/countersign-"))
        ),
        "{published:?}"
    );
    // New credentials for the same application: devices need not register again.
    world.standins().calls().take();
    let renewed = admin.put(&path, json!({"android": firebase()})).await.ok();
    assert_eq!(renewed, made);
    let calls = world.standins().calls().take();
    let calls = calls.iter().filter(|call| call.service == Service::Sns).map(|call| call.action.as_str());
    assert_eq!(calls.collect::<Vec<_>>(), ["SetPlatformApplicationAttributes"]);
    let moved = admin.put(&path, json!({"ios": apple(false)})).await.ok();
    assert!(moved["ios"].as_str().unwrap().contains(":app/APNS/countersign-"));
    let removed = admin.put(&path, json!({"android": null})).await.ok();
    assert_eq!((&removed["android"], &removed["ios"]), (&Value::Null, &moved["ios"]));
    let chief = world.admin(&[Grant::CompanyAdmin]).await;
    let acts = world.acts(&chief, &format!("?appSpace={space}&event=app_space.push")).await;
    let details: Vec<&str> = acts.iter().map(|[.., detail]| detail.as_str()).collect();
    assert_eq!(details, ["android", "ios", "android", "android, ios"]);
    assert!(!format!("{acts:?}{made}").contains("hush"));
}

#[tokio::test]
async fn what_is_no_platform_application_is_refused() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    let path = admin.in_space(world.demo_space(), "/push");
    let before = world.app_space_of(world.demo_space()).await.push;
    let own = before.android.clone().unwrap();
    let ours = admin.put(&path, json!({"android": {"application": own}})).await.ok();
    assert_eq!(ours["android"], json!(own));
    let other = world.another_space(admin.company, "Other").await;
    let others = admin.put(&admin.in_space(other, "/push"), json!({"android": firebase()})).await.ok();
    for (field, body) in [
        ("android.application", json!({"android": {"application": before.ios}})),
        ("android.application", json!({"android": {"application": others["android"]}})),
        ("ios.application", json!({"ios": {"application": "arn:aws:sns:eu-west-1:000000000000:topic"}})),
        ("android", json!({"android": {}})),
        ("android.serviceAccount", json!({"android": {"serviceAccount": "{}"}})),
        ("ios.key", json!({"ios": {"key": "hush"}})),
        ("ios.teamId", json!({"ios": {"key": PEM, "keyId": "ABCDE12345"}})),
    ] {
        let answer = admin.put(&path, body).await;
        assert!(!answer.body.to_string().contains("hush"));
        assert_eq!(answer.refused(400, "invalid_field").as_deref(), Some(field));
    }
    let after = world.app_space_of(world.demo_space()).await.push;
    assert_eq!((after.android, after.ios), (before.android, before.ios));
}
