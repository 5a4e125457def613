//! What cannot be decrypted says nothing about why: whole responses are the same.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign_crypto::system::SystemRandom;
use countersign_domain::time::Span;
use countersign_tests::authenticator::ApiVersion;
use countersign_tests::authenticator::key::PublicKey;
use reqwest::Method;
use serde_json::{Value, json};

use super::scene::{Scene, key};
use crate::identity_provider::table;

/// Envelopes that are wrong in every way, made of a right one.
fn spoilt(right: &Value, provider: &PublicKey) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    let bytes = |member: &str| STANDARD.decode(right[member].as_str().unwrap()).unwrap();
    let mut with = |what: String, member: &str, text: String| {
        let mut envelope = right.clone();
        envelope[member] = json!(text);
        all.push((what, envelope));
    };
    for member in ["key", "iv", "data"] {
        let content = bytes(member);
        for at in [0, content.len() / 2, content.len() - 1] {
            let mut changed = content.clone();
            changed[at] ^= 1;
            with(format!("{member}: bit of byte {at}"), member, STANDARD.encode(changed));
        }
        with(format!("{member}: cut"), member, STANDARD.encode(&content[1..]));
        with(format!("{member}: longer"), member, STANDARD.encode([&content[..], &[0]].concat()));
        with(format!("{member}: empty"), member, String::new());
        with(format!("{member}: no base64"), member, "?".into());
        with(format!("{member}: zeros"), member, STANDARD.encode(vec![0; content.len()]));
        with(format!("{member}: ones"), member, STANDARD.encode(vec![0xff; content.len()]));
    }
    // Rightly padded, but of another length, or of another content.
    for length in [0, 15, 16, 17, 31, 32, 33, 245] {
        let sealed = STANDARD.encode(provider.encrypt(&vec![7; length], &SystemRandom).unwrap());
        with(format!("key of {length} bytes"), "key", sealed.clone());
        with(format!("iv of {length} bytes"), "iv", sealed);
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_cannot_be_decrypted_is_refused_like_a_wrong_code() {
    let (scene, app) = Scene::with_ann(ApiVersion::V2).await;
    let (_, shown) = scene.asked(&app).await;
    let right = app.bundle(&app.bundled(shown.authorization_code.expose())).unwrap();
    let provider = app.connection().provider.provider_public_key.clone().unwrap();
    let mut envelopes = spoilt(&right, &provider);
    for said in [
        json!({ "authorization_code": "x" }),
        json!({ "authorization_code": null }),
        json!({}),
        json!([]),
        json!("x"),
    ] {
        envelopes.push((said.to_string(), app.bundle(&said).unwrap()));
    }
    let before = table::kept(&scene.world).await;
    let mut told = Vec::new();
    for (what, envelope) in envelopes {
        let path = format!("/authorizations/{}/confirm", shown.id);
        let reply = app.send(app.call(Method::PUT, &path, Some(&envelope)).unwrap()).await.unwrap();
        assert_eq!(reply.status, 400, "{what}");
        told.push((reply.status, String::from_utf8(reply.body).unwrap()));
    }
    assert!(told.iter().all(|reply| *reply == told[0]), "{told:#?}");
    assert!(told[0].1.contains("authorization_code is not valid"), "{}", told[0].1);
    assert!(table::kept(&scene.world).await == before);
    app.confirm(&shown).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_cannot_be_decrypted_is_refused_like_no_key() {
    let scene = Scene::new(ApiVersion::V2).await;
    let (link, installation) = (scene.link("ann").await, scene.installation());
    let configuration = installation.configuration(&link).await.unwrap();
    let token = link.connect_query.as_ref().map(|query| query.expose().as_str());
    let right = installation.body(&configuration, &key(0), token).unwrap();
    let provider = configuration.provider_public_key.clone().unwrap();
    let before = table::kept(&scene.world).await;
    let mut told = Vec::new();
    for (number, (what, envelope)) in
        spoilt(&right["data"]["enc_rsa_public_key"], &provider).into_iter().enumerate()
    {
        let mut body = right.clone();
        body["data"]["enc_rsa_public_key"] = envelope;
        let path = "/api/authenticator/v2/connections";
        let (backend, media) = (scene.world.backend(), Some("application/json"));
        let body = body.to_string();
        let send = || backend.send(Method::POST, path, &body, media, None);
        if number > 0 && number % 20 == 0 {
            assert_eq!(send().await.status, 429, "an address has 20 tries in five minutes");
            scene.world.clock.turn(Span::minutes(5));
        }
        let reply = send().await;
        assert_eq!(reply.status, 400, "{what}");
        told.push(reply.body);
    }
    assert!(told.iter().all(|reply| *reply == told[0]), "{told:#?}");
    assert_eq!(told[0]["error_class"], "WrongRequestFormat");
    assert!(table::kept(&scene.world).await == before);
    // By now the enrolment is over.
    let token = scene.link("ann").await.connect_query.map(|query| query.expose().to_owned());
    let right = installation.body(&configuration, &key(0), token.as_deref()).unwrap();
    installation.send(&configuration, key(0), &right).await.unwrap().connected().unwrap();
}
