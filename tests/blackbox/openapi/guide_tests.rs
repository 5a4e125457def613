//! The guides in `docs/` say what the code does: their worked examples, and their tables of calls, errors and statuses.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use countersign_crypto::cx1::{Cx1Credential, sign, string_to_sign};
use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;
use countersign_lambda::HttpOperation;
use serde_json::{Value, json};

use super::Api;
use super::document::Document;

fn docs(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(docs(name)).unwrap()
}

fn guide() -> String {
    read("origin-api.md")
}

fn document(name: &str) -> Value {
    Document::read(&docs(&format!("openapi/{name}"))).unwrap().root().clone()
}

/// The fenced blocks of a language, e.g. `cx1`.
fn blocks(guide: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    guide.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

/// The cells of the rows of the table under a heading, without the two lines of the head; code marks are taken off.
fn table(guide: &str, heading: &str) -> Vec<Vec<String>> {
    let section = guide.split(&format!("\n{heading}\n")).nth(1).expect("the heading is there");
    let section = section.split("\n#").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect())
        .collect()
}

#[test]
fn the_worked_examples_are_signed_as_told() {
    let guide = guide();
    let examples = blocks(&guide, "cx1");
    assert_eq!(examples.len(), 2);
    for example in examples {
        let lines: BTreeMap<&str, &str> = example
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name, value.trim()))
            .collect();
        let of = |name: &str| *lines.get(name).unwrap_or_else(|| panic!("{name} is missing: {example}"));
        let body = lines.get("body").copied().unwrap_or_default().as_bytes();
        let (secret, time) = (Secret::new(of("secret").to_owned()), of("time"));
        let text = string_to_sign(of("method"), of("url"), time, of("guid"), body);
        assert_eq!(String::from_utf8(text).unwrap(), of("string to sign"));
        let at = Timestamp::from_millis(time.parse().unwrap());
        let header = sign(&secret, of("guid"), at, of("method"), of("url"), body);
        assert_eq!(header.expose(), of("Authorization"));
        let credential = Cx1Credential::parse(of("Authorization")).unwrap();
        assert_eq!(credential.verify(&secret, of("method"), of("url"), body), Ok(()));
    }
}

/// The bodies that the guide shows are ones that the API takes.
#[test]
fn the_shown_requests_are_good_ones() {
    let (api, guide) = (Api::load().unwrap(), guide());
    let mut shown = 0;
    for block in blocks(&guide, "http") {
        let (head, body) = block.split_once("\n\n").unwrap_or((&block, ""));
        let mut lines = head.lines();
        let (method, target) = lines.next().and_then(|line| line.split_once(' ')).expect("METHOD target");
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let media = lines.find_map(|line| line.strip_prefix("Content-Type: "));
        assert_eq!(
            api.check_request(method, path, query, media, body.trim_end().as_bytes()),
            Ok(()),
            "{block}"
        );
        shown += 1;
    }
    assert!(shown >= 4, "{shown}");
}

#[test]
fn the_tables_of_calls_have_the_operations_of_the_code() {
    let fido2 = countersign_fido2::OPERATIONS.iter();
    let for_backends: Vec<_> =
        fido2.filter(|operation| operation.path.starts_with("/api/")).copied().collect();
    let guides: [(&str, &str, &[HttpOperation]); 3] = [
        ("origin-api.md", "## Calls", countersign_origin::OPERATIONS),
        ("origin-api.md", "## WebAuthn", &for_backends),
        ("identity-providers.md", "## Calls", countersign_idp::OPERATIONS),
    ];
    for (guide, heading, operations) in guides {
        let told = table(&read(guide), heading);
        let told: BTreeSet<String> = told.into_iter().map(|row| row[0].clone()).collect();
        let code = operations.iter().map(|operation| format!("{} {}", operation.method, operation.path));
        assert_eq!(told, code.collect(), "{guide}");
    }
}

/// Status and word of each row of a table of errors.
fn errors_told(guide: &str, heading: &str) -> BTreeSet<(String, String)> {
    table(guide, heading).into_iter().map(|row| (row[0].clone(), row[1].clone())).collect()
}

/// Status and word of each error that the operations of a document may answer with.
fn errors_documented(root: &Value, wanted: impl Fn(&Value) -> bool) -> BTreeSet<(String, String)> {
    let mut documented = BTreeSet::new();
    for item in root["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values().filter(|operation| wanted(operation)) {
            for (status, reply) in operation["responses"].as_object().into_iter().flatten() {
                let Some(reply) = reply["$ref"].as_str().and_then(|at| root.pointer(&at[1..])) else {
                    continue;
                };
                let schema = &reply["content"]["application/json"]["schema"];
                let one = vec![schema.clone()];
                for schema in schema["oneOf"].as_array().unwrap_or(&one) {
                    let schema = schema["$ref"].as_str().and_then(|at| root.pointer(&at[1..]));
                    // A redirect has no body.
                    let error = schema.and_then(|schema| schema["properties"]["error"]["const"].as_str());
                    if let Some(error) = error {
                        documented.insert((status.clone(), error.to_owned()));
                    }
                }
            }
        }
    }
    documented
}

#[test]
fn the_tables_of_errors_are_those_of_the_documents() {
    for (guide, name) in [("origin-api.md", "origin.yaml"), ("identity-providers.md", "idp.yaml")] {
        let documented = errors_documented(&document(name), |_| true);
        assert_eq!(errors_told(&read(guide), "## Errors"), documented, "{guide}");
    }
}

/// What an answer may be refused with because of an identity provider is what no other call of a device knows, and a user
/// who is not active.
#[test]
fn the_errors_of_answers_are_those_of_the_document() {
    let root = document("device.yaml");
    let is_answer = |operation: &Value| operation["operationId"] == "challenge-answer";
    let others = errors_documented(&root, |operation| !is_answer(operation));
    let forbidden = ("403".to_owned(), "user_not_active".to_owned());
    let wrong_code = ("409".to_owned(), "wrong_code".to_owned());
    let mut own: BTreeSet<_> = errors_documented(&root, is_answer).difference(&others).cloned().collect();
    assert!(!own.contains(&forbidden), "every call has it");
    own.insert(forbidden);
    own.remove(&wrong_code);
    assert_eq!(errors_told(&read("identity-providers.md"), "### Of answers"), own);
}

#[test]
fn the_table_of_statuses_is_that_of_the_document() {
    let told: BTreeSet<(String, String)> =
        table(&guide(), "## Statuses").into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    let root = document("origin.yaml");
    let documented = root["components"]["schemas"]["RequestFields"]["oneOf"].as_array().unwrap();
    let documented: BTreeSet<(String, String)> = documented
        .iter()
        .map(|state| {
            let constant = |name: &str| state["properties"][name]["const"].clone();
            (constant("statusId").to_string(), constant("status").as_str().unwrap().to_owned())
        })
        .collect();
    assert_eq!(told, documented);
}

/// The claims of a receipt in the guide are the fields that are signed.
#[test]
fn the_table_of_claims_is_that_of_the_receipt() {
    use countersign_crypto::answer::Answer;
    use countersign_crypto::digest::Digest;
    use countersign_crypto::receipt::Receipt;

    let text = String::new;
    let receipt = Receipt {
        iss: text(),
        aud: text(),
        jti: text(),
        iat: 0,
        challenge: text(),
        document_digest: Digest::of(b""),
        outcome: text(),
        answer: Answer::Decline,
        decline_reason: Some(text()),
        asked_at: Timestamp::from_secs(0),
        answered_at: Timestamp::from_secs(0),
        user: text(),
        device: text(),
        device_key_thumbprint: Digest::of(b""),
        device_signature: text(),
    };
    let signed: BTreeSet<String> = json!(receipt).as_object().unwrap().keys().cloned().collect();
    let told = table(&guide(), "### Claims of a receipt");
    let told: BTreeSet<String> = told.iter().flat_map(|row| row[0].split(", ")).map(str::to_owned).collect();
    assert_eq!(told, signed);
}
