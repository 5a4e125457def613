//! `POST /api/request/add` from body to stored challenge, as a Request Origin sends it: JSON, or a form.

#![no_main]

use std::cell::OnceCell;

use countersign_crypto::basic::BasicKey;
use countersign_crypto::digest::{Digest, canonical_json};
use countersign_crypto::encoding::base64;
use countersign_domain::account::Account;
use countersign_domain::actor::Actor;
use countersign_domain::app_space::AppProtocol;
use countersign_domain::callback::{CallbackKind, CallbackRule};
use countersign_domain::outbound_url::{Loopback, OutboundUrl};
use countersign_domain::request_origin::{Credential, RequestOrigin};
use countersign_domain::text::AccountId;
use countersign_domain::user::User;
use countersign_fuzz::requests::{request, with_header};
use countersign_fuzz::running::wait;
use countersign_fuzz::samples::{self, Always};
use countersign_fuzz::table::Table;
use countersign_lambda::App;
use countersign_store::Write;
use countersign_tests::device::document::ShownDocument;
use http::Method;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

struct Service {
    table: Table,
    app: App,
    authorization: String,
}

thread_local! {
    static SERVICE: OnceCell<Service> = const { OnceCell::new() };
}

/// A Request Origin with a user `ann` whom it may ask, and a whitelist of one host.
fn service() -> Service {
    let table = Table::default();
    let key = BasicKey::generate(&Always(1));
    let rule = CallbackRule::parse("callbackUrl", CallbackKind::Result, "bank.example/{*}/cb");
    let origin = RequestOrigin {
        id: samples::origin_id(),
        app_space: samples::app_space_id(),
        name: "Bank".into(),
        credential: Credential::Basic { salted_hash: key.salted_hash(&Always(2)).to_string() },
        access_keys: Vec::new(),
        callbacks: vec![rule.expect("the rule is well-formed")],
        webhook_secret: String::new(),
        created_at: samples::NOW,
    };
    let scheme = AppProtocol::parse("appProtocol", "demoapp").expect("the scheme is well-formed");
    let ann = AccountId::parse("accountId", "ann".into()).expect("the account id is well-formed");
    let account = Account::of(&User::new(
        samples::user_id(),
        samples::app_space_id(),
        ann,
        None,
        Actor::Service,
        samples::NOW,
    ));
    let write = Write::new()
        .insert("origin", &origin)
        .and_then(|write| write.insert("app space", &samples::app_space("Demo", scheme)))
        .and_then(|write| write.insert("account", &account));
    table.keep(write.expect("samples can be written"));
    let app = table.app();
    let authorization = format!("Basic {}", base64(format!("{}:{}", origin.id, key.expose()).as_bytes()));
    Service { table, app, authorization }
}

fuzz_target!(|body: &str| {
    SERVICE.with(|service_of_thread| {
        let service = service_of_thread.get_or_init(service);
        let json = body.trim_start().starts_with('{');
        let media_type = if json { "application/json" } else { "application/x-www-form-urlencoded" };
        let asked = request(Method::POST, "/api/request/add", "", media_type, body.as_bytes());
        let asked = with_header(asked, "authorization", service.authorization.as_bytes());
        let operation = countersign_origin::OPERATIONS.iter().find(|one| one.name == "challenge-create");
        let run = operation.expect("the operation is there").run;
        let answer = wait(run(&service.app, asked.expect("the header is well-formed")));
        let written = service.table.written();
        let told: Value = serde_json::from_str(answer.body()).expect("every answer is JSON");
        match answer.status().as_u16() {
            201 => check(&told, &written),
            400 | 404 | 413 | 422 => {
                assert!(written.is_empty());
                assert!(told["error"].is_string() && told["message"].is_string());
            }
            status => panic!("{status} {told}"),
        }
    });
});

/// What is stored, what is answered and what a device is shown are one question.
fn check(told: &Value, written: &[Value]) {
    let challenge =
        written.iter().find(|item| item["kind"]["S"] == "challenge").expect("a challenge is written");
    let body = &challenge["body"]["M"];
    let document = body["document"]["S"].as_str().expect("a challenge has a document");
    assert_eq!(body["digest"]["S"], Digest::of(document.as_bytes()).to_string());
    assert_eq!(told["documentDigest"], body["digest"]["S"]);
    let value: Value = serde_json::from_str(document).expect("the document is JSON");
    assert_eq!(canonical_json(&value).as_deref(), Ok(document));
    assert_eq!(told["guid"], value["challenge"]);
    assert_eq!(told["buttons"], value["buttons"]);
    assert_eq!(told["content"], value["content"]);
    let shown: ShownDocument = serde_json::from_str(document).expect("a device can read the document");
    assert!((2..=10).contains(&shown.buttons.len()));
    assert_eq!(shown.show_code, told["code"].is_string());
    if let Some(callback) = told["callback"].as_str() {
        let url = OutboundUrl::parse("callback", callback, Loopback::Refused).expect("only HTTPS is called");
        assert_eq!(url.url().host_str(), Some("bank.example"));
        assert!(url.url().port().is_none() && url.url().path().ends_with("/cb"));
    }
}
