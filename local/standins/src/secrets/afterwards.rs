//! Puts right what the crate records or answers otherwise than AWS.

use countersign_domain::time::{Span, Timestamp};
use serde_json::Value;
use winterbaume_secretsmanager::SecretsmanagerStateView as View;
use winterbaume_secretsmanager::views::{SecretVersionView, SecretView};

use super::Context;
use super::versions::{self, CURRENT, Content};

/// Corrects the record and the answer of a call that the crate carried out.
pub(super) fn correct(call: &Context<'_>, before: &View, after: &mut View, answer: &mut Value) {
    set_times(before, after, call.now);
    match call.action {
        "CreateSecret" => created(call, after, answer),
        "PutSecretValue" => written(call, before, after, answer),
        "UpdateSecret" => updated(call, before, after, answer),
        "GetSecretValue" => add_bytes(call, after, answer),
        "DeleteSecret" => set_deletion(call, answer),
        "DescribeSecret" => drop_unlabelled(&mut answer["VersionIdsToStages"]),
        "ListSecrets" => {
            for secret in answer["SecretList"].as_array_mut().into_iter().flatten() {
                drop_unlabelled(&mut secret["SecretVersionsToStages"]);
            }
        }
        _ => {}
    }
}

/// The crate reads the machine's clock; whatever it has just dated is dated by ours.
fn set_times(before: &View, after: &mut View, now: Timestamp) {
    let redate = |old: Option<&String>, new: &mut String| {
        if !old.is_some_and(|old| same_time(old, new)) {
            *new = now.rfc3339();
        }
    };
    let redate_optional = |old: Option<&Option<String>>, new: &mut Option<String>| {
        if let Some(new) = new {
            redate(old.and_then(Option::as_ref), new);
        }
    };
    for (name, secret) in &mut after.secrets {
        let old = before.secrets.get(name);
        redate(old.map(|old| &old.created_date), &mut secret.created_date);
        redate(old.map(|old| &old.last_changed_date), &mut secret.last_changed_date);
        redate_optional(old.map(|old| &old.deleted_date), &mut secret.deleted_date);
        redate_optional(old.map(|old| &old.last_rotated_date), &mut secret.last_rotated_date);
        for (id, version) in &mut secret.versions {
            let old = old.and_then(|old| old.versions.get(id));
            redate(old.map(|old| &old.created_date), &mut version.created_date);
        }
    }
}

/// The crate writes a time otherwise than it was given one.
fn same_time(one: &str, other: &str) -> bool {
    one.parse::<Timestamp>().is_ok_and(|one| other.parse() == Ok(one))
}

/// The first version has the token as its id and may be bytes; the crate draws an id and drops bytes.
fn created(call: &Context<'_>, after: &mut View, answer: &mut Value) {
    let Ok(content) = Content::of(call.request) else { return };
    let name = call.request["Name"].as_str().unwrap_or_default();
    let Some(secret) = after.secrets.get_mut(name) else { return };
    first_version(call, secret, content, answer);
}

fn first_version(call: &Context<'_>, secret: &mut SecretView, content: Content, answer: &mut Value) {
    if content.is_none() {
        return;
    }
    let token = call.request["ClientRequestToken"].as_str();
    let drawn = secret.current_version_id.take();
    let version = drawn.and_then(|id| secret.versions.remove(&id));
    // For bytes the crate makes no version at all.
    let mut version = version.unwrap_or_else(|| SecretVersionView {
        version_id: String::new(),
        secret_string: None,
        secret_binary: None,
        created_date: call.now.rfc3339(),
        version_stages: vec![CURRENT.to_owned()],
    });
    if let Some(token) = token {
        version.version_id = token.to_owned();
    }
    content.write_to(&mut version);
    answer["VersionId"] = version.version_id.as_str().into();
    secret.current_version_id = Some(version.version_id.clone());
    secret.versions.insert(version.version_id.clone(), version);
}

/// The crate leaves `AWSPREVIOUS` on every version that once was current, and drops bytes.
fn written(call: &Context<'_>, before: &View, after: &mut View, answer: &Value) {
    let Ok(content) = Content::of(call.request) else { return };
    let was_current = versions::named(call, before).and_then(|secret| versions::holder(secret, CURRENT));
    let was_current = was_current.map(|version| version.version_id.clone());
    let Some(secret) = versions::named_mut(call, after) else { return };
    let id = answer["VersionId"].as_str().unwrap_or_default().to_owned();
    let Some(version) = secret.versions.get_mut(&id) else { return };
    content.write_to(version);
    let is_current = versions::has(version, CURRENT);
    if is_current && let Some(previous) = was_current.filter(|previous| *previous != id) {
        versions::set_previous(secret, &previous);
    }
}

/// As [`written`]; besides, the crate draws an id of its own and names no version.
fn updated(call: &Context<'_>, before: &View, after: &mut View, answer: &mut Value) {
    let Ok(content) = Content::of(call.request) else { return };
    if content.is_none() {
        return;
    }
    let previous = versions::named(call, before).and_then(|secret| versions::holder(secret, CURRENT));
    let previous = previous.map(|version| version.version_id.clone());
    let Some(secret) = versions::named_mut(call, after) else { return };
    if secret.current_version_id == previous {
        // For bytes the crate made no version.
        secret.current_version_id = None;
        for version in secret.versions.values_mut() {
            version.version_stages.retain(|stage| stage != CURRENT);
        }
    }
    first_version(call, secret, content, answer);
    if let Some(previous) = previous {
        versions::set_previous(secret, &previous);
    }
}

fn add_bytes(call: &Context<'_>, after: &View, answer: &mut Value) {
    let id = answer["VersionId"].as_str().unwrap_or_default();
    let version = versions::named(call, after).and_then(|secret| secret.versions.get(id));
    if let Some(bytes) = version.and_then(|version| version.secret_binary.as_deref()) {
        answer["SecretBinary"] = versions::encode(bytes);
    }
}

/// A version without a label is deprecated, and no description names it.
fn drop_unlabelled(versions: &mut Value) {
    if let Some(versions) = versions.as_object_mut() {
        versions.retain(|_, labels| labels.as_array().is_some_and(|labels| !labels.is_empty()));
    }
}

/// The date on which the secret will be gone: the crate answers with the date of the call.
fn set_deletion(call: &Context<'_>, answer: &mut Value) {
    let window = if call.request["ForceDeleteWithoutRecovery"] == Value::Bool(true) {
        0
    } else {
        call.request["RecoveryWindowInDays"].as_i64().unwrap_or(30)
    };
    answer["DeletionDate"] = (call.now + Span::days(window)).secs().into();
}
