//! The identity provider as its client and its users see it.

use countersign_crypto::encoding::base64;
use countersign_domain::time::Span;
use countersign_standins::NameInRedirect;
use serde_json::json;

use crate::harness::{START, World};
use crate::http::send;
use crate::relying_party::{
    FORM, REDIRECT, STATE, VERIFIER, asking, authorize, brought_back, code_for, encoded, get, get_as, opens,
    post, post_as_client, redeem, refusal, renew, text, tokens_of, with,
};

const OFFLINE: &str = "openid offline_access";

#[tokio::test]
async fn a_user_logs_in_and_the_client_gets_tokens() {
    let world = World::in_memory().await;
    let form = authorize(&world, &asking(OFFLINE)).await;
    assert_eq!((form.status, form.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(form.body.contains("Who are you?"));

    let mut brought = brought_back(&authorize(&world, &with(asking(OFFLINE), "login", "ann")).await);
    assert_eq!(brought["state"], STATE);
    assert_eq!(brought["iss"], world.standins.identity_provider().url());
    let code = brought.remove("code").unwrap();

    let answer = redeem(&world, &code, VERIFIER, REDIRECT).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")));
    let tokens = answer.json();
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 600);
    assert_eq!(tokens["scope"], OFFLINE);
    assert!(tokens["refresh_token"].is_string() && tokens["id_token"].is_string());
    let claims = get_as(&world, "/userinfo", &text(&tokens, "access_token")).await;
    assert_eq!(claims.json(), json!({"sub": "ann"}));
}

#[tokio::test]
async fn a_user_can_deny() {
    let world = World::in_memory().await;
    // The button sends the text field along, filled or not.
    for login in ["", "ann"] {
        let fields = with(with(asking("openid"), "login", login), "deny", "yes");
        let brought = brought_back(&authorize(&world, &fields).await);
        assert_eq!(brought["error"], "access_denied");
        assert_eq!(brought["state"], STATE);
        assert_eq!(brought["iss"], world.standins.identity_provider().url());
        assert!(!brought.contains_key("code"));
    }
}

#[tokio::test]
async fn the_form_repeats_what_was_asked_and_escapes_it() {
    let world = World::in_memory().await;
    let mut fields = with(asking("openid"), "state", "\"><script>'&");
    fields.extend([("<b>", "ü"), ("login", "\u{7}")]);
    let page = authorize(&world, &fields).await;
    let hidden: Vec<&str> = page.body.lines().filter(|line| line.contains("\"hidden\"")).collect();
    let field =
        |name: &str, value: &str| format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">");
    assert!(hidden.contains(&field("state", "&quot;&gt;&lt;script&gt;&apos;&amp;").as_str()), "{hidden:?}");
    assert!(hidden.contains(&field("&lt;b&gt;", "ü").as_str()), "{hidden:?}");
    // All that was sent but the login, which is asked for anew.
    assert_eq!(hidden.len(), fields.len() - 1);
    for raw in ["<script", "<b>", "\u{7}"] {
        assert!(!page.body.contains(raw), "{raw}");
    }
    assert!(page.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
}

#[tokio::test]
async fn nobody_is_sent_where_the_client_may_not_be() {
    let world = World::in_memory().await;
    let login = || with(asking("openid"), "login", "ann");
    let twice = [login(), vec![("redirect_uri", "https://other.example/")]].concat();
    for fields in [
        with(login(), "client_id", "other"),
        with(login(), "client_id", ""),
        with(login(), "redirect_uri", ""),
        with(login(), "redirect_uri", "/back"),
        with(login(), "redirect_uri", "javascript:alert(1)"),
        with(login(), "redirect_uri", "http://client.example/"),
        with(login(), "redirect_uri", "https://client.example/#part"),
        with(login(), "redirect_uri", "https://ann@client.example/"),
        twice,
    ] {
        let answer = authorize(&world, &fields).await;
        assert_eq!((answer.status, answer.header("location")), (400, None), "{fields:?}");
    }
    for uri in ["http://127.0.0.1:8080/back", "http://[::1]/back", "http://localhost/back"] {
        let answer = authorize(&world, &with(login(), "redirect_uri", uri)).await;
        assert!(answer.header("location").unwrap().starts_with(&format!("{uri}?code=")), "{uri}");
    }
}

#[tokio::test]
async fn a_request_that_is_not_good_is_sent_back() {
    let world = World::in_memory().await;
    for (name, value, error) in [
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", "", "unsupported_response_type"),
        ("code_challenge", "", "invalid_request"),
        ("code_challenge", "short", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge_method", "", "invalid_request"),
        ("scope", "op\"enid", "invalid_scope"),
        ("prompt", "none", "login_required"),
    ] {
        let fields = with(with(asking("openid"), "login", "ann"), name, value);
        let brought = brought_back(&authorize(&world, &fields).await);
        assert_eq!((brought["error"].as_str(), brought["state"].as_str()), (error, STATE), "{name}={value}");
        assert!(!brought.contains_key("code"));
    }
}

#[tokio::test]
async fn a_redirect_names_whom_the_test_says() {
    let world = World::in_memory().await;
    let provider = world.standins.identity_provider();
    let fields = with(asking("openid"), "login", "ann");
    for (name, iss) in [
        (NameInRedirect::Other("https://other.example".into()), Some("https://other.example")),
        (NameInRedirect::LeftOut, None),
        (NameInRedirect::Own, Some(provider.url())),
    ] {
        provider.name_in_redirect(name);
        let brought = brought_back(&authorize(&world, &fields).await);
        assert_eq!(brought.get("iss").map(String::as_str), iss);
    }
}

#[tokio::test]
async fn a_code_serves_the_one_who_asked_and_only_at_first() {
    let world = World::in_memory().await;
    let other = "a".repeat(43);
    let spoilt = VERIFIER.replace('-', "+");
    for (verifier, uri) in [
        (other.as_str(), REDIRECT),
        (&spoilt, REDIRECT),
        (&VERIFIER[1..], REDIRECT),
        (VERIFIER, "https://client.example/back"),
    ] {
        let code = code_for(&world, "ann", "openid").await;
        let answer = redeem(&world, &code, verifier, uri).await;
        assert_eq!(refusal(&answer), (400, "invalid_grant".into()), "{verifier} {uri}");
        let answer = redeem(&world, &code, VERIFIER, REDIRECT).await;
        assert_eq!(refusal(&answer), (400, "invalid_grant".into()), "it is spent");
    }
    for unknown in ["", "x", &"A".repeat(43)] {
        assert_eq!(redeem(&world, unknown, VERIFIER, REDIRECT).await.status, 400, "{unknown}");
    }
}

#[tokio::test]
async fn a_code_that_comes_twice_takes_its_tokens_with_it() {
    let world = World::in_memory().await;
    let code = code_for(&world, "ann", OFFLINE).await;
    let tokens = redeem(&world, &code, VERIFIER, REDIRECT).await.json();
    let access = text(&tokens, "access_token");
    assert!(opens(&world, &access).await);
    assert_eq!(refusal(&redeem(&world, &code, VERIFIER, REDIRECT).await), (400, "invalid_grant".into()));
    assert!(!opens(&world, &access).await);
    assert_eq!(renew(&world, &text(&tokens, "refresh_token")).await.status, 400);
}

#[tokio::test]
async fn a_code_lasts_a_minute() {
    let world = World::in_memory().await;
    let [first, second] = [code_for(&world, "ann", "").await, code_for(&world, "ann", "").await];
    world.clock.advance(Span::millis(59_999));
    assert_eq!(redeem(&world, &first, VERIFIER, REDIRECT).await.status, 200);
    world.clock.advance(Span::millis(1));
    let answer = redeem(&world, &second, VERIFIER, REDIRECT).await;
    assert_eq!(refusal(&answer), (400, "invalid_grant".into()));
}

#[tokio::test]
async fn only_the_client_gets_tokens() {
    let world = World::in_memory().await;
    let code = code_for(&world, "ann", "openid").await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("code_verifier", VERIFIER),
        ("redirect_uri", REDIRECT),
    ];
    let good = format!("Basic {}", base64(b"countersign:demo-secret"));
    let form = encoded(&fields);
    let in_body = format!("{form}&client_id=countersign&client_secret=demo-secret");
    for (authorization, content_type, body, refused) in [
        (None, FORM, &form, (401, "invalid_client")),
        (Some("Basic x"), FORM, &form, (401, "invalid_client")),
        (Some("Basic Y291bnRlcnNpZ246b3RoZXI="), FORM, &form, (401, "invalid_client")),
        (None, FORM, &in_body, (401, "invalid_client")),
        (Some(good.as_str()), FORM, &in_body, (400, "invalid_request")),
        (Some(&good), FORM, &format!("{form}&client_id=other"), (400, "invalid_request")),
        (Some(&good), FORM, &format!("{form}&code={code}"), (400, "invalid_request")),
        (Some(&good), "application/json", &form, (400, "invalid_request")),
    ] {
        let mut headers = vec![("Content-Type", content_type)];
        headers.extend(authorization.map(|value| ("Authorization", value)));
        for path in ["/token", "/introspect"] {
            let answer = post(&world, path, &headers, body).await;
            let (status, error) = refusal(&answer);
            assert_eq!((status, error.as_str()), refused, "{authorization:?} {content_type} {body}");
            let challenge = answer.header("www-authenticate");
            assert_eq!(challenge.is_some_and(|value| value.starts_with("Basic")), status == 401);
        }
    }
    // None of them came as far as the code.
    assert_eq!(redeem(&world, &code, VERIFIER, REDIRECT).await.status, 200);
}

#[tokio::test]
async fn the_token_endpoint_says_what_it_misses() {
    let world = World::in_memory().await;
    for (fields, error) in [
        (vec![], "invalid_request"),
        (vec![("grant_type", "password")], "unsupported_grant_type"),
        (vec![("grant_type", "authorization_code")], "invalid_request"),
        (vec![("grant_type", "authorization_code"), ("code", "x")], "invalid_request"),
        (vec![("grant_type", "refresh_token")], "invalid_request"),
        (vec![("grant_type", "refresh_token"), ("refresh_token", "x")], "invalid_grant"),
    ] {
        let answer = post_as_client(&world, "/token", &fields).await;
        assert_eq!(refusal(&answer), (400, error.into()), "{fields:?}");
    }
}

#[tokio::test]
async fn refresh_tokens_rotate_and_one_that_comes_twice_ends_the_grant() {
    let world = World::in_memory().await;
    let provider = world.standins.identity_provider();
    let first = tokens_of(&world, "ann", OFFLINE).await;
    let second = renew(&world, &text(&first, "refresh_token")).await.json();
    assert_eq!(second["scope"], OFFLINE);
    assert!(second.get("id_token").is_none());
    for name in ["access_token", "refresh_token"] {
        assert_ne!(second[name], first[name]);
    }
    let third = renew(&world, &text(&second, "refresh_token")).await.json();
    for tokens in [&first, &second, &third] {
        assert!(opens(&world, &text(tokens, "access_token")).await);
    }
    assert_eq!(provider.renewals(), 2);

    let other = tokens_of(&world, "ann", OFFLINE).await;
    let again = renew(&world, &text(&first, "refresh_token")).await;
    assert_eq!(refusal(&again), (400, "invalid_grant".into()));
    for tokens in [&first, &second, &third] {
        assert!(!opens(&world, &text(tokens, "access_token")).await);
    }
    let newest = renew(&world, &text(&third, "refresh_token")).await;
    assert_eq!(refusal(&newest), (400, "invalid_grant".into()));
    assert!(opens(&world, &text(&other, "access_token")).await, "another login of hers stays");
    assert_eq!(provider.renewals(), 2, "refusals are not counted");
}

#[tokio::test]
async fn a_renewal_may_ask_for_less_and_not_for_more() {
    let world = World::in_memory().await;
    let tokens = tokens_of(&world, "ann", "openid offline_access profile").await;
    let refresh = text(&tokens, "refresh_token");
    let fields = |scope| [("grant_type", "refresh_token"), ("refresh_token", &*refresh), ("scope", scope)];
    for scope in ["openid email", "\""] {
        let answer = post_as_client(&world, "/token", &fields(scope)).await;
        assert_eq!(refusal(&answer), (400, "invalid_scope".into()), "{scope}");
    }
    let less = post_as_client(&world, "/token", &fields("profile")).await.json();
    assert_eq!(less["scope"], "profile");
    let userinfo = get_as(&world, "/userinfo", &text(&less, "access_token")).await;
    assert_eq!(refusal(&userinfo), (403, "insufficient_scope".into()));
    // The next one may have all of it again.
    let all = renew(&world, &text(&less, "refresh_token")).await.json();
    assert_eq!(all["scope"], "openid offline_access profile");
}

#[tokio::test]
async fn openid_connect_asks_for_refresh_tokens_and_plain_oauth2_need_not() {
    let world = World::in_memory().await;
    for (scope, refresh, id_token) in [
        ("openid", false, true),
        ("openid profile", false, true),
        (OFFLINE, true, true),
        ("profile", true, false),
        ("", true, false),
    ] {
        let tokens = tokens_of(&world, "ann", scope).await;
        assert_eq!(tokens.get("refresh_token").is_some(), refresh, "{scope}");
        assert_eq!(tokens.get("id_token").is_some(), id_token, "{scope}");
    }
}

#[tokio::test]
async fn each_resource_knows_the_holder_until_the_clock_says_so() {
    let world = World::in_memory().await;
    let tokens = tokens_of(&world, "ann", "openid profile").await;
    let access = text(&tokens, "access_token");
    let token = [("token", access.as_str())];
    let introspect = || post_as_client(&world, "/introspect", &token);
    let token_info = format!("/auth/o2/tokeninfo?{}", encoded(&[("access_token", &access)]));

    assert_eq!(get_as(&world, "/userinfo", &access).await.json(), json!({"sub": "ann"}));
    let profile = get_as(&world, "/user/profile", &access).await.json();
    assert_eq!(profile, json!({"user_id": "ann", "name": "ann"}));
    let active = json!({
        "active": true,
        "client_id": "countersign",
        "exp": START.secs() + 600,
        "iss": world.standins.identity_provider().url(),
        "scope": "openid profile",
        "sub": "ann",
        "token_type": "Bearer",
    });
    assert_eq!(introspect().await.json(), active);

    world.clock.advance(Span::millis(599_999));
    assert!(opens(&world, &access).await);
    let told = get(&world, &token_info).await.json();
    assert_eq!(told, json!({"aud": "countersign", "user_id": "ann", "exp": 1}));

    world.clock.advance(Span::millis(1));
    for path in ["/userinfo", "/user/profile"] {
        let answer = get_as(&world, path, &access).await;
        assert_eq!(refusal(&answer), (401, "invalid_token".into()), "{path}");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
    }
    assert_eq!(refusal(&get(&world, &token_info).await), (400, "invalid_token".into()));
    assert_eq!(introspect().await.json(), json!({"active": false}));
}

#[tokio::test]
async fn what_is_no_access_token_opens_nothing() {
    let world = World::in_memory().await;
    let tokens = tokens_of(&world, "ann", OFFLINE).await;
    for token in [&text(&tokens, "refresh_token"), &text(&tokens, "id_token"), "x", &"A".repeat(43)] {
        assert!(!opens(&world, token).await, "{token}");
        let told = post_as_client(&world, "/introspect", &[("token", token)]).await.json();
        assert_eq!(told, json!({"active": false}), "{token}");
        let token_info = format!("/auth/o2/tokeninfo?{}", encoded(&[("access_token", token)]));
        assert_eq!(get(&world, &token_info).await.status, 400, "{token}");
    }
    for path in ["/userinfo", "/user/profile"] {
        let answer = get(&world, path).await;
        // RFC 6750, section 3.1: no error code for who brought nothing.
        assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some("Bearer")), "{path}");
    }
    assert_eq!(get(&world, "/auth/o2/tokeninfo").await.status, 400);
    assert_eq!(post_as_client(&world, "/introspect", &[]).await.status, 400);
}

#[tokio::test]
async fn the_grants_of_one_user_can_be_revoked() {
    let world = World::in_memory().await;
    let provider = world.standins.identity_provider();
    let ann = [tokens_of(&world, "ann", OFFLINE).await, tokens_of(&world, "ann", "profile").await];
    let bob = tokens_of(&world, "bob", OFFLINE).await;
    provider.revoke_grants_of("ann");
    for tokens in &ann {
        assert!(!opens(&world, &text(tokens, "access_token")).await);
        let answer = renew(&world, &text(tokens, "refresh_token")).await;
        assert_eq!(refusal(&answer), (400, "invalid_grant".into()));
    }
    assert!(opens(&world, &text(&bob, "access_token")).await);
    assert_eq!(renew(&world, &text(&bob, "refresh_token")).await.status, 200);
    // She may log in again.
    assert!(opens(&world, &text(&tokens_of(&world, "ann", "").await, "access_token")).await);
}

#[tokio::test]
async fn the_provider_can_be_out_of_order() {
    let world = World::in_memory().await;
    let provider = world.standins.identity_provider();
    let refresh = text(&tokens_of(&world, "ann", OFFLINE).await, "refresh_token");
    for (asked, answered) in [(503, 503), (429, 429), (200, 200), (99, 500), (101, 500), (1000, 500)] {
        provider.answer_with(Some(asked));
        for path in ["/.well-known/openid-configuration", "/jwks", "/userinfo", "/nowhere"] {
            assert_eq!(get(&world, path).await.status, answered, "{path}");
        }
        assert_eq!(renew(&world, &refresh).await.status, answered);
    }
    provider.hang_up(true);
    assert!(send(&world, "GET", "/identity-provider/jwks", &[], "").await.is_none());
    assert!(send(&world, "POST", "/identity-provider/token", &[], "").await.is_none());
    provider.hang_up(false);
    provider.answer_with(None);
    assert_eq!(provider.renewals(), 0, "what was not answered was not done either");
    assert_eq!(renew(&world, &refresh).await.status, 200);
}

#[tokio::test]
async fn it_describes_itself_and_is_where_it_says() {
    let world = World::in_memory().await;
    let provider = world.standins.identity_provider();
    assert_eq!(provider.url(), format!("{}/identity-provider", world.standins.endpoint_url()));
    assert_eq!(provider.discovery_url(), format!("{}/.well-known/openid-configuration", provider.url()));
    let described = get(&world, "/.well-known/openid-configuration").await.json();
    assert_eq!(described["issuer"], provider.url());
    assert_eq!(described["response_types_supported"], json!(["code"]));
    assert_eq!(described["scopes_supported"], json!(["openid", "offline_access", "profile"]));
    assert_eq!(described["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(described["token_endpoint_auth_methods_supported"], json!(["client_secret_basic"]));
    assert_eq!(described["authorization_response_iss_parameter_supported"], true);
    for (endpoint, allowed) in [
        ("authorization_endpoint", "GET"),
        ("token_endpoint", "POST"),
        ("userinfo_endpoint", "GET"),
        ("introspection_endpoint", "POST"),
        ("jwks_uri", "GET"),
    ] {
        let url = text(&described, endpoint);
        let target = url.strip_prefix(&world.standins.endpoint_url()).unwrap();
        let answer = send(&world, "DELETE", target, &[], "").await.unwrap();
        assert_eq!((answer.status, answer.header("allow")), (405, Some(allowed)), "{endpoint}");
    }
    assert_eq!(get(&world, "/nowhere").await.status, 404);
    assert_eq!(get(&world, "").await.status, 404);
}

#[tokio::test]
async fn it_is_not_in_the_way_of_aws() {
    let world = World::in_memory().await;
    tokens_of(&world, "ann", OFFLINE).await;
    assert_eq!(world.standins.calls().count(), 0, "its calls are not calls of AWS");
    world.sns().list_topics().send().await.expect_err("SNS knows no such action here");
    world.sns().list_platform_applications().send().await.unwrap();
    assert_eq!(world.standins.calls().count(), 2);
    let beside = send(&world, "GET", "/identity-providers", &[], "").await.unwrap();
    assert_eq!((beside.status, beside.body.as_str()), (200, "ok\n"));
}
