//! Whatever happens at the same moment, there is one outcome.

use countersign_authenticator::webauthn::Authenticator;
use futures::future::join_all;
use serde_json::Value;

use super::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn of_many_answers_at_once_one_counts() {
    let mut site = Site::with_ann().await;
    let asked = site.ask("ann").await;
    let answers: Vec<Value> = (0..20).map(|_| site.assertion(&asked)).collect();
    let sent = answers.iter().enumerate().map(async |(number, credential)| match number % 2 {
        0 => site.finish("ann", credential).await,
        _ => site.assertion_result(credential).await,
    });
    let got = join_all(sent).await;
    let taken: Vec<&Value> = answers
        .iter()
        .zip(&got)
        .filter(|(_, answer)| answer.status == 200 && answer.body["status"] != "failed")
        .map(|(credential, _)| credential)
        .collect();
    let [taken] = taken[..] else { panic!("{} answers count: {got:?}", taken.len()) };
    for answer in &got {
        assert!(matches!(answer.status, 200 | 409 | 422), "{answer:?}");
    }
    let request = site.world.request(&asked["requestGuid"]).await;
    assert!(
        request["evidence"]["answer"]
            .as_str()
            .unwrap()
            .contains(taken["response"]["signature"].as_str().unwrap())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_signature_answers_one_of_many_requests() {
    let mut site = Site::with_ann().await;
    let asked = [site.ask("ann").await, site.ask("ann").await, site.ask("ann").await];
    let kept = serde_json::to_value(&site.authenticator).unwrap();
    let mut same_counter = Vec::new();
    for asked in &asked {
        site.authenticator = serde_json::from_value(kept.clone()).unwrap();
        same_counter.push(site.assertion(asked));
    }
    let got = join_all(same_counter.iter().map(|credential| site.finish("ann", credential))).await;
    let taken = got.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(taken, 1, "a counter counts once: {got:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_registrations_at_once_one_counts() {
    let mut site = Site::new().await;
    let credential = site.credential("ann").await;
    let sent = (0..20).map(async |number| match number % 2 {
        0 => site.register("ann", &credential).await,
        _ => site.attestation_result(&credential).await,
    });
    let got = join_all(sent).await;
    let taken = got.iter().filter(|answer| answer.status == 200 && answer.body["status"] != "failed").count();
    assert_eq!(taken, 1, "{got:?}");
    assert_eq!(site.devices("ann").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_limit_is_passed_by_registering_at_once() {
    let mut site = Site::new().await;
    site.world.change_app_space(|app_space| app_space.policy.devices_max = 3).await;
    let mut credentials = Vec::new();
    for _ in 0..6 {
        site.authenticator = Authenticator::new();
        credentials.push(site.credential("ann").await);
    }
    let got = join_all(credentials.iter().map(|credential| site.register("ann", credential))).await;
    assert_eq!(got.iter().filter(|answer| answer.status == 200).count(), 3, "{got:?}");
    assert_eq!(site.devices("ann").await.len(), 3);
}
