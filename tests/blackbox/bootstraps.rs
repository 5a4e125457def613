//! Every function as Lambda runs it: the real bootstrap, every sample event, and no right that the template lacks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use countersign_local::Bundle;
use countersign_local::aws::Aws;
use countersign_local::clock::SystemClock;
use countersign_local::events::Renderer;
use countersign_standins::Right;
use serde_json::Value;

use crate::bootstrap::{Bootstrap, Start};
use crate::receiver::Receiver;
use crate::sample_events::{self, Sample};
use crate::template::operations;
use crate::template_file::{Grant, Template};
use crate::world::options;

/// A bundle whose functions are started one by one.
struct Stage {
    bundle: Bundle,
    renderer: Renderer,
    environment: BTreeMap<String, String>,
    /// Where the demo's callbacks go.
    _receiver: Receiver,
}

impl Stage {
    async fn new() -> Self {
        let receiver = Receiver::start().await;
        // The bootstraps know no other clock.
        let bundle = Bundle::start(options(&receiver, None, Arc::new(SystemClock))).await.unwrap();
        let mut demo = bundle.demo.clone();
        for origin in &mut demo.origins {
            origin.callback = receiver.url();
        }
        let endpoint_url = demo.aws_endpoint_url.clone().unwrap();
        let mut environment = demo.environment.clone();
        environment.insert("AWS_ENDPOINT_URL".into(), endpoint_url.clone());
        let renderer =
            Renderer::new(demo, Aws::at(&endpoint_url).await.config, Arc::new(SystemClock)).unwrap();
        Self { bundle, renderer, environment, _receiver: receiver }
    }

    /// What the calls since the last time needed.
    fn rights(&self) -> BTreeSet<Right> {
        let calls = self.bundle.standins().unwrap().calls().take();
        calls.into_iter().flat_map(|call| call.rights).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_origin_functions_answer_their_events() {
    try_api("origin").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_device_functions_answer_their_events() {
    try_api("device").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_idp_functions_answer_their_events() {
    try_api("idp").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cloud_functions_answer_their_events() {
    try_api("cloud").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fido2_functions_answer_their_events() {
    try_api("fido2").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_authenticator_functions_answer_their_events() {
    try_api("authenticator").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_admin_functions_answer_their_events() {
    try_api("admin").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_portal_function_answers_its_events() {
    try_api("portal").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_jobs_answer_their_events() {
    try_api("jobs").await;
}

async fn try_api(api: &str) {
    let mut problems = Vec::new();
    let mut events = 0;
    for operation in operations().iter().filter(|operation| operation.api == api) {
        let samples = sample_events::all();
        let samples: Vec<Sample> = samples
            .into_iter()
            .filter(|sample| sample.api == api && sample.operation == operation.name)
            .collect();
        events += samples.len();
        problems.extend(try_function(api, operation.name, &samples).await);
    }
    assert!(events > 0, "events/{api} has none");
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

/// Gives a function all its events; tells what is wrong.
async fn try_function(api: &str, operation: &str, samples: &[Sample]) -> Vec<String> {
    let stage = Stage::new().await;
    let granted = Template::read().function(api, operation).unwrap().grants();
    let mut problems = Vec::new();
    let mut used = BTreeSet::new();
    let mut use_rights = |event: &str, problems: &mut Vec<String>, rights: BTreeSet<Right>| {
        for right in rights {
            match granted.iter().find(|grant| allows(grant, &right)) {
                Some(grant) => drop(used.insert(grant.clone())),
                None => problems.push(format!(
                    "{event}: the template does not allow {} on {:?}",
                    right.action, right.resource
                )),
            }
        }
    };
    stage.rights();
    let mut function = Bootstrap::start(api, operation, &stage.environment).await;
    let started = function.started().await;
    if !matches!(started, Start::Ready) {
        return vec![format!("{api}/{operation}: {started:?}\n{}", function.end().await)];
    }
    use_rights(&format!("{api}/{operation} (start)"), &mut problems, stage.rights());
    for sample in samples {
        let name = sample.name();
        let event = match stage.renderer.render_file(&sample.path).await {
            Ok(event) => event,
            Err(error) => {
                problems.push(format!("{name}: {error}"));
                continue;
            }
        };
        stage.rights();
        let answer = function.invoke(event.clone()).await;
        let rights = stage.rights();
        if let Err(problem) = sample_events::judge(&event["expect"], &answer) {
            problems.push(format!("{name}: {problem}"));
        }
        for call in event["expect"]["calls"].as_array().into_iter().flatten() {
            if !rights.iter().any(|right| call.as_str() == Some(&right.action)) {
                problems.push(format!("{name}: it did not call {call}"));
            }
        }
        use_rights(&name, &mut problems, rights);
    }
    for grant in granted.iter().filter(|grant| !used.contains(*grant) && !is_of_lambda(grant)) {
        problems.push(format!("{api}/{operation}: no event needs {} on {}", grant.action, grant.resource));
    }
    let log = function.end().await;
    if !problems.is_empty() {
        problems.push(log);
    }
    problems
}

/// Whether the grant is for this right. The template names what the calls name: the table and its index by their ARNs,
/// the secrets by their logical ids, push endpoints by the pattern of their ARNs, a phone number by what it is not.
fn allows(grant: &Grant, right: &Right) -> bool {
    let on = right.resource.as_deref().unwrap_or_default();
    let resource = match on {
        "" if right.action == "sns:Publish" => "not arn:${AWS::Partition}:sns:*:*:*",
        "" => "*",
        "countersign" => "Table.Arn",
        "countersign/index/due" => "${Table.Arn}/index/due",
        "countersign/signing-keys" => "SigningKeysSecret",
        "countersign/sealing-keys" => "SealingKeysSecret",
        arn => {
            let named = grant.resource.strip_suffix('*').and_then(|pattern| pattern.rsplit(':').next());
            return grant.action == right.action
                && named
                    .is_some_and(|named| arn.rsplit(':').next().is_some_and(|what| what.starts_with(named)));
        }
    };
    grant.action == right.action && grant.resource == resource
}

/// What AWS does in the function's name: its event source mapping, and Secrets Manager's call of the rotation function.
fn is_of_lambda(grant: &Grant) -> bool {
    matches!(
        grant.action.as_str(),
        "dynamodb:DescribeStream"
            | "dynamodb:GetRecords"
            | "dynamodb:GetShardIterator"
            | "dynamodb:ListStreams"
            | "sqs:SendMessage"
            | "lambda:InvokeFunction"
    )
}

/// Starts the function; it must end with an error. Gives its log.
async fn must_end(api: &str, handler: &str, environment: &BTreeMap<String, String>) -> String {
    let mut function = Bootstrap::start(api, handler, environment).await;
    let started = function.started().await;
    let log = function.end().await;
    match started {
        Start::Ended(status) => assert!(!status.success(), "{log}"),
        Start::Ready => panic!("{api} {handler} started: {log}"),
    }
    log
}

fn settings() -> BTreeMap<String, String> {
    [
        ("TABLE_NAME", "countersign"),
        ("SIGNING_KEYS_SECRET", "signing"),
        ("SEALING_KEYS_SECRET", "sealing"),
        // Port 1 (tcpmux) has no listener on a machine that runs tests.
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_is_no_operation_ends_the_start_and_is_named() {
    for (api, handler, known) in [
        ("origin", "challenge-answer", "challenge-create"),
        ("device", "bootstrap", "challenge-answer"),
        ("idp", "verify", "oidc-verify"),
        ("cloud", "uaf", "authentication-finish"),
        ("fido2", "authentication-finish", "assertion-result"),
        ("authenticator", "v3-configuration", "v2-configuration"),
        ("admin", "administrator", "company-get"),
        ("jobs", "", "key-rotate"),
    ] {
        let log = must_end(api, handler, &settings()).await;
        assert!(log.contains("the Handler of this function is") && log.contains(handler), "{log}");
        assert!(log.contains(known), "what there is, is told: {log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_missing_setting_ends_the_start_and_is_named() {
    for (api, handler) in [
        ("origin", "challenge-create"),
        ("device", "challenge-list"),
        ("idp", "login-begin"),
        ("cloud", "ping"),
        ("fido2", "assertion-result"),
        ("authenticator", "v2-configuration"),
        ("admin", "company-get"),
        ("jobs", "key-rotate"),
    ] {
        let mut incomplete = settings();
        incomplete.remove("TABLE_NAME");
        incomplete.insert("SEALING_KEYS_SECRET".into(), String::new());
        let log = must_end(api, handler, &incomplete).await;
        assert!(
            log.contains("TABLE_NAME is missing") && log.contains("SEALING_KEYS_SECRET is missing"),
            "{log}"
        );
        assert!(!log.contains("SIGNING_KEYS_SECRET"), "it is there: {log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_cannot_be_reached_is_logged_at_the_start() {
    let mut function = Bootstrap::start("device", "challenge-list", &settings()).await;
    assert!(matches!(function.started().await, Start::Ready), "it may be reached later");
    let log = function.end().await;
    let told = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let told: Vec<Value> = told.filter(|line| line["level"] == "ERROR").collect();
    let [told] = &told[..] else { panic!("one error: {log}") };
    assert!(told["problem"].as_str().unwrap().contains("AWS_ENDPOINT_URL"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_not_there_is_logged_with_the_setting_that_names_it() {
    let stage = Stage::new().await;
    let mut environment = stage.environment.clone();
    environment.insert("TABLE_NAME".into(), "another".into());
    let mut function = Bootstrap::start("origin", "challenge-create", &environment).await;
    assert!(matches!(function.started().await, Start::Ready));
    let log = function.end().await;
    assert!(log.contains(r#"there is no table \"another\""#) && log.contains("check TABLE_NAME"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_lacks_what_it_needs_is_not_filled_in() {
    use serde_json::json;
    let stage = Stage::new().await;
    for (event, named) in [
        (json!({"body": "${challenge}"}), "challenge"),
        (json!({"headers": {"device-proof": "${proof}"}, "given": ["bound"]}), "proof"),
        (json!({"Records": ["${asked-record}"], "given": ["enrolled"]}), "challenge"),
        (json!({"Records": ["${outcome-record}"], "given": ["enrolled", "asked"]}), "MODIFY"),
        (json!({"given": ["answered"]}), "challenge"),
        (json!({"given": ["logged in"]}), "/api/idp/bind answered"),
        (json!({"given": ["bound by login"]}), "sent-to"),
        (json!({"given": ["an OAuth2 provider", "login declined", "bound by login"]}), "access_denied"),
        (json!({"given": ["an OAuth2 provider", "bound"]}), "/api/account/bind answered"),
        (
            json!({"headers": {"device-signature": "${device-signature}"}, "given": ["cloud user"]}),
            "device-signature",
        ),
        (json!({"given": ["uaf target"]}), "device-token"),
        (json!({"given": ["uaf registered", "uaf registered"]}), "redeem/registration answered"),
        (
            json!({"given": ["uaf registered", "asked by link", "approved by uaf"]}),
            "authentication/ answered",
        ),
        (json!({"given": ["cloud user", "asked at a browser"]}), "/api/v1/approval answered"),
        (json!({"headers": {"signature": "${call-signature}"}}), "app-key"),
        (json!({"headers": {"x-jws-signature": "${body-signature}"}}), "app-key"),
        (json!({"headers": {"x-jws-signature": "${bank-signature}"}}), "bank-signature"),
        (
            json!({"given": ["app of v1", "logged in to connect"]}),
            "/api/authenticator/v1/connections answered",
        ),
        (json!({"given": ["asked by the bank"]}), "bank-action"),
        (json!({"given": ["a bank", "connected by v1"]}), "/api/account/bind answered"),
        (json!({"given": ["enrolled", "rained"]}), "rained"),
    ] {
        let told = stage.renderer.render(&event).await.unwrap_err().to_string();
        assert!(told.contains(named), "{told}");
    }
}
