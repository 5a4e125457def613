//! Rotation of the keys: nothing that was signed or sealed before is lost, and no verifier is surprised.

use countersign_crypto::receipt;
use countersign_crypto::system::SystemRandom;
use countersign_domain::time::{Clock, Span};
use countersign_jobs::{JOBS, JobError};
use countersign_local::secrets::{self, SEALING_KEYS, SIGNING_KEYS};
use serde_json::{Value, json};

use crate::world::World;

/// Rotates, and lets every process hear of it.
async fn rotate(world: &World, secret: &str) {
    secrets::rotate(world.bundle.jobs(), secret, &SystemRandom).await.unwrap();
    world.turn(Span::minutes(5));
}

/// One step of a rotation, as Secrets Manager calls it.
async fn step(world: &World, secret: &str, step: &str, token: &str) -> Result<Value, JobError> {
    let job = JOBS.iter().find(|job| job.name == "key-rotate").unwrap();
    let event = json!({ "Step": step, "SecretId": secret, "ClientRequestToken": token });
    (job.run)(world.bundle.jobs(), event).await
}

/// What a secret holds now.
async fn current(world: &World, secret: &str) -> String {
    let client = world.bundle.app().keys.secrets_manager();
    client.get_secret_value().secret_id(secret).send().await.unwrap().secret_string.unwrap()
}

async fn replace(world: &World, secret: &str, text: &str) {
    let client = world.bundle.app().keys.secrets_manager();
    client.put_secret_value().secret_id(secret).secret_string(text).send().await.unwrap();
}

/// A receipt that is issued now.
async fn issued(world: &World, device: &countersign_tests::device::Device) -> String {
    let asked = world.answered("ann", device).await;
    world.request(&asked["guid"]).await["evidence"]["receipt"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_verifies_for_one_more_rotation_and_its_key_was_published_before_it_signed() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let mut sets = vec![world.jwks().await.to_string()];
    let mut receipts = vec![issued(&world, &device).await];
    for _ in 0..3 {
        rotate(&world, SIGNING_KEYS).await;
        sets.push(world.jwks().await.to_string());
        receipts.push(issued(&world, &device).await);
    }
    for (set, jwks) in sets.iter().enumerate() {
        for (turn, receipt) in receipts.iter().enumerate() {
            let verifies = receipt::verify(jwks, receipt).is_ok();
            assert_eq!(
                verifies,
                turn.abs_diff(set) <= 1,
                "the receipt of turn {turn} with the set of turn {set}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_keeps_the_key_set_verifies_webhooks_after_a_rotation() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    for _ in 0..2 {
        let kept = world.jwks().await;
        rotate(&world, SIGNING_KEYS).await;
        world.answered("ann", &device).await;
        world.pump().await;
        let webhook = world.receiver.got().pop().unwrap();
        webhook.verify_v1a(&kept, world.clock.now()).unwrap();
        webhook.verify_v1a(&world.jwks().await, world.clock.now()).unwrap();
    }
    assert_eq!(world.receiver.got().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sealed_with_a_former_key_still_opens_in_every_process() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    for _ in 0..2 {
        rotate(&world, SEALING_KEYS).await;
        let fresh = world.another_process().await;
        for backend in [world.hmac_backend(), world.hmac_backend().at(&fresh.demo.base_url)] {
            backend.get("/api/account/get?accountId=ann").await.ok();
        }
        world.answered("ann", &device).await;
        world.pump().await;
        let webhook = world.receiver.got().pop().unwrap();
        webhook.verify_v1(&world.backend().origin.webhook_secret, world.clock.now()).unwrap();
    }
    assert_eq!(world.receiver.got().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_sealed_with_a_newer_key_opens_at_once() {
    let world = World::new().await;
    world.hmac_backend().get("/api/account/get?accountId=ann").await.refused(404, "not_found");
    secrets::rotate(world.bundle.jobs(), SEALING_KEYS, &SystemRandom).await.unwrap();
    // Its demo is sealed with the new key, of which this process has not heard.
    let newer = world.another_process().await;
    let origin = newer.demo.origins.iter().find(|origin| origin.key_type == "hmac").unwrap();
    let backend = crate::backend::Backend::new(&world.base_url, origin, world.clock.clone());
    backend.get("/api/account/get?accountId=ann").await.refused(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_bind_gets_the_same_token_after_a_rotation() {
    let world = World::new().await;
    let backend = world.backend().with_header("idempotency-key", "key-1");
    let bind = || backend.put("/api/account/bind", json!({ "accountId": "ann" }));
    let first = bind().await.created();
    rotate(&world, SEALING_KEYS).await;
    assert_eq!(bind().await.created()["sessionToken"], first["sessionToken"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_comes_again_changes_nothing() {
    let world = World::new().await;
    for secret in [SIGNING_KEYS, SEALING_KEYS] {
        let former = current(&world, secret).await;
        let token = "a-client-request-token-of-32-chars";
        for name in ["createSecret", "setSecret", "testSecret"] {
            for _ in 0..2 {
                step(&world, secret, name, token).await.unwrap();
                assert_eq!(current(&world, secret).await, former);
            }
        }
        step(&world, secret, "finishSecret", token).await.unwrap();
        let rotated = current(&world, secret).await;
        assert_ne!(rotated, former);
        for name in ["createSecret", "setSecret", "testSecret", "finishSecret"] {
            // Secrets Manager may call any of them again after it timed out.
            let _ = step(&world, secret, name, token).await;
            assert_eq!(current(&world, secret).await, rotated, "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_key_set_is_not_overwritten() {
    let world = World::new().await;
    for (secret, damaged) in [
        (SIGNING_KEYS, r#"{"keys":[{"kty":"EC","d":"hush"}]}"#),
        (SEALING_KEYS, r#"{"keys":[{"kid":"a","k":"hush","status":"current"}]}"#),
        (SEALING_KEYS, "{}"),
    ] {
        replace(&world, secret, damaged).await;
        let failed =
            secrets::rotate(world.bundle.jobs(), secret, &SystemRandom).await.unwrap_err().to_string();
        assert!(failed.contains(secret) && !failed.contains("hush"), "{failed}");
        assert_eq!(current(&world, secret).await, damaged);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_fresh_secret_held_is_replaced_by_keys() {
    let world = World::new().await;
    for secret in [SIGNING_KEYS, SEALING_KEYS] {
        replace(&world, secret, "what the template generated").await;
        secrets::rotate(world.bundle.jobs(), secret, &SystemRandom).await.unwrap();
        assert!(current(&world, secret).await.starts_with("{\"keys\""));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_two_secrets_are_rotated_and_no_unfit_key_set_passes_its_test() {
    let world = World::new().await;
    let refused = step(&world, "somebody-elses-secret", "createSecret", "token").await.unwrap_err();
    assert!(refused.to_string().contains("SIGNING_KEYS_SECRET"), "{refused}");
    let token = "a-client-request-token-of-32-chars";
    assert!(step(&world, SIGNING_KEYS, "testSecret", token).await.is_err(), "there is nothing to test");
    let client = world.bundle.app().keys.secrets_manager();
    let put = client.put_secret_value().secret_id(SIGNING_KEYS).client_request_token(token);
    put.secret_string("{\"keys\":[]}").version_stages("AWSPENDING").send().await.unwrap();
    let unfit = step(&world, SIGNING_KEYS, "testSecret", token).await.unwrap_err();
    assert!(unfit.to_string().contains("lack"), "{unfit}");
}
