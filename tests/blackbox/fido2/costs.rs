//! What each operation costs: its calls of DynamoDB, in the letters of [`crate::budget`].

use crate::budget::dynamodb_calls;

use super::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_costs_what_is_said_here() {
    let mut site = Site::with_ann().await;
    for _ in 0..3 {
        site.world.enrol("ann").await;
        site.ask("ann").await;
    }
    let counted = |site: &Site| dynamodb_calls(&site.world);

    site.world.standins().calls().take();
    let options = site.creation("bob").await;
    assert_eq!(counted(&site), "BT", "webauthn-bind");
    let credential = site.authenticator.create(&options, super::site::ORIGIN).unwrap();
    site.register("bob", &credential).await.ok();
    assert_eq!(counted(&site), "BQBT", "webauthn-register");
    let credential = site.credential("carol").await;
    counted(&site);
    assert_eq!(site.attestation_result(&credential).await.ok()["status"], "ok");
    assert_eq!(counted(&site), "BBQBT", "attestation-result");

    let asked = site.ask("ann").await;
    assert_eq!(counted(&site), "BT", "webauthn-authenticate");
    let credential = site.assertion(&asked);
    site.finish("ann", &credential).await.ok();
    assert_eq!(counted(&site), "BT", "webauthn-finish");
    let asked = site.ask("ann").await;
    let credential = site.assertion(&asked);
    counted(&site);
    assert_eq!(site.assertion_result(&credential).await.ok()["status"], "ok");
    assert_eq!(counted(&site), "BT", "assertion-result");
}
