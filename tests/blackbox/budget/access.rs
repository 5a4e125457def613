//! What sessions, links and administrators cost, however many there are.

use countersign_authenticator::webauthn::Tamper;
use countersign_domain::role::Grant;
use countersign_domain::time::Span;
use serde_json::json;

use super::dynamodb_calls;
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn access_costs_what_is_said_here() {
    let world = World::at_localhost().await;
    for _ in 0..5 {
        world.admin(&[Grant::CompanyAdmin]).await;
    }
    let cost = |what: &str, expected: &str| assert_eq!(dynamodb_calls(&world), expected, "{what}");
    let link = world.join_link(&[Grant::CompanyAdmin]).await;
    let mut ann = world.person();
    world.standins().calls().take();
    let credential = ann.passkey(&link, &Tamper::default()).await;
    cost("invitation-open", "BB");
    ann.accept(&link, &credential).await.created();
    cost("invitation-accept", "BBT");
    let credential = ann.assertion(&Tamper::default()).await;
    cost("sign-in-options", "");
    ann.present(&credential).await.created();
    cost("sign-in", "BT");
    ann.session().await.ok();
    cost("session-get", "B");
    world.turn(Span::minutes(5));
    ann.session().await.ok();
    cost("session-get, when activity is noted", "BT");
    let browser = ann.browser.clone();
    let link = browser.post("/admin/api/passkeys", json!({})).await.created()["link"].clone();
    cost("passkey-link-create", "BT");
    ann.authenticator = Default::default();
    let second = ann.follow(link.as_str().unwrap()).await;
    let first = second["administrator"]["passkeys"][0]["id"].as_str().unwrap();
    world.standins().calls().take();
    ann.browser.delete(&format!("/admin/api/passkeys/{first}")).await.expect(204);
    cost("passkey-remove", "BT");

    let browser = ann.browser.clone();
    let path = format!("/admin/api/companies/{}", world.company().await);
    let administrators = format!("{path}/administrators");
    world.standins().calls().take();
    browser.get(&administrators).await.ok();
    cost("administrator-list", "BQ");
    let bea = json!({"name": "Bea", "grants": [{"role": "companyAdmin"}]});
    let bea = browser.post(&format!("{administrators}/new"), bea).await.created();
    cost("administrator-invite", "BT");
    let support = json!([{"role": "userSupport", "appSpace": world.demo_space().to_string()}]);
    let bob = json!({"name": "Bob", "grants": support});
    let bob = browser.post(&format!("{administrators}/new"), bob).await.created();
    cost("administrator-invite, in an App Space", "BBT");
    let bea = format!("{administrators}/{}", bea["guid"].as_str().unwrap());
    browser.post(&format!("{bea}/recovery"), json!({})).await.created();
    cost("administrator-recover", "BT");
    browser.patch(&bea, json!({"name": "Bea B."})).await.expect(204);
    cost("administrator-update", "BT");
    browser.delete(&bea).await.expect(204);
    cost("administrator-remove", "BT");
    browser.delete(&format!("{administrators}/{}", bob["guid"].as_str().unwrap())).await.expect(204);
    world.standins().calls().take();
    let other = world.admin(&[Grant::CompanyAdmin]).await;
    world.standins().calls().take();
    browser.delete(&format!("{administrators}/{}", other.id)).await.expect(204);
    cost("administrator-remove, of a Company Admin", "BQT");

    browser.post(&format!("{path}/keyManagement"), json!({})).await.ok();
    cost("company-key-generate", "BT");
    browser.delete(&format!("{path}/keyManagement")).await.expect(204);
    cost("company-key-revoke", "BT");
    browser.post(&format!("{path}/keys/rotate"), json!({"which": "signing"})).await.expect(202);
    cost("key-rotate", "BT");
    browser.delete("/admin/api/session?everywhere=true").await.expect(204);
    cost("sign-out", "BT");
}
