//! The commands against a canned service.

use serde_json::Value;

use crate::authenticator::ApiVersion::{self, V1, V2};
use crate::authenticator::canned::{
    CONNECT_QUERY, Canned, TOKEN, action_link, connect_link, names, refused, service,
};
use crate::authenticator::{PendingConnection, RETURN_URL};
use crate::phone::command_tests::{PhoneFile, phone};
use crate::phone::file;

async fn does(file: &PhoneFile, args: &[&str]) -> Result<String, String> {
    phone(&file.0, &[&["authenticator"], args].concat()).await
}

#[tokio::test]
async fn from_the_link_to_the_end() {
    for version in [V1, V2] {
        let (server, file) = (service(version, |_, reply| reply).await, PhoneFile::new());
        let names = names(version);
        let link = connect_link(&server.url, version, Some(CONNECT_QUERY));
        let text =
            does(&file, &["connect", &link, "--platform", "android", "--push-token", "p"]).await.unwrap();
        let expected = format!(
            "Connected to Demobank by version {} of the API.\nConnection {}\nNext: ",
            version.name(),
            names.connection
        );
        assert!(text.starts_with(&expected), "{text}");
        let said = server.seen().pop().unwrap().json()["data"].clone();
        assert_eq!([&said["platform"], &said["push_token"]], ["android", "p"]);

        let text = does(&file, &["list"]).await.unwrap();
        assert!(text.starts_with(&format!("{}  Pay?  5 min 0 s left\n", names.authorization)), "{text}");
        let text = does(&file, &["show"]).await.unwrap();
        let asked = match version {
            V1 => "Demobank asks:\n  Pay?\n  Pay <b>1 €</b> to ACME\n\n",
            V2 => {
                "Demobank asks:\n  Pay?\n    Payee      ACME\n    Amount     1 €\n    Device     Firefox\n\n"
            }
        };
        assert!(text.starts_with(asked), "{text}");
        assert_eq!(does(&file, &["show", names.authorization]).await.unwrap(), text);
        let told = ["confirm", "--by", "passcode", "--geolocation", "GEO:1;2"];
        assert_eq!(does(&file, &told).await.unwrap(), "Confirmed: Pay?");
        let seen = server.seen().pop().unwrap();
        match version {
            V1 => {
                assert_eq!(seen.header("authorization-type"), Some("passcode"));
                assert_eq!(seen.header("geo-location"), Some("GEO:1;2"));
            }
            V2 => {
                let said = Canned::decision(version, &seen);
                assert_eq!([&said["user_authorization_type"], &said["geolocation"]], ["passcode", "GEO:1;2"]);
            }
        }
        assert_eq!(does(&file, &["deny", names.authorization]).await.unwrap(), "Denied: Pay?");

        let text = does(&file, &["scan", &action_link(&server.url, version)]).await.unwrap();
        assert!(text.ends_with(&format!("confirm {}", names.authorization)), "{text}");
        let text = does(&file, &["consents"]).await.unwrap();
        for part in ["Budget Planner", "aisp", "Current DE89370400440532013000", "balance\n", "2027-02-20T10"]
        {
            assert!(text.contains(part), "{text}");
        }
        let text = does(&file, &["revoke-consent", names.consent]).await.unwrap();
        assert_eq!(text, format!("The consent {} is taken back.", names.consent));
        let text = does(&file, &["disconnect"]).await.unwrap();
        assert_eq!(text, "The connection is revoked and its key forgotten.");
        let text = does(&file, &["list"]).await.unwrap_err();
        assert!(text.contains("not connected yet") && text.contains("connect <link>"), "{text}");
    }
}

#[tokio::test]
async fn a_login_ends_where_the_browser_is_sent() {
    for version in [V1, V2] {
        let (server, file) = (service(version, |_, reply| reply).await, PhoneFile::new());
        let link = connect_link(&server.url, version, None);
        for again in [false, true] {
            let text = does(&file, &["connect", &link]).await.unwrap();
            assert!(text.contains("\n\nhttps://login.example/?state=1\n\n"), "{text}");
            let failed = format!("{RETURN_URL}?error_class=UserNotFound&error_message=No%1B");
            if !again {
                let text = does(&file, &["connect", &failed]).await.unwrap_err();
                assert!(text.starts_with("The login failed: UserNotFound: No\u{fffd}"), "{text}");
            }
        }
        let kept: Value = serde_json::from_slice(&std::fs::read(&file.0).unwrap()).unwrap();
        let pending: PendingConnection =
            serde_json::from_value(kept["authenticator"]["pending"].clone()).unwrap();
        let shown = format!("{pending:?}");
        assert!(!shown.contains("PRIVATE"), "{shown}");
        let key = kept["authenticator"]["pending"]["key"].as_str().unwrap();
        let key = crate::authenticator::key::KeyPair::from_pem(key).unwrap();
        let redirect = Canned::redirect(version, RETURN_URL, &key.public());
        let text = does(&file, &["connect", &redirect]).await.unwrap();
        assert!(text.starts_with("Connected to Demobank"), "{text}");
        assert_eq!(does(&file, &["deny"]).await.unwrap(), "Denied: Pay?");
        let state = file::read(&file.0).unwrap();
        assert!(state.authenticator.as_ref().unwrap().pending.is_none());
        assert!(!format!("{state:?}").contains(TOKEN));
    }
}

#[tokio::test]
async fn connections_are_told_apart() {
    let file = PhoneFile::new();
    let [first, second] = [service(V1, |_, reply| reply).await, service(V2, |_, reply| reply).await];
    for (server, version) in [(&first, V1), (&second, V2)] {
        does(&file, &["connect", &connect_link(&server.url, version, Some(CONNECT_QUERY))]).await.unwrap();
    }
    does(&file, &["list"]).await.unwrap();
    assert!(second.seen().pop().unwrap().path.ends_with("/v2/authorizations"), "the last one");
    does(&file, &["list", "--connection", names(V1).connection]).await.unwrap();
    assert!(first.seen().pop().unwrap().path.ends_with("/v1/authorizations"));
    let text = does(&file, &["list", "--connection", "x"]).await.unwrap_err();
    assert!(text.contains(names(V1).connection) && text.contains(names(V2).connection), "{text}");
    let text = does(&file, &["scan", &action_link(&first.url, V1)]).await.unwrap_err();
    assert!(text.contains("--connection"), "{text}");
}

#[tokio::test]
async fn refusals_are_told_with_what_to_do_next() {
    for (status, class, told) in [
        (401, "ConnectionNotFound", "was revoked"),
        (404, "AuthorizationNotFound", "authenticator list"),
        (400, "SignatureExpired", "clock"),
        (429, "TooManyRequests", "in 7 seconds"),
        (500, "InternalServerError", "log says more"),
        (502, "", "log says more"),
        (400, "Odd\u{1b}", "Odd\u{fffd}: No."),
    ] {
        let server = failing(status, class, "/authorizations").await;
        let file = PhoneFile::new();
        does(&file, &["connect", &connect_link(&server.url, V1, Some(CONNECT_QUERY))]).await.unwrap();
        let text = does(&file, &["confirm", "7"]).await.unwrap_err();
        assert!(text.replace('\n', " ").contains(told), "{text}");
    }
    let (server, file) = (service(V1, |_, reply| reply).await, PhoneFile::new());
    let text = does(&file, &["connect", &connect_link(&server.url, V1, Some("other"))]).await.unwrap_err();
    assert!(text.contains("Ask for a new link"), "{text}");
    let text = does(&file, &["connect", "demo://st=a"]).await.unwrap_err();
    assert!(text.starts_with("This is not a link of this kind"), "{text}");
}

async fn failing(status: u16, class: &'static str, path: &'static str) -> crate::tiny_server::TinyServer {
    service(V1, move |seen, reply| if seen.path.contains(path) { refused(status, class) } else { reply })
        .await
}

#[tokio::test]
async fn a_connection_that_the_service_forgot_is_forgotten() {
    for (version, end) in [(V1, "DELETE"), (V2, "PUT")] {
        let server =
            service(
                version,
                move |seen, reply| {
                    if seen.method == end { refused(401, "ConnectionNotFound") } else { reply }
                },
            )
            .await;
        let file = PhoneFile::new();
        does(&file, &["connect", &connect_link(&server.url, version, Some(CONNECT_QUERY))]).await.unwrap();
        let text = does(&file, &["disconnect"]).await.unwrap();
        assert!(text.contains("knew the connection no more"), "{text}");
        assert!(file::read(&file.0).unwrap().authenticator.unwrap().connections.is_empty());
    }
}

#[tokio::test]
async fn a_lost_reply_is_asked_for_again_and_what_must_be_said_is_asked_for() {
    for version in [V1, V2] {
        let lost = std::sync::atomic::AtomicBool::new(false);
        let server = service(version, move |seen, (status, mut reply)| {
            if let Some(required) = reply.pointer_mut("/data/geolocation_required") {
                *required = true.into();
            }
            let first = seen.method == "POST" && !lost.swap(true, std::sync::atomic::Ordering::Relaxed);
            if first { (0, Value::Null) } else { (status, reply) }
        })
        .await;
        let file = PhoneFile::new();
        does(&file, &["connect", &connect_link(&server.url, version, Some(CONNECT_QUERY))]).await.unwrap();
        assert_eq!(public_keys(version, &server.seen()).len(), 2);
        let text = does(&file, &["confirm"]).await.unwrap_err();
        assert!(text.contains("--geolocation"), "{text}");
        assert_eq!(does(&file, &["confirm", "--geolocation", "GEO:1;2"]).await.unwrap(), "Confirmed: Pay?");
    }
}

/// The keys of all attempts, which must be one.
fn public_keys(version: ApiVersion, seen: &[crate::tiny_server::Seen]) -> Vec<String> {
    let keys: Vec<_> = seen
        .iter()
        .filter(|seen| seen.method == "POST")
        .map(|seen| Canned::public_key(version, &seen.json()["data"]))
        .collect();
    assert!(keys.windows(2).all(|two| two[0] == two[1]));
    keys
}
