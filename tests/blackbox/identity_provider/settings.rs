//! The settings of a provider: what is taken, and that a change counts at once.

use countersign_domain::outbound_url::Loopback;
use countersign_domain::time::Span;
use countersign_identity::{Idp, IdpError, Proposal, Refusal};
use countersign_local::identity_provider::NotSet;
use countersign_standins::CLIENT_SECRET;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::browser::{Login, log_in};
use super::provider::{
    app_space, oauth2, openid_connect, openid_connect_world, remove, serve, set, set_of, stand_in, try_set,
};
use super::table;
use super::vouching::{answer, ask};
use crate::device_calls::refused;
use crate::world::World;

/// The field of the settings that is refused.
#[track_caller]
fn field(refused: Result<(), NotSet>) -> String {
    match refused {
        Err(NotSet::Refused(Refusal::Invalid(invalid))) => invalid.field.into_owned(),
        other => panic!("no setting is refused: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_named() {
    let world = World::new().await;
    let by_discovery = || openid_connect(&world);
    let by_urls = || oauth2(&world);
    let wrong = [
        ("idpType", Proposal { idp_type: String::new(), ..by_discovery() }),
        ("idpType", Proposal { idp_type: "saml".into(), ..by_discovery() }),
        ("idpServerName", Proposal { idp_server_name: String::new(), ..by_discovery() }),
        ("clientId", Proposal { client_id: String::new(), ..by_discovery() }),
        ("tokenFailBehaviour", Proposal { token_fail_behaviour: Some("ignore".into()), ..by_discovery() }),
        ("scopes", Proposal { scopes: Some("a\"b".into()), ..by_discovery() }),
        ("discoveryUrl", Proposal { discovery_url: None, ..by_discovery() }),
        ("discoveryUrl", Proposal { discovery_url: Some(stand_in(&world).url().into()), ..by_discovery() }),
        ("authorizationUrl", Proposal { authorization_url: None, ..by_urls() }),
        ("accessTokenUrl", Proposal { access_token_url: None, ..by_urls() }),
        ("userProfileUrl", Proposal { user_profile_url: None, ..by_urls() }),
        ("endUserIdName", Proposal { end_user_id_name: None, ..by_urls() }),
        ("endUserIdName", Proposal { end_user_id_name: Some(String::new()), ..by_urls() }),
    ];
    let kept = table::kept(&world).await;
    for (name, proposal) in wrong {
        assert_eq!(field(try_set(&world, proposal.clone()).await), name, "{proposal:?}");
    }
    assert_eq!(table::kept(&world).await, kept, "the App Space is as it was");
    try_set(&world, Proposal { verify_token_url: None, scopes: None, ..by_urls() }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_of_the_other_protocol_is_named() {
    let world = World::new().await;
    let url = || Some("https://issuer.example/x".to_owned());
    let discovery = || openid_connect(&world);
    let wrong = [
        ("authorizationUrl", Proposal { authorization_url: url(), ..discovery() }),
        ("accessTokenUrl", Proposal { access_token_url: url(), ..discovery() }),
        ("userProfileUrl", Proposal { user_profile_url: url(), ..discovery() }),
        ("verifyTokenUrl", Proposal { verify_token_url: url(), ..discovery() }),
        ("endUserIdName", Proposal { end_user_id_name: Some("sub".into()), ..discovery() }),
        ("discoveryUrl", Proposal { discovery_url: discovery().discovery_url, ..oauth2(&world) }),
    ];
    for (name, proposal) in wrong {
        assert_eq!(field(try_set(&world, proposal.clone()).await), name, "{proposal:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_is_for_this_machine_only() {
    let world = World::new().await;
    let far = || Some("http://issuer.example/x".to_owned());
    let well_known = "http://issuer.example/.well-known/openid-configuration".to_owned();
    let wrong = [
        ("discoveryUrl", Proposal { discovery_url: Some(well_known), ..openid_connect(&world) }),
        ("authorizationUrl", Proposal { authorization_url: far(), ..oauth2(&world) }),
        ("accessTokenUrl", Proposal { access_token_url: far(), ..oauth2(&world) }),
        ("userProfileUrl", Proposal { user_profile_url: far(), ..oauth2(&world) }),
        ("verifyTokenUrl", Proposal { verify_token_url: far(), ..oauth2(&world) }),
    ];
    for (name, proposal) in wrong {
        assert_eq!(field(try_set(&world, proposal.clone()).await), name, "{proposal:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_setting_for_it_no_provider_is_on_this_machine() {
    let world = World::new().await;
    let idp = Idp::new(Loopback::Refused).unwrap();
    for (proposal, first) in [(openid_connect(&world), "discoveryUrl"), (oauth2(&world), "authorizationUrl")]
    {
        match idp.accept(proposal).await {
            Err(Refusal::Invalid(invalid)) => assert_eq!(invalid.field, first),
            other => panic!("not refused: {other:?}"),
        }
    }
    let over_tls = stand_in(&world).discovery_url().replace("http://", "https://");
    let proposal = Proposal { discovery_url: Some(over_tls), ..openid_connect(&world) };
    assert!(matches!(idp.accept(proposal).await, Err(Refusal::Invalid(_))));
}

/// A provider of which only the discovery document and a key set are to be had. Gives its discovery URL.
async fn described(change: impl FnOnce(&mut Value, &str)) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"),
        "keys": a_key(),
    });
    change(&mut document, &issuer);
    serve(listener, move |path| {
        let content = if path == "/jwks" { &document["keys"] } else { &document };
        (200, content.to_string())
    });
    format!("{issuer}/.well-known/openid-configuration")
}

/// The Ed25519 key of RFC 8037, appendix A.2.
fn a_key() -> Value {
    let key = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
    json!({ "keys": [key] })
}

/// Whether a provider with this discovery document is taken; else what is wrong with it.
async fn accepted(world: &World, change: impl FnOnce(&mut Value, &str)) -> Result<(), String> {
    let discovery_url = Some(described(change).await);
    match try_set(world, Proposal { discovery_url, ..openid_connect(world) }).await {
        Ok(()) => Ok(()),
        Err(NotSet::Refused(Refusal::Provider(IdpError::Misconfigured(problem)))) => {
            Err(problem.into_owned())
        }
        Err(other) => panic!("not the provider's fault: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discovery_document_must_be_that_of_its_issuer() {
    let world = World::new().await;
    accepted(&world, |_, _| ()).await.unwrap();
    accepted(&world, |document, issuer| document["issuer"] = format!("{issuer}/").into()).await.unwrap();
    for other in ["https://issuer.example", "http://127.0.0.1", ""] {
        let problem = accepted(&world, |document, _| document["issuer"] = other.into()).await.unwrap_err();
        assert!(problem.contains("issuer"), "{problem}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_cannot_tell_of_tokens_is_refused() {
    let world = World::new().await;
    let without = |document: &mut Value| {
        document.as_object_mut().unwrap().remove("userinfo_endpoint");
    };
    let problem = accepted(&world, |document, _| without(document)).await.unwrap_err();
    assert!(problem.contains("neither a userinfo nor an introspection endpoint"), "{problem}");
    let introspecting = |document: &mut Value, issuer: &str| {
        without(document);
        document["introspection_endpoint"] = format!("{issuer}/introspect").into();
    };
    accepted(&world, introspecting).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discovery_document_that_leads_astray_is_refused() {
    let world = World::new().await;
    for name in ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"] {
        for url in ["http://issuer.example/", "ftp://127.0.0.1/", "https://a:b@issuer.example/", "/relative"]
        {
            let problem = accepted(&world, |document, _| document[name] = url.into()).await.unwrap_err();
            assert!(problem.contains(name), "{problem}");
        }
    }
    for name in ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"] {
        let without = |document: &mut Value, _: &str| {
            document.as_object_mut().unwrap().remove(name);
        };
        let problem = accepted(&world, without).await.unwrap_err();
        assert!(problem.contains(name), "{problem}");
    }
    let problem = accepted(&world, |document, _| document["keys"] = json!({ "keys": [] })).await.unwrap_err();
    assert!(problem.contains("no key"), "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_does_not_answer_is_not_taken() {
    let world = World::new().await;
    stand_in(&world).hang_up(true);
    let refused = try_set(&world, openid_connect(&world)).await;
    assert!(
        matches!(refused, Err(NotSet::Refused(Refusal::Provider(IdpError::Unavailable(_))))),
        "{refused:?}"
    );
    stand_in(&world).hang_up(false);
    stand_in(&world).answer_with(Some(404));
    let refused = try_set(&world, openid_connect(&world)).await;
    assert!(
        matches!(refused, Err(NotSet::Refused(Refusal::Provider(IdpError::Misconfigured(_))))),
        "{refused:?}"
    );
}

/// A login whose App Space gets another provider on the way ends as if it had never been.
async fn login_ends_with<F: Future<Output = ()>>(world: &World, change: impl FnOnce() -> F) {
    let login = Login::begin(world).await;
    let back = login.by("ann").await;
    change().await;
    let kept = table::kept(world).await;
    login.open(&back).await.refused(404, "not_found");
    assert_eq!(table::kept(world).await, kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_ends_when_its_provider_is_removed_or_exchanged_on_the_way() {
    let world = openid_connect_world().await;
    login_ends_with(&world, || remove(&world)).await;
    set(&world, openid_connect(&world)).await;
    login_ends_with(&world, || set(&world, oauth2(&world))).await;
    set(&world, openid_connect(&world)).await;
    let other = described(|_, _| ()).await;
    let other = Proposal { discovery_url: Some(other), ..openid_connect(&world) };
    login_ends_with(&world, || set(&world, other)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_keeps_the_provider_keeps_the_logins_under_way() {
    let world = openid_connect_world().await;
    let login = Login::begin(&world).await;
    let name = Proposal { idp_server_name: "Another name".into(), ..openid_connect(&world) };
    set(&world, name).await;
    login.end_by("ann").await.link();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_client_secret_counts_at_once_and_so_does_the_right_one() {
    let world = openid_connect_world().await;
    log_in(&world, "bob").await;
    let set_secret = async |secret: &str| {
        set_of(&world, app_space(&world), openid_connect(&world), secret).await.unwrap();
    };
    set_secret("wrong").await;
    let kept = table::kept(&world).await;
    let page = Login::begin(&world).await.end_by("ann").await;
    page.failed(&world, "provider_misconfigured");
    assert_eq!(table::kept(&world).await, kept);
    set_secret(CLIENT_SECRET).await;
    log_in(&world, "ann").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrators_mistake_is_not_held_against_the_user() {
    let world = openid_connect_world().await;
    let ann = log_in(&world, "ann").await;
    set_of(&world, app_space(&world), openid_connect(&world), "wrong").await.unwrap();
    world.turn(Span::minutes(10));
    let asked = ask(&world, &ann).await;
    refused(answer(&ann, &asked).await, 503, "provider_unavailable");
    set(&world, openid_connect(&world)).await;
    answer(&ann, &asked).await.unwrap();
    assert_eq!(stand_in(&world).renewals(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_change_of_the_provider_a_login_at_the_new_one_is_demanded() {
    let world = openid_connect_world().await;
    let ann = log_in(&world, "ann").await;
    let asked = ask(&world, &ann).await;
    set(&world, oauth2(&world)).await;
    refused(answer(&ann, &asked).await, 403, "login_required");
    set(&world, openid_connect(&world)).await;
    answer(&ann, &asked).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_provider_nobody_is_asked() {
    let world = openid_connect_world().await;
    let ann = log_in(&world, "ann").await;
    stand_in(&world).revoke_grants_of("ann");
    let asked = ask(&world, &ann).await;
    remove(&world).await;
    answer(&ann, &asked).await.unwrap();
    let bob = world.enrol("bob").await;
    world.answered("bob", &bob).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_counts_at_once_in_every_process() {
    let world = openid_connect_world().await;
    let ann = log_in(&world, "ann").await;
    let other = world.another_process().await;
    let elsewhere = super::races::at(&world, &ann, &other.demo.base_url);
    for (change, taken) in [(None, true), (Some(oauth2(&world)), false), (Some(openid_connect(&world)), true)]
    {
        if let Some(proposal) = change {
            set(&world, proposal).await;
        }
        let asked = ask(&world, &elsewhere).await;
        assert_eq!(answer(&elsewhere, &asked).await.is_ok(), taken);
    }
}
