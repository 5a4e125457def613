//! Id tokens, good and spoilt, as a client must read them.

use std::collections::BTreeSet;

use countersign_crypto::encoding::from_base64url;
use countersign_crypto::jwk_set::JwkSet;
use countersign_crypto::jws::{JwsRefused, Unverified};
use countersign_domain::time::Span;
use countersign_standins::Tamper;
use serde_json::{Value, json};

use crate::harness::{START, World};
use crate::relying_party::{NONCE, asking, authorize, brought_back, get, redeem, text, tokens_of, with};
use crate::relying_party::{REDIRECT, VERIFIER};

async fn keys(world: &World) -> JwkSet {
    JwkSet::parse(&get(world, "/jwks").await.body).unwrap()
}

async fn id_token(world: &World) -> Value {
    tokens_of(world, "ann", "openid").await["id_token"].take()
}

fn part(token: &str, number: usize) -> Value {
    serde_json::from_slice(&from_base64url(token.split('.').nth(number).unwrap()).unwrap()).unwrap()
}

/// Everything that a client must object to (OpenID Connect Core 1.0, section 3.1.3.7).
async fn objections(world: &World, token: &Value) -> BTreeSet<&'static str> {
    let Some(token) = token.as_str() else { return BTreeSet::from(["none"]) };
    let mut found = BTreeSet::new();
    match part(token, 0)["alg"].as_str().unwrap() {
        "ES256" => {
            let read = Unverified::parse(token).unwrap();
            match keys(world).await.find(read.kid().unwrap()).map(|key| read.verify(key, "JWT")) {
                None => drop(found.insert("key")),
                Some(Err(JwsRefused::Signature)) => drop(found.insert("signature")),
                Some(verified) => assert!(verified.is_ok()),
            }
        }
        "HS256" => {
            let tag = from_base64url(token.rsplit('.').next().unwrap()).unwrap();
            assert_eq!(tag.len(), 32);
            found.insert("symmetric");
        }
        "none" => {
            assert!(token.ends_with('.'));
            found.insert("unsigned");
        }
        other => panic!("{other}"),
    }
    let claims = part(token, 1);
    assert_eq!(claims["sub"], "ann");
    let mut object = |objection, wrong: bool| {
        if wrong {
            found.insert(objection);
        }
    };
    object("issuer", claims["iss"] != world.standins.identity_provider().url());
    object("audience", claims["aud"] != "countersign");
    object("nonce missing", claims.get("nonce").is_none());
    object("nonce", claims.get("nonce").is_some_and(|nonce| nonce != NONCE));
    object("expired", claims["exp"].as_i64().unwrap() <= START.secs());
    object("future", claims["iat"].as_i64().unwrap() > START.secs());
    found
}

#[tokio::test]
async fn an_id_token_says_who_logged_in() {
    let world = World::in_memory().await;
    let token = id_token(&world).await;
    let token = token.as_str().unwrap();
    let claims = json!({
        "iss": world.standins.identity_provider().url(),
        "sub": "ann",
        "aud": "countersign",
        "iat": START.secs(),
        "exp": START.secs() + 600,
        "nonce": NONCE,
    });
    assert_eq!(part(token, 1), claims);
    assert!(objections(&world, &token.into()).await.is_empty());
}

#[tokio::test]
async fn a_login_without_a_nonce_gets_none_back() {
    let world = World::in_memory().await;
    let fields = with(with(asking("openid"), "nonce", ""), "login", "ann");
    let brought = brought_back(&authorize(&world, &fields).await);
    let tokens = redeem(&world, &brought["code"], VERIFIER, REDIRECT).await.json();
    assert_eq!(part(&text(&tokens, "id_token"), 1).get("nonce"), None);
}

#[tokio::test]
async fn each_id_token_is_spoilt_in_one_way_and_only_the_next_is() {
    let world = World::in_memory().await;
    let provider = world.standins.identity_provider();
    for (tamper, objection) in [
        (Tamper::AlgNone, "unsigned"),
        (Tamper::SymmetricWithClientSecret, "symmetric"),
        (Tamper::UnknownKey, "key"),
        (Tamper::WrongKeySameKid, "signature"),
        (Tamper::OtherAudience, "audience"),
        (Tamper::Expired, "expired"),
        (Tamper::IssuedInFuture, "future"),
        (Tamper::NoNonce, "nonce missing"),
        (Tamper::OtherNonce, "nonce"),
        (Tamper::OtherIssuer, "issuer"),
        (Tamper::NoIdToken, "none"),
    ] {
        provider.tamper(Some(tamper));
        // Plain OAuth2 and renewals bring no id token, and use nothing up.
        let plain = tokens_of(&world, "ann", "profile").await;
        assert!(plain.get("id_token").is_none());
        let spoilt = id_token(&world).await;
        assert_eq!(objections(&world, &spoilt).await, BTreeSet::from([objection]), "{tamper:?}");
        let next = id_token(&world).await;
        assert!(objections(&world, &next).await.is_empty(), "{tamper:?}");
    }
    provider.tamper(Some(Tamper::NoIdToken));
    provider.tamper(None);
    assert!(id_token(&world).await.is_string());
}

#[tokio::test]
async fn a_fresh_key_is_published_beside_the_one_before_it() {
    let world = World::in_memory().await;
    let provider = world.standins.identity_provider();
    let first = id_token(&world).await;
    provider.rotate_key();
    let second = id_token(&world).await;
    let kid = |token: &Value| part(token.as_str().unwrap(), 0)["kid"].clone();
    assert_ne!(kid(&first), kid(&second));
    assert!(objections(&world, &first).await.is_empty());
    assert!(objections(&world, &second).await.is_empty());
    provider.rotate_key();
    assert_eq!(objections(&world, &first).await, BTreeSet::from(["key"]));
    assert!(objections(&world, &second).await.is_empty());
}

#[tokio::test]
async fn times_follow_the_clock() {
    let world = World::in_memory().await;
    world.clock.advance(Span::days(3));
    let claims = part(id_token(&world).await.as_str().unwrap(), 1);
    assert_eq!(claims["iat"], START.secs() + 3 * 86_400);
}
