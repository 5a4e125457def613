//! The files of `events/`, and whether an answer is what they expect.

use std::fs;
use std::path::{Path, PathBuf};

use countersign_crypto::encoding::from_base64;
use serde_json::Value;

/// One file: `events/<api>/<operation>/<case>.json`.
pub(crate) struct Sample {
    pub(crate) api: String,
    pub(crate) operation: String,
    pub(crate) path: PathBuf,
    /// As it stands in the file.
    pub(crate) event: Value,
}

/// All of them, in the order of their paths.
pub(crate) fn all() -> Vec<Sample> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events");
    let mut samples = Vec::new();
    for api in folders(&root) {
        for operation in folders(&root.join(&api)) {
            for path in entries(&root.join(&api).join(&operation)) {
                assert!(
                    path.extension().is_some_and(|ending| ending == "json"),
                    "{} is no event",
                    path.display()
                );
                let text = fs::read_to_string(&path).unwrap();
                let event =
                    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                samples.push(Sample { api: api.clone(), operation: operation.clone(), path, event });
            }
        }
    }
    samples
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

fn folders(folder: &Path) -> Vec<String> {
    let folders = entries(folder).into_iter().filter(|path| path.is_dir());
    folders.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect()
}

impl Sample {
    /// As it is told of: `origin/challenge-create/created`.
    pub(crate) fn name(&self) -> String {
        format!("{}/{}/{}", self.api, self.operation, self.path.file_stem().unwrap().to_str().unwrap())
    }

    /// Whether the function does what it is for. Otherwise it turns the event away or finds nothing to do. An app learns
    /// by its link what became of a login; UAF clients and browsers learn from the body what became of an answer.
    pub(crate) fn is_success(&self) -> bool {
        let expect = &self.event["expect"];
        match (expect["status"].as_u64(), &expect["result"]) {
            (Some(status), _) => {
                let body = &expect["body"];
                status < 400
                    && expect["location"].as_str().is_none_or(|link| !link.contains("://error="))
                    && body["statusCode"].as_u64().is_none_or(|code| code == 1200)
                    && body["errorMessage"].as_str().is_none_or(str::is_empty)
            }
            (None, Value::Null) => false,
            (None, result) => {
                result["due"] != 0 && result["batchItemFailures"].as_array().is_none_or(Vec::is_empty)
            }
        }
    }
}

/// What is wrong with a function's answer to an event; nothing if it is what the event expects.
pub(crate) fn judge(expect: &Value, answer: &Result<Value, Value>) -> Result<(), String> {
    match (answer, expect) {
        (Err(error), expect) => {
            let told = error["errorMessage"].as_str().unwrap_or_default();
            match expect["error"].as_str() {
                Some(part) if told.contains(part) => Ok(()),
                _ => Err(format!("it failed: {error}")),
            }
        }
        (Ok(answer), expect) if expect["status"].is_u64() => {
            let body = body(answer).and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
            if answer["statusCode"] != expect["status"] {
                return Err(format!("status {} {body}, not {}", answer["statusCode"], expect["status"]));
            }
            contains("body", &body, &expect["body"])?;
            match (expect["location"].as_str(), answer["headers"]["location"].as_str()) {
                (Some(wanted), Some(found)) if is_like(found, wanted) => Ok(()),
                (Some(wanted), found) => Err(format!("location is {found:?}, not {wanted}")),
                (None, _) => Ok(()),
            }
        }
        (Ok(answer), expect) if !expect["result"].is_null() => contains("result", answer, &expect["result"]),
        (Ok(answer), _) => Err(format!("it answered {answer}")),
    }
}

/// The body as the caller gets it. What is no text to Lambda's runtime is base64 until it has passed the gateway.
fn body(answer: &Value) -> Option<Vec<u8>> {
    let text = answer["body"].as_str()?;
    if answer["isBase64Encoded"] == true { from_base64(text).ok() } else { Some(text.as_bytes().to_vec()) }
}

/// Whether `found` has all that `wanted` has, member by member. Null wants null or nothing.
fn contains(at: &str, found: &Value, wanted: &Value) -> Result<(), String> {
    match (found, wanted) {
        (Value::Object(members), Value::Object(wanted)) => wanted.iter().try_for_each(|(name, wanted)| {
            contains(&format!("{at}.{name}"), members.get(name).unwrap_or(&Value::Null), wanted)
        }),
        (Value::Array(items), Value::Array(wanted)) if items.len() == wanted.len() => {
            let mut pairs = items.iter().zip(wanted).enumerate();
            pairs.try_for_each(|(index, (item, wanted))| contains(&format!("{at}[{index}]"), item, wanted))
        }
        // A list of which some items are of interest, by their places.
        (Value::Array(items), Value::Object(wanted)) => wanted.iter().try_for_each(|(place, wanted)| {
            let item = place.parse::<usize>().ok().and_then(|place| items.get(place));
            contains(&format!("{at}[{place}]"), item.unwrap_or(&Value::Null), wanted)
        }),
        (found, wanted) if found == wanted => Ok(()),
        _ => Err(format!("{at} is {found}, not {wanted}")),
    }
}

/// Whether `text` is `pattern`, in which each `*` stands for anything.
fn is_like(text: &str, pattern: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return text == pattern };
    let rest = text.strip_prefix(before);
    rest.is_some_and(|rest| {
        rest.char_indices().any(|(at, _)| is_like(&rest[at..], after)) || is_like("", after)
    })
}

#[test]
fn an_answer_must_have_all_that_is_expected() {
    use serde_json::json;
    let answer = |status: u16, body: Value| Ok(json!({"statusCode": status, "body": body.to_string()}));
    let expect = json!({"status": 200, "body": {"a": [{"b": 1}], "c": null}});
    assert_eq!(judge(&expect, &answer(200, json!({"a": [{"b": 1, "x": 2}], "y": 3}))), Ok(()));
    for (status, body) in [
        (201, json!({"a": [{"b": 1}]})),
        (200, json!({"a": [{"b": 2}]})),
        (200, json!({"a": []})),
        (200, json!({"a": [{"b": 1}, {"b": 1}]})),
        (200, json!({"a": [{"b": 1}], "c": 4})),
        (200, json!([])),
    ] {
        assert!(judge(&expect, &answer(status, body.clone())).is_err(), "{status} {body}");
    }
    let encoded = json!({"statusCode": 200, "body": "eyJhIjpbeyJiIjoxfV19", "isBase64Encoded": true});
    assert_eq!(judge(&expect, &Ok(encoded)), Ok(()));
    let expect_of_list = json!({"status": 200, "body": {"1": {"b": 2}}});
    assert_eq!(judge(&expect_of_list, &answer(200, json!([0, {"b": 2}, 5]))), Ok(()));
    assert!(judge(&expect_of_list, &answer(200, json!([{"b": 2}]))).is_err());
    let redirect = |link: &str| Ok(json!({"statusCode": 302, "headers": {"location": link}, "body": ""}));
    let expect_of_link = json!({"status": 302, "location": "bank://st=*&user=*&name=ann"});
    assert_eq!(judge(&expect_of_link, &redirect("bank://st=a&user=b&name=ann")), Ok(()));
    for link in ["bank://st=a&name=ann", "bank://st=a&user=b&name=anne", "x-bank://st=a&user=b&name=ann", ""]
    {
        assert!(judge(&expect_of_link, &redirect(link)).is_err(), "{link}");
    }
    assert!(judge(&expect_of_link, &Ok(json!({"statusCode": 302, "headers": {}, "body": ""}))).is_err());
    let failed = || Err(json!({"errorMessage": "there is no such secret"}));
    assert_eq!(judge(&json!({"error": "no such"}), &failed()), Ok(()));
    assert!(judge(&json!({"error": "another"}), &failed()).is_err());
    assert!(judge(&expect, &failed()).is_err());
    assert!(judge(&json!({"error": "no such"}), &Ok(json!({}))).is_err());
    assert!(judge(&json!({"result": {"due": 1}}), &Ok(json!({"due": 2}))).is_err());
}
