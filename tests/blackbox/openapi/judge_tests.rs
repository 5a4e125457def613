//! What [`Api`] takes and what it refuses.

use countersign_crypto::digest::Digest;
use countersign_crypto::system::SystemRandom;
use countersign_domain::answer::{DeclineReason, Evidence, Signed};
use countersign_domain::challenge::{Challenge, ChallengeState, MatchingCode, Notification};
use countersign_domain::event::EventKind;
use countersign_domain::id::{AppSpaceId, ChallengeId, DeviceId, RequestOriginId, UserId};
use countersign_domain::invalid::Invalid;
use countersign_domain::question::AnswerOption;
use countersign_domain::refused::Refused;
use countersign_domain::text::AccountId;
use countersign_domain::time::{Span, Timestamp};
use countersign_lambda::Refusal;
use countersign_lambda::processed_request::ProcessedRequest;
use serde_json::{Value, json};

use super::Api;

const JSON: Option<&str> = Some("application/json");
const FORM: Option<&str> = Some("application/x-www-form-urlencoded; charset=utf-8");
const GUID: &str = "019a8f3d-1c00-7a2b-8c3d-4e5f60718293";

fn api() -> Api {
    Api::load().unwrap()
}

fn device() -> Value {
    json!({
        "guid": GUID, "name": "Ann's phone", "kind": "native", "platform": "ios", "status": "active", "push": "none",
        "createdAt": "2026-11-22T10:00:00.000Z", "revokedAt": null,
    })
}

fn devices(api: &Api, devices: &Value) -> Result<(), Vec<String>> {
    api.check_reply("GET", "/api/device/getAll", 200, JSON, devices.to_string().as_bytes())
}

#[test]
fn a_good_reply_is_taken() {
    let api = api();
    assert_eq!(devices(&api, &json!([])), Ok(()));
    assert_eq!(devices(&api, &json!([device(), device()])), Ok(()));
    assert_eq!(api.check_reply("DELETE", "/device/v1/device", 204, None, b""), Ok(()));
}

#[test]
fn a_bad_reply_is_refused_with_the_place() {
    let api = api();
    for (member, value) in [
        ("guid", json!("7")),
        ("guid", json!(null)),
        ("platform", json!("windows")),
        ("createdAt", json!("2026-11-22T10:00:00Z")),
        ("createdAt", json!("2026-13-22T10:00:00.000Z")),
        ("revokedAt", json!(0)),
        ("surprise", json!(1)),
    ] {
        let mut device = device();
        device[member] = value.clone();
        let defects = devices(&api, &json!([device])).expect_err(member);
        assert!(defects.iter().all(|defect| defect.starts_with("/0")), "{defects:?}");
    }
    let mut less = device();
    less.as_object_mut().unwrap().remove("push");
    assert!(devices(&api, &json!([less])).is_err());
    assert!(devices(&api, &device()).is_err(), "not a list");
}

#[test]
fn what_is_not_documented_is_refused() {
    let api = api();
    let body = json!([]).to_string();
    let reply = |method, path, status, media, body: &str| {
        api.check_reply(method, path, status, media, body.as_bytes())
    };
    assert!(reply("GET", "/api/device/getAll", 200, JSON, &body).is_ok());
    assert!(reply("GET", "/api/device/getAll", 418, JSON, &body).is_err(), "status");
    assert!(reply("GET", "/api/device/all", 200, JSON, &body).is_err(), "route");
    assert!(reply("POST", "/api/device/getAll", 200, JSON, &body).is_err(), "method");
    assert!(reply("GET", "/api/device/getAll", 200, Some("text/html"), &body).is_err(), "media type");
    assert!(reply("GET", "/api/device/getAll", 200, None, &body).is_err(), "no media type");
    assert!(reply("GET", "/api/device/getAll", 200, JSON, "").is_err(), "no body");
    assert!(reply("GET", "/api/device/getAll", 200, JSON, "[").is_err(), "not JSON");
    assert!(reply("DELETE", "/device/v1/device", 204, JSON, "{}").is_err(), "a body");
    // A reply to a read never says that a signature was used before.
    let replayed = json!({"error": "replayed", "message": "x"}).to_string();
    assert!(reply("PATCH", "/api/device/revoke", 401, JSON, &replayed).is_ok());
    assert!(reply("GET", "/api/device/getAll", 401, JSON, &replayed).is_err());
}

#[test]
fn the_headers_of_replies_are_checked() {
    let api = api();
    let check = |headers: &[(&str, &str)]| {
        api.check_reply_headers("GET", "/api/idp/oidc/verify", 302, headers).map_err(|found| found.join("\n"))
    };
    let bind = format!(
        "demo://st={}&appSpaceGuid={GUID}&appSpaceName=B%20%26%20C&privakeyId={GUID}&displayName=ann&serviceUrl=https%3A%2F%2Fa",
        "a".repeat(43)
    );
    let error = format!("demo://error=access_denied&error_description=She%20said%20no&appSpaceGuid={GUID}");
    for link in [&bind, &error] {
        let policy = ("referrer-policy", "no-referrer");
        assert_eq!(check(&[("location", link), policy, ("cache-control", "no-store")]), Ok(()));
        assert!(check(&[("location", link)]).is_err(), "the policy is missing");
        assert!(check(&[("location", link), ("referrer-policy", "origin")]).is_err());
        assert!(check(&[policy]).is_err(), "the link is missing");
        for damaged in
            [link.replace("://", ":"), link.replace("%20", "+"), link.replace(GUID, "7"), link.to_uppercase()]
        {
            assert!(check(&[("location", &damaged), policy]).is_err(), "{damaged}");
        }
    }
    let wait = |seconds| api.check_reply_headers("POST", "/api/idp/bind", 503, &[("retry-after", seconds)]);
    assert_eq!(wait("5"), Ok(()), "a number is sent as text");
    for bad in ["0", "-1", "soon", ""] {
        assert!(wait(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn a_login_may_begin_as_json_or_form() {
    let api = api();
    let begin = |media, body: &str| api.check_request("POST", "/api/idp/bind", "", media, body.as_bytes());
    let thumbprint = "a".repeat(43);
    assert_eq!(begin(FORM, &format!("appSpaceGuid={GUID}&authKeyThumbprint={thumbprint}")), Ok(()));
    let good = json!({"appSpaceGuid": GUID, "authKeyThumbprint": thumbprint, "appProtocol": "demo"});
    assert_eq!(begin(JSON, &good.to_string()), Ok(()));
    for (member, value) in
        [("appSpaceGuid", json!("7")), ("authKeyThumbprint", json!("short")), ("appProtocol", json!(""))]
    {
        let mut bad = good.clone();
        bad[member] = value;
        assert!(begin(JSON, &bad.to_string()).is_err(), "{member}");
    }
}

#[test]
fn requests_are_checked_in_path_query_and_body() {
    let api = api();
    let check = |method, path: &str, query, media, body: &str| {
        api.check_request(method, path, query, media, body.as_bytes())
    };
    let answer = format!("/device/v1/challenges/{GUID}/answer");
    assert_eq!(check("POST", &answer, "", JSON, r#"{"answer": "a.b.c"}"#), Ok(()));
    assert_eq!(check("POST", &answer, "", None, r#"{"answer": "a.b.c"}"#), Ok(()), "JSON is assumed");
    assert!(check("POST", "/device/v1/challenges/7/answer", "", JSON, r#"{"answer": "a.b.c"}"#).is_err());
    assert!(check("POST", &answer, "", JSON, r#"{"answer": 7}"#).is_err());
    assert!(check("POST", &answer, "", JSON, "").is_err(), "the body is missing");
    assert!(check("POST", &answer, "x=1", JSON, r#"{"answer": "a.b.c"}"#).is_err(), "unknown in the query");

    assert_eq!(check("GET", "/api/account/get", "accountId=ann%40example.com", None, ""), Ok(()));
    assert!(check("GET", "/api/account/get", "", None, "").is_err(), "accountId is missing");
    assert!(check("GET", "/api/account/get", "accountId=", None, "").is_err(), "accountId is empty");
    assert!(check("GET", "/api/account/get", "accountId=a&accountId=b", None, "").is_err(), "twice");
    assert!(check("GET", "/api/account/get", "accountId=a", JSON, "{}").is_err(), "a body");
    assert_eq!(check("POST", "/device/v1/strong-failures", "", None, ""), Ok(()), "the body may be missing");
}

#[test]
fn questions_may_be_json_or_forms() {
    let api = api();
    let ask = |media, body: &str| api.check_request("POST", "/api/request/add", "", media, body.as_bytes());
    for good in [
        json!({"accountId": "ann"}),
        json!({"accountId": "ann", "claimable": false, "showCode": "1"}),
        json!({"claimable": "true", "content": {"any": ["thing"]}, "additionalInfo": 7}),
        json!({"accountId": "ann", "buttons": [{"title": "A", "strongAuth": true}, "{\"title\": \"B\"}"]}),
    ] {
        assert_eq!(ask(JSON, &good.to_string()), Ok(()));
    }
    for bad in [
        json!({}),
        json!({"accountId": "ann", "claimable": true}),
        json!({"claimable": false}),
        json!({"accountId": "ann", "duration": "0s"}),
        json!({"accountId": "ann", "duration": "1d"}),
        json!({"accountId": "ann", "buttons": [{"title": "A", "strongAuth": true}]}),
        json!({"accountId": "ann", "buttons": [{"title": "A"}, {"title": "B"}]}),
        json!({"accountId": "ann", "content": 7}),
        json!({"accountId": "ann", "showCode": "yes"}),
        json!([]),
    ] {
        assert!(ask(JSON, &bad.to_string()).is_err(), "{bad}");
    }
    let form = "accountId=ann&duration=2m&buttons%5B0%5D%5Btitle%5D=A&buttons%5B0%5D%5BstrongAuth%5D=true";
    assert_eq!(ask(FORM, form), Ok(()));
    assert_eq!(ask(FORM, "claimable=true&buttons[]=%7B%7D&buttons[]=%7B%7D"), Ok(()));
    for bad in [
        "",
        "accountId=",
        "accountId=a&accountId=b",
        "accountId=a&showCode=yes",
        "accountId=a&buttons[0][strongAuth]=x",
    ] {
        assert!(ask(FORM, bad).is_err(), "{bad}");
    }
}

#[test]
fn webhooks_are_checked_with_their_headers() {
    let api = api();
    let signature = format!("v1,{}= v1a,{}==", "A".repeat(43), "B".repeat(86));
    let headers = [
        ("Content-Type", "application/json"),
        ("webhook-id", "evt_k3W9q0b7mZ8Qk2c1m0s9z7"),
        ("Webhook-Timestamp", "1795341600"),
        ("webhook-signature", signature.as_str()),
        ("user-agent", "any"),
    ];
    let body = json!({
        "event": "challenge.cancelled", "guid": GUID, "transactionId": null, "status": "cancelled", "statusId": 7,
        "accountId": "ann", "privakeyId": GUID, "content": "Pay?", "additionalInfo": null,
        "buttons": [{"title": "A", "strongAuth": true}, {"title": "B", "strongAuth": false}],
        "buttonSelected": null, "declineReason": null, "showCode": false, "callback": "https://bank.example/cb",
        "createdAt": "2026-11-22T10:00:00.000Z", "expiresAt": "2026-11-22T10:05:00.000Z",
        "processedAt": "2026-11-22T10:01:00.000Z", "documentDigest": "A".repeat(43), "evidence": null,
    });
    let check = |headers: &[(&str, &str)], body: &Value| {
        api.check_webhook("outcome", headers, body.to_string().as_bytes())
    };
    assert_eq!(check(&headers, &body), Ok(()));
    assert!(api.check_webhook("other", &headers, body.to_string().as_bytes()).is_err());
    for missing in 0..4 {
        let mut headers = headers.to_vec();
        headers.remove(missing);
        assert!(check(&headers, &body).is_err(), "header {missing}");
    }
    for (member, value) in [
        ("event", json!("challenge.created")),
        ("status", json!("pending")),
        ("statusId", json!(4)),
        ("buttonSelected", json!(0)),
        ("processedAt", json!(null)),
        ("code", json!("123456")),
    ] {
        let mut body = body.clone();
        body[member] = value;
        assert!(check(&headers, &body).is_err(), "{member}");
    }
}

/// The table of refusals and the documents agree on every status, word and field.
#[test]
fn every_refusal_is_documented() {
    let api = api();
    let (origin, device) = (("PATCH", "/api/account/suspend"), ("POST", "/device/v1/challenges/x/answer"));
    let enrol = ("POST", "/device/v1/devices");
    let (login, verify) = (("POST", "/api/idp/bind"), ("GET", "/api/idp/oauth2/verify"));
    let at = Timestamp::from_secs(1_795_341_600);
    let too_many = || Refused::TooMany { limit: "a limit", retry_after: Span::secs(1) };
    let cases: Vec<((&str, &str), Refusal)> = vec![
        (origin, Invalid::new("accountId", "is missing").into()),
        (origin, Refused::Unknown("user").into()),
        (origin, Refused::WrongState { what: "user", state: "revoked" }.into()),
        (origin, too_many().into()),
        (enrol, too_many().into()),
        (device, Refused::WrongCode { attempts_left: 4 }.into()),
        (origin, Refusal::Malformed("the body is not JSON")),
        (origin, Refusal::TooLarge),
        (origin, Refusal::Unauthorized),
        (device, Refusal::Unauthorized),
        (origin, Refusal::Replayed),
        (("PATCH", "/device/v1/device"), Refusal::Replayed),
        (origin, Refusal::ClockSkew { server_time: at }),
        (device, Refusal::ClockSkew { server_time: at }),
        (device, Refusal::UserNotActive),
        (device, Refusal::LoginRequired),
        (device, Refusal::ProviderUnavailable),
        (login, Refused::Unknown("App Space").into()),
        (login, Refused::WrongState { what: "App Space", state: "bound by its Request Origins" }.into()),
        (login, too_many().into()),
        (login, Refusal::ProviderUnavailable),
        (login, Refusal::Unavailable),
        (verify, Invalid::new("state", "is missing").into()),
        (verify, Refused::Unknown("login").into()),
        (verify, too_many().into()),
        (verify, Refusal::Internal),
        (origin, Refusal::Conflict),
        (device, Refusal::Conflict),
        (origin, Refusal::Unavailable),
        (origin, Refusal::Internal),
    ];
    for ((method, path), refusal) in cases {
        let told = refusal.tell();
        let body = serde_json::to_string(&told.body).unwrap();
        let checked = api.check_reply(method, path, told.status.as_u16(), JSON, body.as_bytes());
        assert_eq!(checked, Ok(()), "{method} {path} {body}");
    }
}

/// What the code writes of a challenge in each of its states is what the document says.
#[test]
fn every_state_of_a_request_is_documented() {
    let api = api();
    let path = "/api/request/getRequest";
    let states = states();
    let names: Vec<&str> = states.iter().map(ChallengeState::name).collect();
    assert_eq!(
        names,
        ["claimable", "pending", "answered", "declined", "failed", "cancelled", "expired", "expired"]
    );
    for state in states {
        let challenge = challenge(state);
        let body = serde_json::to_string(&ProcessedRequest::of(&challenge)).unwrap();
        assert_eq!(api.check_reply("GET", path, 200, JSON, body.as_bytes()), Ok(()), "{body}");
        let event = EventKind::ChallengeExpired;
        let event = serde_json::to_string(&ProcessedRequest::event(&challenge, event)).unwrap();
        assert!(
            api.check_reply("GET", path, 200, JSON, event.as_bytes()).is_err(),
            "an event is not a reply"
        );
    }
}

fn states() -> Vec<ChallengeState> {
    let (at, user) =
        (Timestamp::from_secs(1_795_341_660), UserId::new(Timestamp::from_secs(1), &SystemRandom));
    let device = DeviceId::new(at, &SystemRandom);
    let evidence = || Evidence {
        device,
        key_thumbprint: Digest::of(b"key").to_string(),
        key: json!({"kty": "OKP", "crv": "Ed25519", "x": Digest::of(b"x")}).to_string(),
        signed: Signed::Jws { jws: "a.b.c".into() },
        receipt: Some("a.b.c".into()),
    };
    vec![
        ChallengeState::Claimable { claim_hash: "hash".into() },
        ChallengeState::Pending { user, wrong_codes: 2 },
        ChallengeState::Answered { user, at, option: 1, evidence: Some(evidence()) },
        ChallengeState::Declined { user, at, reason: DeclineReason::NotMe, evidence: evidence() },
        ChallengeState::Failed { user, at, device: Some(device) },
        ChallengeState::Cancelled { user: None, at },
        ChallengeState::Expired { user: Some(user), at },
        ChallengeState::Expired { user: None, at },
    ]
}

fn challenge(state: ChallengeState) -> Challenge {
    let asked_at = Timestamp::from_secs(1_795_341_600);
    let app_space = AppSpaceId::new(&SystemRandom);
    let nobody = matches!(
        state,
        ChallengeState::Claimable { .. }
            | ChallengeState::Cancelled { user: None, .. }
            | ChallengeState::Expired { user: None, .. }
    );
    Challenge {
        wrong_answers: Vec::new(),
        id: ChallengeId::new(asked_at, &SystemRandom),
        app_space,
        origin: Some(RequestOriginId::new(app_space, &SystemRandom)),
        asked_by: None,
        approval: None,
        action: None,
        relayed: None,
        followed: false,
        account_id: (!nobody).then(|| AccountId::parse("accountId", "ann".into()).unwrap()),
        document: json!({"content": {"any": ["thing"]}, "additionalInfo": 7}).to_string(),
        digest: Digest::of(b"document").to_string(),
        options: AnswerOption::default_pair(),
        nonce: "nonce".into(),
        matching_code: Some(MatchingCode::new(&SystemRandom)),
        transaction_id: Some("T-4711".into()),
        callback: None,
        notification: Notification { show: true, title: "Title".into(), body: "Body".into() },
        wrong_codes_max: 5,
        cool_down: Span::minutes(5),
        asked_at,
        expires_at: asked_at + Span::minutes(5),
        state,
    }
}
