//! The app against a canned service: what it sends is as the protocol says, and what it gets is checked.

use std::sync::Arc;

use countersign_domain::device::Platform;
use countersign_domain::time::{Clock, Timestamp};
use serde_json::{Value, json};

use super::canned::{
    CODE, CONNECT_QUERY, Canned, NOW, TOKEN, action_link, app_key, connect_link, names, refused, service,
};
use super::*;
use crate::tiny_server::{Seen, TinyServer};

pub(super) const BOTH: [ApiVersion; 2] = [ApiVersion::V1, ApiVersion::V2];

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_secs(NOW)
    }
}

fn installation() -> Installation {
    Installation::new(Arc::new(Still))
}

async fn well(version: ApiVersion) -> TinyServer {
    service(version, |_, reply| reply).await
}

async fn connecting(
    server: &TinyServer,
    version: ApiVersion,
    query: Option<&str>,
) -> Result<Connecting, AppError> {
    let link = ConnectLink::parse(&connect_link(&server.url, version, query)).unwrap();
    installation().connect_with(&link, app_key()).await
}

async fn app(server: &TinyServer, version: ApiVersion) -> App {
    let connection = connecting(server, version, Some(CONNECT_QUERY)).await.unwrap().connected().unwrap();
    App::new(connection, Arc::new(Still)).unwrap()
}

#[tokio::test]
async fn a_link_with_a_connect_query_connects_at_once() {
    for version in BOTH {
        let server = well(version).await;
        let link = ConnectLink::parse(&connect_link(&server.url, version, Some(CONNECT_QUERY))).unwrap();
        let mut phone = installation();
        (phone.platform, phone.push_token) = (Platform::Android, Some("push-1".into()));
        let connection = phone.connect(&link).await.unwrap().connected().unwrap();
        assert_eq!(connection.id, names(version).connection);
        assert_eq!(connection.access_token.expose(), TOKEN);
        assert_eq!(connection.provider.provider, names(version).provider);
        assert_eq!(connection.provider.provider_name, "Demobank");
        let seen = server.seen();
        assert_eq!(seen.iter().map(|seen| seen.method.as_str()).collect::<Vec<_>>(), ["GET", "POST"]);
        let said = &seen[1].json()["data"];
        assert_eq!(
            [&said["platform"], &said["push_token"], &said["return_url"], &said["connect_query"]],
            ["android", "push-1", RETURN_URL, CONNECT_QUERY]
        );
        let provider = if version == ApiVersion::V1 { "provider_code" } else { "provider_id" };
        assert_eq!(said[provider], names(version).provider);
        assert!(seen[1].header("access-token").is_none() && seen[1].header("x-jws-signature").is_none());

        let kept = serde_json::to_string(&connection).unwrap();
        let again: Connection = serde_json::from_str(&kept).unwrap();
        assert_eq!(again.key.public(), connection.key.public());
        let shown = format!("{again:?}");
        assert!(!shown.contains(TOKEN) && !shown.contains("PRIVATE"), "{shown}");
        assert_eq!(App::new(again, Arc::new(Still)).unwrap().list().await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn without_a_connect_query_the_person_logs_in() {
    for version in BOTH {
        let server = well(version).await;
        let pending = connecting(&server, version, None).await.unwrap().login().unwrap();
        assert_eq!(pending.login_url, "https://login.example/?state=1");
        assert!(!server.seen()[1].json()["data"].as_object().unwrap().contains_key("connect_query"));
        let kept = serde_json::to_string(&pending).unwrap();
        let pending = || serde_json::from_str::<PendingConnection>(&kept).unwrap();
        let redirect = Canned::redirect(version, RETURN_URL, &app_key().public());
        assert_eq!(pending().finish(&redirect).unwrap().access_token.expose(), TOKEN);

        let failed =
            pending().finish(&format!("{RETURN_URL}?error_class=UserNotFound&error_message=No+user."));
        let Err(AppError::LoginFailed { error_class, error_message }) = failed else { panic!("{failed:?}") };
        assert_eq!((error_class.as_str(), error_message.as_str()), ("UserNotFound", "No user."));
        for wrong in [
            redirect.replace(names(version).connection, "7"),
            redirect.replace("authenticator:", "https:"),
            redirect.replace("access_token", "token"),
            redirect.replace("?id=", "?id=1&id="),
            redirect.split('&').next().unwrap().to_owned(),
        ] {
            assert!(pending().finish(&wrong).is_err(), "{wrong}");
        }
    }
}

#[tokio::test]
async fn what_is_decrypted_is_told() {
    for version in BOTH {
        let server = well(version).await;
        let app = app(&server, version).await;
        let listed = app.list().await.unwrap();
        let [one] = listed.as_slice() else { panic!("{listed:?}") };
        assert_eq!((one.id.as_str(), one.title.as_str()), (names(version).authorization, "Pay?"));
        assert_eq!((one.status, one.finished_at), (Status::Pending, None));
        assert_eq!(one.created_at.secs(), NOW);
        assert_eq!(one.authorization_code.expose(), CODE);
        assert!(!format!("{one:?}").contains(CODE));
        match (&one.description, version) {
            (Description::Text(text), ApiVersion::V1) => assert_eq!(text, "Pay <b>1 €</b> to ACME"),
            (Description::Parts(parts), ApiVersion::V2) => {
                assert_eq!(parts.payment.as_ref().unwrap().payee.as_deref(), Some("ACME"));
                assert_eq!(parts.extra.as_ref().unwrap().device.as_deref(), Some("Firefox"));
            }
            (other, _) => panic!("{other:?}"),
        }
        assert_eq!(app.get(&one.id).await.unwrap().title, "Pay?");

        let consents = app.consents().await.unwrap();
        let [consent] = consents.as_slice() else { panic!("{consents:?}") };
        assert_eq!((consent.tpp_name.as_str(), consent.consent_type), ("Budget Planner", ConsentType::Aisp));
        assert_eq!(consent.accounts[0].iban.as_deref(), Some("DE89370400440532013000"));
        assert_eq!(consent.shared_data, Some(SharedData { balance: Some(true), transactions: Some(false) }));
        app.revoke_consent(&consent.id).await.unwrap();
    }
}

#[tokio::test]
async fn decisions_repeat_the_code_and_say_who_decided_where() {
    for version in BOTH {
        let server = well(version).await;
        let mut app = app(&server, version).await;
        let one = app.list().await.unwrap().remove(0);
        app.geolocation = Some("GEO:52.506931;13.144558".into());
        app.authorization_type = Some("biometrics".into());
        let (yes, no) = match version {
            ApiVersion::V1 => (Decided::V1(true), Decided::V1(true)),
            ApiVersion::V2 => (Decided::V2(Status::Confirmed), Decided::V2(Status::Denied)),
        };
        assert_eq!(app.confirm(&one).await.unwrap(), yes);
        let seen = server.seen().pop().unwrap();
        let said = Canned::decision(version, &seen);
        assert_eq!(said["authorization_code"], CODE);
        let where_and_how = match version {
            ApiVersion::V1 => {
                assert_eq!(said["confirm"], true);
                assert!(seen.body.starts_with(b"{\n  \"data\" : {\n    \"authorization_code\" : \""));
                [seen.header("geo-location").unwrap(), seen.header("authorization-type").unwrap()]
            }
            ApiVersion::V2 => {
                [&said["geolocation"], &said["user_authorization_type"]].map(|v| v.as_str().unwrap())
            }
        };
        assert_eq!(where_and_how, ["GEO:52.506931;13.144558", "biometrics"]);
        assert_eq!(app.deny(&one).await.unwrap(), no);
        if version == ApiVersion::V1 {
            assert_eq!(server.seen().pop().unwrap().json()["data"]["confirm"], false);
        }

        let wrong = app.decide(&one.id, true, "wrong").await;
        match version {
            ApiVersion::V1 => assert_eq!(wrong.unwrap(), Decided::V1(false)),
            ApiVersion::V2 => assert_eq!(wrong.unwrap_err().error_class(), Some("WrongRequestFormat")),
        }
    }
}

#[tokio::test]
async fn actions_start_what_is_to_be_decided() {
    for version in BOTH {
        let server = well(version).await;
        let app = app(&server, version).await;
        let link = ActionLink::parse(&action_link(&server.url, version)).unwrap();
        let scanned = app.scan(&link).await.unwrap();
        assert_eq!(scanned.authorization_id.as_deref(), Some(names(version).authorization));
        let count = server.seen().len();
        let mut others = BOTH.map(|version| action_link("https://other.example", version)).to_vec();
        others[1] = others[1].replace(names(ApiVersion::V2).provider, "7");
        for other in others {
            let other = ActionLink::parse(&other).unwrap();
            assert!(matches!(app.scan(&other).await, Err(AppError::OtherProvider)), "{other:?}");
        }
        assert_eq!(server.seen().len(), count, "a link for another provider is not followed");
    }
}

#[tokio::test]
async fn a_connection_can_be_looked_at_changed_and_ended() {
    for version in BOTH {
        let server = well(version).await;
        let app = app(&server, version).await;
        match version {
            ApiVersion::V1 => {
                assert!(matches!(app.known().await, Err(AppError::NotInVersion1)));
                assert!(matches!(app.update_push_token("p").await, Err(AppError::NotInVersion1)));
                assert!(matches!(app.list_of_action("a").await, Err(AppError::NotInVersion1)));
            }
            ApiVersion::V2 => {
                let known = app.known().await.unwrap();
                assert_eq!((known.status.as_str(), known.public_key), ("active", app_key().public()));
                app.update_push_token("push-2").await.unwrap();
                let said = server.seen().pop().unwrap().json();
                assert_eq!(said, json!({ "data": { "push_token": "push-2" }, "exp": NOW + 300 }));
            }
        }
        app.revoke().await.unwrap();
    }
}

#[tokio::test]
async fn a_call_that_was_changed_after_it_was_signed_is_refused() {
    for version in BOTH {
        let server = well(version).await;
        let app = app(&server, version).await;
        let id = names(version).authorization;
        let good = || app.decision(id, true, CODE).unwrap();
        let class = async |call: Call| match accepted(app.send(call).await.unwrap()) {
            Ok(_) => None,
            Err(error) => Some(error.error_class().unwrap().to_owned()),
        };
        assert_eq!(class(good()).await, None);
        assert_eq!(class(app.sign_again(good(), &(NOW + 9).to_string()).unwrap()).await, None);
        let changed = |change: fn(&mut Call)| {
            let mut call = good();
            change(&mut call);
            call
        };
        let is = Some("InvalidSignature".to_owned());
        assert_eq!(class(changed(|call| call.body.push(b' '))).await, is);
        if version == ApiVersion::V1 {
            assert_eq!(class(changed(|call| call.path.push_str("?a=b"))).await, is);
            assert_eq!(class(changed(|call| call.method = reqwest::Method::POST)).await, is);
            let later = (NOW + 301).to_string();
            assert_eq!(class(good().header("expires-at", Some(&later))).await, is);
        }
        let header = if version == ApiVersion::V1 { "Signature" } else { "x-jws-signature" };
        assert_eq!(class(good().header(header, None)).await.as_deref(), Some("SignatureMissing"));
        let token = class(good().header("Access-Token", Some("other"))).await;
        assert_eq!(token.as_deref(), Some("ConnectionNotFound"));
        let said = json!({});
        let late = app.call_until(reqwest::Method::PUT, "/x", Some(&said), app.now() - SIGNED_FOR).unwrap();
        assert_eq!(class(late).await.as_deref(), Some("SignatureExpired"));
    }
}

/// Puts this in place of a member of one reply.
fn put(
    path: &'static str,
    pointer: &'static str,
    value: Value,
) -> impl Fn(&Seen, (u16, Value)) -> (u16, Value) {
    move |seen, (status, mut reply)| {
        if seen.path.contains(path) && (path != "/connections" || seen.method == "POST") {
            match reply.pointer_mut(pointer) {
                Some(member) => *member = value.clone(),
                None => panic!("{pointer} is not in {reply}"),
            }
        }
        (status, reply)
    }
}

#[tokio::test]
async fn members_of_another_type_are_not_read() {
    let text = |text: &str| Value::from(text);
    let guid = names(ApiVersion::V1).connection;
    for (version, path, pointer, value) in [
        (ApiVersion::V1, "/configurations/", "/data/support_email", Value::Null),
        (ApiVersion::V1, "/configurations/", "/data/version", json!(1)),
        (ApiVersion::V1, "/configurations/", "/data/version", text("2")),
        (ApiVersion::V1, "/configurations/", "/data/logo_url", text("")),
        (ApiVersion::V1, "/configurations/", "/data/consent_management", text("true")),
        (ApiVersion::V1, "/configurations/", "/data/connect_url", text("https://localhost:4000")),
        (ApiVersion::V2, "/configurations/", "/data/provider_id", text("7")),
        (ApiVersion::V2, "/configurations/", "/data/api_version", json!(2)),
        (ApiVersion::V2, "/configurations/", "/data/provider_public_key", text("MIIB")),
        (ApiVersion::V2, "/configurations/", "/data/provider_support_email", Value::Null),
        (ApiVersion::V2, "/configurations/", "/data/geolocation_required", text("no")),
        (ApiVersion::V1, "/connections", "/data/id", json!(7)),
        (ApiVersion::V1, "/connections", "/data/connect_url", Value::Null),
        (ApiVersion::V2, "/connections", "/data/connection_id", text("9007199254740991")),
        (ApiVersion::V1, "/authorizations", "/data/0/id", json!(5)),
        (ApiVersion::V1, "/authorizations", "/data/0/connection_id", text("another")),
        (ApiVersion::V1, "/authorizations", "/data/0/algorithm", text("AES-128-CBC")),
        (ApiVersion::V1, "/authorizations", "/data/0/key", text("AAAA")),
        (ApiVersion::V1, "/authorizations", "/data", json!({})),
        (ApiVersion::V2, "/authorizations", "/data/0/id", text("5")),
        (ApiVersion::V2, "/authorizations", "/data/0/connection_id", text("9007199254740991")),
        (ApiVersion::V2, "/authorizations", "/data/0/connection_id", json!(7)),
        (ApiVersion::V2, "/authorizations", "/data/0/status", text("open")),
        (ApiVersion::V2, "/authorizations", "/data/0/status", text("confirmed")),
        (ApiVersion::V2, "/authorizations", "/data/0/iv", Value::Null),
        (ApiVersion::V1, "/consents", "/data/0/id", json!(6)),
        (ApiVersion::V1, "/consents", "/data/0/connection_id", json!(7)),
        (ApiVersion::V2, "/consents", "/data/0/id", json!(6)),
        (ApiVersion::V2, "/consents", "/data/0/connection_id", text(guid)),
    ] {
        let told = format!("{path} {pointer} {value}");
        let server = service(version, put(path, pointer, value)).await;
        let connected = connecting(&server, version, Some(CONNECT_QUERY)).await;
        let failed = match (path, connected) {
            ("/authorizations", Ok(done)) => of(done).list().await.err(),
            ("/consents", Ok(done)) => of(done).consents().await.err(),
            (_, connected) => connected.err(),
        };
        let failed = failed.unwrap_or_else(|| panic!("{told} was read"));
        assert!(
            matches!(failed, AppError::Unreadable(_) | AppError::NotOpened(_) | AppError::Link(_)),
            "{told}: {failed}"
        );
    }
}

fn of(done: Connecting) -> App {
    App::new(done.connected().unwrap(), Arc::new(Still)).unwrap()
}

#[tokio::test]
async fn ids_of_answers_are_numbers_in_version_2_and_texts_in_version_1() {
    for version in BOTH {
        for pointer in ["/data/id", "/data/authorization_id", "/data/consent_id", "/data/connection_id"] {
            // Whatever has this member has it in the type of the other version.
            let server = service(version, move |seen, (status, mut reply)| {
                let signed = seen.header("access-token").is_some();
                if let (true, Some(id)) = (signed, reply.pointer_mut(pointer)) {
                    *id = if id.is_string() { json!(5) } else { id.to_string().into() };
                }
                (status, reply)
            })
            .await;
            let app = app(&server, version).await;
            let (v1, id) = (version == ApiVersion::V1, names(version).authorization);
            let link = ActionLink::parse(&action_link(&server.url, version)).unwrap();
            let decided = app.decide(id, true, CODE).await.is_err();
            assert_eq!(decided, pointer == "/data/id", "{pointer}");
            let scanned = app.scan(&link).await.is_err();
            assert_eq!(
                scanned,
                matches!(pointer, "/data/authorization_id" | "/data/connection_id"),
                "{pointer}"
            );
            let revoked = app.revoke_consent(names(version).consent).await.is_err();
            assert_eq!(revoked, pointer == if v1 { "/data/consent_id" } else { "/data/id" }, "{pointer}");
            assert_eq!(app.revoke().await.is_err(), !v1 && pointer == "/data/connection_id", "{pointer}");
        }
    }
}

#[tokio::test]
async fn refusals_are_told_by_class() {
    for (status, class) in
        [(401, "ConnectionNotFound"), (404, "AuthorizationNotFound"), (429, "TooManyRequests")]
    {
        let server =
            service(
                ApiVersion::V1,
                move |seen, reply| {
                    if seen.method == "DELETE" { refused(status, class) } else { reply }
                },
            )
            .await;
        let failed = app(&server, ApiVersion::V1).await.revoke().await.unwrap_err();
        let refusal = failed.refusal().unwrap();
        assert_eq!((refusal.status, refusal.error_class.as_str()), (status, class));
        assert_eq!(refusal.retry_after.unwrap().as_secs_up(), 7);
        assert_eq!(failed.to_string(), format!("{status} {class}: No."));
    }
    let server = service(ApiVersion::V1, |_, _| (502, json!("<html>"))).await;
    let failed = connecting(&server, ApiVersion::V1, None).await.unwrap_err();
    assert_eq!((failed.refusal().unwrap().status, failed.error_class()), (502, Some("")));
}
