//! A client of the identity provider that sends exactly what a test wants.

use std::collections::BTreeMap;

use countersign_crypto::encoding::base64;
use countersign_standins::{CLIENT_ID, CLIENT_SECRET};
use serde_json::Value;

use crate::harness::World;
use crate::http::{Answer, send};

/// The verifier and challenge of RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(crate) const REDIRECT: &str = "https://client.example/back?from=here";
pub(crate) const NONCE: &str = "n-0S6_WzA2Mj";
/// With characters that no URL may hold as they are.
pub(crate) const STATE: &str = "a state&more=ü";

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

type Fields<'a> = Vec<(&'a str, &'a str)>;

pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    serde_html_form::to_string(fields).unwrap()
}

pub(crate) async fn get(world: &World, path: &str) -> Answer {
    send(world, "GET", &format!("/identity-provider{path}"), &[], "").await.unwrap()
}

pub(crate) async fn get_as(world: &World, path: &str, access: &str) -> Answer {
    let bearer = format!("Bearer {access}");
    let target = format!("/identity-provider{path}");
    send(world, "GET", &target, &[("Authorization", &bearer)], "").await.unwrap()
}

pub(crate) async fn post(world: &World, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    send(world, "POST", &format!("/identity-provider{path}"), headers, body).await.unwrap()
}

/// As the client, properly authenticated.
pub(crate) async fn post_as_client(world: &World, path: &str, fields: &[(&str, &str)]) -> Answer {
    let basic = format!("Basic {}", base64(format!("{CLIENT_ID}:{CLIENT_SECRET}").as_bytes()));
    post(world, path, &[("Authorization", &basic), ("Content-Type", FORM)], &encoded(fields)).await
}

/// A good request for a login, without who logs in.
pub(crate) fn asking(scope: &str) -> Fields<'_> {
    vec![
        ("client_id", CLIENT_ID),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT),
        ("scope", scope),
        ("state", STATE),
        ("nonce", NONCE),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
}

/// The same with `name` set to `value`; an empty one leaves it out.
pub(crate) fn with<'a>(mut fields: Fields<'a>, name: &'a str, value: &'a str) -> Fields<'a> {
    fields.retain(|(field, _)| *field != name);
    fields.push((name, value));
    fields
}

pub(crate) async fn authorize(world: &World, fields: &[(&str, &str)]) -> Answer {
    get(world, &format!("/authorize?{}", encoded(fields))).await
}

/// What the redirect brings back to the client.
pub(crate) fn brought_back(answer: &Answer) -> BTreeMap<String, String> {
    assert_eq!(answer.status, 302, "{}", answer.body);
    let location = answer.header("location").unwrap();
    let query = location.strip_prefix("https://client.example/back?").unwrap();
    let fields: Vec<(String, String)> = serde_html_form::from_str(query).unwrap();
    let brought: BTreeMap<_, _> = fields.iter().cloned().collect();
    assert_eq!(brought.len(), fields.len(), "nothing comes twice: {location}");
    assert_eq!(brought["from"], "here", "what the URI had stays");
    brought
}

pub(crate) async fn code_for(world: &World, login: &str, scope: &str) -> String {
    let answer = authorize(world, &with(asking(scope), "login", login)).await;
    brought_back(&answer).remove("code").unwrap()
}

pub(crate) async fn redeem(world: &World, code: &str, verifier: &str, redirect_uri: &str) -> Answer {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("code_verifier", verifier),
        ("redirect_uri", redirect_uri),
    ];
    post_as_client(world, "/token", &fields).await
}

pub(crate) async fn renew(world: &World, refresh: &str) -> Answer {
    post_as_client(world, "/token", &[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await
}

/// The tokens of a whole login.
pub(crate) async fn tokens_of(world: &World, login: &str, scope: &str) -> Value {
    let code = code_for(world, login, scope).await;
    let answer = redeem(world, &code, VERIFIER, REDIRECT).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

pub(crate) fn text(tokens: &Value, name: &str) -> String {
    tokens[name].as_str().unwrap_or_else(|| panic!("no {name} in {tokens}")).to_owned()
}

/// Status and `error` of a refusal.
pub(crate) fn refusal(answer: &Answer) -> (u16, String) {
    (answer.status, text(&answer.json(), "error"))
}

/// Whether `/user/profile` opens to an access token.
pub(crate) async fn opens(world: &World, access: &str) -> bool {
    match get_as(world, "/user/profile", access).await.status {
        200 => true,
        401 => false,
        status => panic!("{status}"),
    }
}
