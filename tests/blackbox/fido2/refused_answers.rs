//! Answers that are refused: the request stays as it was, and so does the credential.

use countersign_authenticator::webauthn::{Authenticator, Tamper, flags};
use countersign_domain::time::Span;
use serde_json::{Value, json};

use super::site::{ORIGIN, Site};

/// An answer of Ann's that is refused for its credential. A good one is taken after it.
async fn refused(tamper: Tamper) -> String {
    let mut site = Site::with_ann().await;
    let asked = site.ask("ann").await;
    let credential = site.bad_assertion(&asked, &tamper);
    let answer = site.finish("ann", &credential).await;
    let message = answer.body["message"].as_str().unwrap().to_owned();
    assert_eq!(answer.refused(400, "invalid_field").as_deref(), Some("credential"));
    assert_eq!(site.status(&asked).await, "pending");
    let credential = site.assertion(&asked);
    site.finish("ann", &credential).await.ok();
    message
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_breaks_a_rule_is_refused() {
    let client = |member: &'static str, value: Value| {
        Tamper::default().client_data(move |data| data[member] = value.clone())
    };
    for (tamper, rule) in [
        (client("origin", json!("https://evil.example")), "the origin is not one of the Relying Party's"),
        (
            client("origin", json!("https://bank.example:8443")),
            "the origin is not one of the Relying Party's",
        ),
        (client("crossOrigin", json!(true)), "the ceremony took place in a frame of another origin"),
        (client("type", json!("webauthn.create")), "the client data is of another ceremony"),
        (
            Tamper::default().authenticator_data(|data| data.rp_id_hash = vec![7; 32]),
            "the credential belongs to another Relying Party",
        ),
        (
            Tamper::default().authenticator_data(|data| data.flags &= !flags::USER_VERIFIED),
            "the user was not verified",
        ),
        (
            Tamper::default().authenticator_data(|data| data.flags &= !flags::USER_PRESENT),
            "the user was not present",
        ),
        (
            Tamper::default().authenticator_data(|data| data.flags |= flags::BACKUP_ELIGIBLE),
            "the credential's backup eligibility has changed",
        ),
        (
            Tamper::default().signature(|signature| *signature.last_mut().unwrap() ^= 1),
            "the signature is not valid",
        ),
        (
            Tamper::default().credential(|credential| {
                credential["response"]["userHandle"] = json!("AAAA");
            }),
            "the credential answers for another user",
        ),
    ] {
        assert_eq!(refused(tamper).await, format!("credential is refused: {rule}."));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_the_authenticator_that_counts_anew_is_refused() {
    let mut site = Site::with_ann().await;
    let kept = serde_json::to_value(&site.authenticator).unwrap();
    for _ in 0..2 {
        let asked = site.ask("ann").await;
        let credential = site.assertion(&asked);
        site.finish("ann", &credential).await.ok();
    }
    let asked = site.ask("ann").await;
    let mut copy: Authenticator = serde_json::from_value(kept).unwrap();
    let credential = copy.get(&asked["requestOptions"], ORIGIN).unwrap();
    let answer = site.finish("ann", &credential).await;
    assert_eq!(answer.body["message"], "credential is refused: the counter did not grow.");
    answer.refused(400, "invalid_field");
    assert_eq!(site.status(&asked).await, "pending");
    let credential = site.assertion(&asked);
    site.finish("ann", &credential).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_answered_once_and_in_time() {
    let mut site = Site::with_ann().await;
    let asked = site.ask("ann").await;
    let credential = site.assertion(&asked);
    site.finish("ann", &credential).await.ok();
    site.finish("ann", &credential).await.refused(422, "wrong_state");
    let another = site.assertion(&asked);
    site.finish("ann", &another).await.refused(422, "wrong_state");

    let late = site.ask("ann").await;
    let credential = site.assertion(&late);
    site.world.turn(Span::minutes(5));
    site.finish("ann", &credential).await.refused(422, "wrong_state");
    assert_eq!(site.status(&late).await, "expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_answered_for_its_user_to_who_asked() {
    let mut site = Site::with_ann().await;
    site.enrol("bob").await;
    let asked = site.ask("ann").await;
    let credential = site.assertion(&asked);
    site.finish("bob", &credential).await.refused(404, "not_found");
    site.finish("carol", &credential).await.refused(404, "not_found");
    let stranger = site.world.other_backend().await;
    site.finish_by(&stranger, "ann", &credential).await.refused(404, "not_found");
    let colleague = site.world.hmac_backend();
    site.finish_by(&colleague, "ann", &credential).await.refused(404, "not_found");
    assert_eq!(site.status(&asked).await, "pending");
    site.finish("ann", &credential).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_credential_of_another_user_answers_nothing() {
    let mut site = Site::with_ann().await;
    let anns = std::mem::replace(&mut site.authenticator, Authenticator::new());
    site.enrol("bob").await;
    let asked = site.ask("ann").await;
    let mut options = asked["requestOptions"].clone();
    options["allowCredentials"] = json!([]);
    for handle in [None, Some(json!(null)), Some(handle(&anns))] {
        let mut credential = site.authenticator.get(&options, ORIGIN).unwrap();
        if let Some(handle) = handle {
            credential["response"]["userHandle"] = handle;
        }
        let field = site.finish("ann", &credential).await.refused(400, "invalid_field");
        assert_eq!(field.as_deref(), Some("credential"));
        // Under the name of Ann's credential it is Bob's signature still.
        credential["id"] = json!(anns.credentials()[0].id());
        credential["rawId"] = credential["id"].clone();
        credential["response"]["userHandle"] = json!(null);
        site.finish("ann", &credential).await.refused(400, "invalid_field");
    }
    assert_eq!(site.status(&asked).await, "pending");
}

fn handle(authenticator: &Authenticator) -> Value {
    serde_json::to_value(authenticator).unwrap()["credentials"][0]["userHandle"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_that_is_not_wholly_the_requests_answers_nothing() {
    use countersign_crypto::encoding::{base64url, from_base64url};

    let mut site = Site::with_ann().await;
    let asked = site.ask("ann").await;
    let bound = site.creation("ann").await;
    let bytes = from_base64url(asked["requestOptions"]["challenge"].as_str().unwrap()).unwrap();
    let with = |index: usize| {
        let mut other = bytes.clone();
        other[index] ^= 1;
        base64url(&other)
    };
    // Its parts are id, nonce, user and App Space.
    for (challenge, status, error) in [
        (with(15), 404, "not_found"),
        (with(16), 400, "invalid_field"),
        (with(31), 400, "invalid_field"),
        (with(47), 404, "not_found"),
        (with(48), 404, "not_found"),
        (base64url(&bytes[..32]), 404, "not_found"),
        (bound["challenge"].as_str().unwrap().to_owned(), 404, "not_found"),
    ] {
        let tamper = Tamper::default().client_data(move |data| data["challenge"] = json!(challenge));
        let credential = site.bad_assertion(&asked, &tamper);
        site.finish("ann", &credential).await.refused(status, error);
    }
    assert_eq!(site.status(&asked).await, "pending");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_of_another_kind_is_not_answered_by_web_authn() {
    use countersign_crypto::encoding::base64url;
    use countersign_domain::id::{AppSpaceId, ChallengeId, UserId};

    let mut site = Site::with_ann().await;
    let phone = site.world.enrol("ann").await;
    let asked = site.world.ask("ann").await;
    let challenge = site.world.challenge(&phone, &asked).await;
    let own = site.ask("ann").await;
    let id: ChallengeId = asked["guid"].as_str().unwrap().parse().unwrap();
    let user: UserId = asked["privakeyId"].as_str().unwrap().parse().unwrap();
    let app_space: AppSpaceId = site.world.bundle.demo.app_space.guid.parse().unwrap();
    let nonce = countersign_crypto::encoding::from_base64url_exact::<16>(challenge.nonce.as_deref().unwrap())
        .unwrap();
    let forged = base64url(&[*id.as_bytes(), nonce, *user.as_bytes(), *app_space.as_bytes()].concat());
    let tamper = Tamper::default().client_data(move |data| data["challenge"] = json!(forged));
    let credential = site.bad_assertion(&own, &tamper);
    site.finish("ann", &credential).await.refused(404, "not_found");
    assert_eq!(site.world.request(&asked["guid"]).await["status"], "pending");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_act_answers_nothing() {
    let mut site = Site::with_ann().await;
    let asked = site.ask("ann").await;
    let credential = site.assertion(&asked);
    site.suspend("ann").await;
    site.finish("ann", &credential).await.refused(422, "wrong_state");
    site.authenticate("ann").await.refused(422, "wrong_state");
    site.backend.patch("/api/account/restore", json!({ "accountId": "ann" })).await.ok();
    assert_eq!(site.status(&asked).await, "pending");
    site.revoke_device("ann").await;
    site.finish("ann", &credential).await.refused(400, "invalid_field");
    assert_eq!(site.status(&asked).await, "pending");
}
