//! What must not pass for a login: refused with the right word, and nothing stored.

use countersign_crypto::encoding::base64url;
use countersign_crypto::jwk::Algorithm;
use countersign_crypto::system::SystemRandom;
use countersign_domain::time::Span;
use countersign_standins::{NameInRedirect, Tamper};
use countersign_tests::device::keys::DeviceKeys;
use serde_json::json;
use url::Url;

use super::browser::{BIND, Browser, Login, Page, log_in, parameter, with};
use super::provider::{oauth2, openid_connect_world, set, stand_in};
use super::table;
use crate::device_calls::refused;
use crate::world::World;

/// A login by ann that `attack` spoils: it gives the app no token and leaves nothing behind. Gives what it was answered.
async fn spoilt<F: Future<Output = Page>>(world: &World, attack: impl FnOnce(Login) -> F) -> Page {
    let kept = table::kept(world).await;
    let page = attack(Login::begin(world).await).await;
    assert_eq!(table::kept(world).await, kept, "nothing is stored");
    page
}

/// An id token that is spoilt so is refused with this sentence, and the state is used up.
async fn refuses(tamper: Tamper, sentence: &str) {
    let world = openid_connect_world().await;
    stand_in(&world).tamper(Some(tamper));
    let page = spoilt(&world, |login| async move { login.end_by("ann").await }).await;
    assert_eq!(page.failure(&world), ("invalid_token".into(), sentence.into()));
    assert_eq!(table::logins(&world).await, 0, "the state is used up");
    log_in(&world, "ann").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_token_that_is_not_signed_is_refused() {
    refuses(Tamper::AlgNone, "the id token is not signed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_token_signed_with_the_client_secret_is_refused() {
    let sentence = "the id token is signed with an algorithm that is not accepted";
    refuses(Tamper::SymmetricWithClientSecret, sentence).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_token_signed_with_an_unknown_key_is_refused() {
    refuses(Tamper::UnknownKey, "the id token is signed by an unknown key").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_token_signed_with_a_wrong_key_under_a_known_id_is_refused() {
    refuses(Tamper::WrongKeySameKid, "the id token's signature is not valid").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_token_for_somebody_else_is_refused() {
    refuses(Tamper::OtherAudience, "the id token is for somebody else").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_token_from_another_issuer_is_refused() {
    refuses(Tamper::OtherIssuer, "the id token comes from another issuer").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_id_token_is_refused() {
    refuses(Tamper::Expired, "the id token is expired").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_token_from_the_future_is_refused() {
    refuses(Tamper::IssuedInFuture, "the id token was issued in the future").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_token_without_a_nonce_is_refused() {
    refuses(Tamper::NoNonce, "the id token does not repeat the nonce").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_token_with_the_nonce_of_another_login_is_refused() {
    refuses(Tamper::OtherNonce, "the id token does not repeat the nonce").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_without_an_id_token_is_refused() {
    refuses(Tamper::NoIdToken, "there is no id token").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_that_names_another_issuer_is_refused() {
    let world = openid_connect_world().await;
    stand_in(&world).name_in_redirect(NameInRedirect::Other("https://issuer.example".into()));
    let page = spoilt(&world, |login| async move { login.end_by("ann").await }).await;
    assert_eq!(
        page.failure(&world),
        ("invalid_issuer".into(), "the answer comes from another issuer".into())
    );
    assert_eq!(table::logins(&world).await, 0, "the state is used up");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_that_does_not_name_its_issuer_is_refused() {
    let world = openid_connect_world().await;
    stand_in(&world).name_in_redirect(NameInRedirect::LeftOut);
    let page = spoilt(&world, |login| async move { login.end_by("ann").await }).await;
    assert_eq!(page.failure(&world), ("invalid_issuer".into(), "the answer does not name its issuer".into()));
    assert_eq!(table::logins(&world).await, 0, "the state is used up");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_of_another_issuer_is_not_passed_on() {
    let world = openid_connect_world().await;
    for issuer in [Some("https://issuer.example"), None] {
        let page = spoilt(&world, |login| async move {
            let back = with(&login.by("ann").await, "error", Some("access_denied"));
            login.open(&with(&back, "iss", issuer)).await
        });
        page.await.failed(&world, "invalid_issuer");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_that_nobody_was_given_leads_nowhere() {
    let world = openid_connect_world().await;
    for state in [base64url(&[7; 32]), base64url(&[7; 31]), "!".into(), "é".repeat(3000), String::new()] {
        let page = spoilt(&world, |login| async move {
            login.open(&with(&login.by("ann").await, "state", Some(&state))).await
        });
        page.await.refused(404, "not_found");
    }
    let page =
        spoilt(&world, |login| async move { login.open(&with(&login.by("ann").await, "state", None)).await });
    assert_eq!(page.await.refused(400, "invalid_field").unwrap(), "state");
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_wrong_states_from_one_address_are_enough_for_five_minutes() {
    let world = openid_connect_world().await;
    let login = Login::begin(&world).await;
    let back = login.by("ann").await;
    for number in 0..20 {
        login.open(&with(&back, "state", Some(&base64url(&[number; 32])))).await.refused(404, "not_found");
    }
    login.open(&back).await.refused(429, "too_many");
    world.turn(Span::minutes(5));
    assert_eq!(login.open(&back).await.failure(&world).0, "invalid_grant", "a code is good for a minute");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_serves_once() {
    let world = openid_connect_world().await;
    let login = Login::begin(&world).await;
    let back = login.by("ann").await;
    login.open(&back).await.link();
    let kept = table::kept(&world).await;
    login.open(&back).await.refused(404, "not_found");
    let fresh = with(&login.by("ann").await, "iss", Some(stand_in(&world).url()));
    login.open(&fresh).await.refused(404, "not_found");
    assert_eq!(table::kept(&world).await, kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_that_served_a_failed_login_serves_no_other() {
    let world = openid_connect_world().await;
    let spoils = [
        ("invalid_request", "code", None),
        ("invalid_request", "code", Some("")),
        ("invalid_grant", "code", Some("another")),
        ("access_denied", "error", Some("access_denied")),
    ];
    for (error, name, value) in spoils {
        let login = Login::begin(&world).await;
        let back = login.by("ann").await;
        login.open(&with(&back, name, value)).await.failed(&world, error);
        login.open(&back).await.refused(404, "not_found");
    }
    assert_eq!(table::count(&world, "user").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_one_login_is_worth_nothing_in_another() {
    let world = openid_connect_world().await;
    let victim = Login::begin(&world).await;
    let code = parameter(&victim.by("ann").await, "code").unwrap();
    let page = spoilt(&world, |login| async move {
        login.open(&with(&login.by("mallory").await, "code", Some(&code))).await
    });
    page.await.failed(&world, "invalid_grant");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_was_used_is_worth_nothing() {
    let world = openid_connect_world().await;
    let login = Login::begin(&world).await;
    let back = login.by("ann").await;
    login.open(&back).await.link();
    let code = parameter(&back, "code").unwrap();
    let page = spoilt(&world, |login| async move {
        login.open(&with(&login.by("ann").await, "code", Some(&code))).await
    });
    page.await.failed(&world, "invalid_grant");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_of_the_other_protocol_is_none() {
    let world = openid_connect_world().await;
    let kept = table::kept(&world).await;
    let login = Login::begin(&world).await;
    let mut back = login.by("ann").await;
    back.set_path("/api/idp/oauth2/verify");
    login.open(&back).await.refused(404, "not_found");
    assert_eq!(table::kept(&world).await, kept);
    set(&world, oauth2(&world)).await;
    let kept = table::kept(&world).await;
    let login = Login::begin(&world).await;
    let mut back = login.by("ann").await;
    back.set_path("/api/idp/oidc/verify");
    login.open(&back).await.refused(404, "not_found");
    assert_eq!(table::kept(&world).await, kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_login_leads_nowhere() {
    let world = openid_connect_world().await;
    let page = spoilt(&world, |login| {
        world.turn(Span::minutes(10));
        async move { login.end_by("ann").await }
    });
    page.await.refused(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_app_protocol_is_never_opened() {
    let world = openid_connect_world().await;
    let page = spoilt(&world, |login| async move {
        login.open(&with(&login.by("ann").await, "error", Some("x&appProtocol=evil"))).await
    });
    let page = page.await;
    assert!(page.location().starts_with("demobank://"), "{}", page.location());
    let login = Login::begin(&world).await;
    let back = with(&login.by("ann").await, "appProtocol", Some("evil"));
    assert_eq!(login.open(&back).await.link().app_protocol, "demobank");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_redirect_uri_is_never_taken_from_the_caller() {
    let world = openid_connect_world().await;
    let body = json!({
        "appSpaceGuid": world.bundle.demo.app_space.guid,
        "authKeyThumbprint": "A".repeat(43),
        "redirectUri": "https://evil.example/",
        "redirect_uri": "https://evil.example/",
    });
    let url = format!("{}{BIND}", world.base_url);
    let begun = Browser::new().post(&url, &body).await;
    let expected = format!("{}/api/idp/oidc/verify", world.base_url);
    let to = begun.location().parse().unwrap();
    assert_eq!(parameter(&to, "redirect_uri"), Some(expected));
    assert!(!begun.location().contains("evil"), "{}", begun.location());

    // Whoever makes the provider believe in another one gets a code that nobody can use.
    let page = spoilt(&world, |login| async move {
        let told = with(&login.authorization_url, "redirect_uri", Some("https://evil.example/"));
        let told = with(&told, "login", Some("ann"));
        let stolen: Url = login.open(&told).await.location().parse().unwrap();
        let code = parameter(&stolen, "code").unwrap();
        login.open(&with(&login.by("ann").await, "code", Some(&code))).await
    });
    page.await.failed(&world, "invalid_grant");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enrolment_token_is_worth_nothing_with_the_key_of_another_device() {
    let world = openid_connect_world().await;
    let login = Login::begin(&world).await;
    let link = login.end_by("ann").await.link();
    let kept = table::kept(&world).await;
    let thief = DeviceKeys::generate(Algorithm::Es256, &SystemRandom).unwrap();
    refused(login.try_enrol(&world, &link, &thief).await, 404, "not_found");
    let swapped = DeviceKeys::generate(Algorithm::Es256, &SystemRandom).unwrap();
    let swapped = DeviceKeys { auth: swapped.auth, strong: login_key(&login) };
    refused(login.try_enrol(&world, &link, &swapped).await, 404, "not_found");
    assert_eq!(table::kept(&world).await, kept);
    login.enrol(&world, &link).await;
}

/// A copy of the auth key that the login began with.
fn login_key(login: &Login) -> countersign_tests::device::keys::KeyPair {
    let jwk = login.keys.auth.to_jwk().unwrap();
    countersign_tests::device::keys::KeyPair::from_jwk(jwk.expose()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_says_is_cut_to_harmless_characters() {
    let world = openid_connect_world().await;
    let told = [
        ("error", "access\r\n_denied\"\\<é\u{1b}"),
        ("error_description", "No.\r\nSet-Cookie: a=\"b\"\u{202e}"),
    ];
    let page = spoilt(&world, |login| async move {
        let back = with(&login.by("ann").await, "code", None);
        let back = told.iter().fold(back, |back, (name, value)| with(&back, name, Some(value)));
        login.open(&back).await
    });
    let page = page.await;
    assert!(!page.headers.contains_key("set-cookie"));
    assert_eq!(page.failure(&world), ("access_denied<".into(), "No.Set-Cookie: a=b".into()));
    let long = "a".repeat(2000);
    let page = spoilt(&world, |login| async move {
        let back = with(&login.by("ann").await, "error", Some(&long));
        login.open(&with(&back, "error_description", Some(&long))).await
    });
    let (error, description) = page.await.failure(&world);
    assert_eq!((error.len(), description.len()), (64, 300));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_without_a_word_is_an_error_all_the_same() {
    let world = openid_connect_world().await;
    for error in ["\r\n", "éü"] {
        let page = spoilt(&world, |login| async move {
            login.open(&with(&login.by("ann").await, "error", Some(error))).await
        });
        let failure = page.await.failure(&world);
        assert_eq!(failure, ("invalid_request".into(), "the identity provider refused the login".into()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_that_comes_twice_is_refused() {
    let world = openid_connect_world().await;
    for name in ["state", "code", "iss"] {
        let page = spoilt(&world, |login| async move {
            let mut back = login.by("ann").await;
            back.query_pairs_mut().append_pair(name, "x");
            login.open(&back).await
        });
        let page = page.await;
        assert_eq!(page.status, 400, "{name}: {}", page.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_when_the_user_comes_back_says_nothing_of_the_user() {
    let world = openid_connect_world().await;
    let page = spoilt(&world, |login| {
        let world = &world;
        async move {
            let back = login.by("ann").await;
            stand_in(world).hang_up(true);
            login.open(&back).await
        }
    });
    page.await.failed(&world, "provider_unavailable");
    stand_in(&world).hang_up(false);
    let page = spoilt(&world, |login| {
        let world = &world;
        async move {
            let back = login.by("ann").await;
            stand_in(world).answer_with(Some(503));
            login.open(&back).await
        }
    });
    page.await.failed(&world, "provider_unavailable");
}
