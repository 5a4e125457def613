//! What AWS refuses or answers where the crate would do something else.
//!
//! Source: the API reference of Secrets Manager (2017-10-17), per action.

use serde_json::{Value, json};
use winterbaume_secretsmanager::SecretsmanagerStateView as View;
use winterbaume_secretsmanager::views::{RotationRulesView, SecretVersionView};

use super::versions::{self, Content, PENDING};
use super::{Context, Refused, Verdict};

/// Whether an action can change what is recorded.
pub(super) fn changes(action: &str) -> bool {
    !["Get", "Describe", "List", "BatchGet", "Validate"].iter().any(|verb| action.starts_with(verb))
}

/// Decides one call against what is recorded.
pub(super) fn judge(call: &Context<'_>, view: &View) -> Verdict {
    let verdict = check_token(call).and_then(|()| match call.action {
        "CreateSecret" => create(call, view),
        "PutSecretValue" => put(call, view),
        "UpdateSecret" => update(call, view),
        "GetSecretValue" => get(call, view),
        "UpdateSecretVersionStage" => stage(call, view),
        "RotateSecret" => rotate(call, view),
        _ => Ok(Verdict::Proceed),
    });
    verdict.unwrap_or_else(Verdict::Refuse)
}

/// The token becomes the version's id.
fn check_token(call: &Context<'_>) -> Result<(), Refused> {
    match call.request["ClientRequestToken"].as_str() {
        Some(token) if !(32..=64).contains(&token.len()) => {
            Err(Refused::of("InvalidParameterException", "ClientRequestToken must be 32-64 characters long."))
        }
        _ => Ok(()),
    }
}

/// Creating again with the same token and value answers as the first time; otherwise the name is taken.
fn create(call: &Context<'_>, view: &View) -> Result<Verdict, Refused> {
    let content = Content::of(call.request)?;
    let name = call.request["Name"].as_str().unwrap_or_default();
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"/_+=.@-".contains(&b);
    if name.is_empty() || name.len() > 512 || !name.bytes().all(fits) {
        return Err(Refused::of(
            "ValidationException",
            "Invalid name. Must be a valid name containing alphanumeric characters, \
             or any of the following: -/_+=.@!",
        ));
    }
    let Some(secret) = view.secrets.get(name) else { return Ok(Verdict::Proceed) };
    if secret.deleted_date.is_some() {
        return Err(Refused::of(
            "InvalidRequestException",
            "You can't create this secret because a secret with this name is already scheduled for deletion.",
        ));
    }
    let token = call.request["ClientRequestToken"].as_str().unwrap_or_default();
    match secret.versions.get(token) {
        Some(version) if content.is_of(version) => {
            Ok(Verdict::Answer(json!({"ARN": secret.arn, "Name": secret.name, "VersionId": token})))
        }
        _ => Err(Refused::of(
            "ResourceExistsException",
            format!("The operation failed because the secret {name} already exists."),
        )),
    }
}

/// A version is written once. The same token with the same value succeeds and does nothing.
fn put(call: &Context<'_>, view: &View) -> Result<Verdict, Refused> {
    let content = Content::of(call.request)?;
    if content.is_none() {
        return Err(Refused::of(
            "InvalidRequestException",
            "You must provide either SecretString or SecretBinary.",
        ));
    }
    written_once(call, view, &content)
}

fn update(call: &Context<'_>, view: &View) -> Result<Verdict, Refused> {
    let content = Content::of(call.request)?;
    if content.is_none() {
        return Ok(Verdict::Proceed);
    }
    written_once(call, view, &content)
}

fn written_once(call: &Context<'_>, view: &View, content: &Content) -> Result<Verdict, Refused> {
    let token = call.request["ClientRequestToken"].as_str().unwrap_or_default();
    let Some(secret) = versions::named(call, view) else { return Ok(Verdict::Proceed) };
    match secret.versions.get(token) {
        Some(_) if secret.deleted_date.is_some() => Ok(Verdict::Proceed),
        Some(version) if versions::is_empty(version) => Ok(Verdict::Proceed),
        Some(version) if content.is_of(version) => Ok(Verdict::Answer(versions::answer(secret, version))),
        Some(_) => Err(Refused::of(
            "ResourceExistsException",
            "You can't modify an existing version, you can only create a new version.",
        )),
        None => Ok(Verdict::Proceed),
    }
}

/// A version without a value cannot be found, and a version and a label given together must agree.
fn get(call: &Context<'_>, view: &View) -> Result<Verdict, Refused> {
    let Some(secret) = versions::named(call, view).filter(|secret| secret.deleted_date.is_none()) else {
        return Ok(Verdict::Proceed);
    };
    let id = call.request["VersionId"].as_str();
    let label = call.request["VersionStage"].as_str();
    let version = match id {
        Some(id) => secret.versions.get(id),
        None => versions::holder(secret, label.unwrap_or(versions::CURRENT)),
    };
    let Some(version) = version else { return Ok(Verdict::Proceed) };
    if id.is_some() && label.is_some_and(|label| !versions::has(version, label)) {
        return Err(Refused::of(
            "InvalidRequestException",
            "You provided a VersionStage that is not associated to the provided VersionId.",
        ));
    }
    if versions::is_empty(version) {
        let what = match id {
            Some(id) => format!("VersionId: {id}"),
            None => format!("staging label: {}", label.unwrap_or(versions::CURRENT)),
        };
        return Err(Refused::of(
            "ResourceNotFoundException",
            format!("Secrets Manager can't find the specified secret value for {what}"),
        ));
    }
    Ok(Verdict::Proceed)
}

/// A label is on one version at most: whoever moves it names the version that loses it.
fn stage(call: &Context<'_>, view: &View) -> Result<Verdict, Refused> {
    let Some(secret) = versions::named(call, view) else { return Ok(Verdict::Proceed) };
    if secret.deleted_date.is_some() {
        return Err(Refused::of(
            "InvalidRequestException",
            "You can't perform this operation on the secret because it was marked for deletion.",
        ));
    }
    let label = call.request["VersionStage"].as_str().unwrap_or_default();
    let from = call.request["RemoveFromVersionId"].as_str();
    let to = call.request["MoveToVersionId"].as_str();
    let holder = versions::holder(secret, label).map(|version| version.version_id.as_str());
    let invalid = |message: String| Err(Refused::of("InvalidParameterException", message));
    if label == versions::CURRENT && to.is_none() {
        return invalid(format!(
            "You can only move staging label {label} to a different secret version. \
             It can't be completely removed."
        ));
    }
    match (holder, from) {
        (Some(holder), None) if to.is_some_and(|to| to != holder) => invalid(format!(
            "The parameter RemoveFromVersionId can't be empty. Staging label {label} is currently attached \
             to version {holder}, so you must explicitly reference that version in RemoveFromVersionId."
        )),
        (holder, Some(from)) if holder != Some(from) && secret.versions.contains_key(from) => {
            invalid(format!(
                "The parameter RemoveFromVersionId does not name the version that staging label {label} \
                 is attached to."
            ))
        }
        // It is there already.
        (Some(holder), _) if to == Some(holder) => {
            Ok(Verdict::Answer(json!({"ARN": secret.arn, "Name": secret.name})))
        }
        _ => Ok(Verdict::Proceed),
    }
}

/// Rotation as AWS leaves it when it is about to call the function: settings recorded, and an empty
/// version with the token as its id labelled `AWSPENDING`, unless `RotateImmediately` is false.
fn rotate(call: &Context<'_>, view: &View) -> Result<Verdict, Refused> {
    let Some(secret) = versions::named(call, view) else { return Ok(Verdict::Proceed) };
    if secret.deleted_date.is_some() {
        return Ok(Verdict::Proceed);
    }
    let days = call.request["RotationRules"]["AutomaticallyAfterDays"].as_i64();
    if days.is_some_and(|days| !(1..=1000).contains(&days)) {
        return Ok(Verdict::Proceed);
    }
    let function = call.request["RotationLambdaARN"].as_str();
    if function.is_none() && secret.rotation_lambda_arn.is_none() {
        return Err(Refused::of(
            "InvalidRequestException",
            "No Lambda rotation function ARN is associated with this secret.",
        ));
    }
    let Some(token) = call.request["ClientRequestToken"].as_str() else {
        // Every SDK fills it in; without one there would be no id to work with.
        return Err(Refused::of("InvalidParameterException", "You must provide a ClientRequestToken."));
    };
    if versions::holder(secret, PENDING)
        .is_some_and(|pending| pending.version_id != token && !versions::has(pending, versions::CURRENT))
    {
        return Err(Refused::of(
            "InvalidRequestException",
            "A previous rotation isn't complete. That rotation will be reattempted.",
        ));
    }
    let mut after = view.clone();
    let Some(secret) = versions::named_mut(call, &mut after) else { return Ok(Verdict::Proceed) };
    secret.rotation_enabled = Some(true);
    if let Some(function) = function {
        secret.rotation_lambda_arn = Some(function.to_owned());
    }
    if call.request["RotationRules"].is_object() {
        let text = |name: &str| call.request["RotationRules"][name].as_str().map(str::to_owned);
        secret.rotation_rules = Some(RotationRulesView {
            automatically_after_days: days,
            duration: text("Duration"),
            schedule_expression: text("ScheduleExpression"),
        });
    }
    let mut answer = json!({"ARN": secret.arn, "Name": secret.name});
    if call.request["RotateImmediately"] != Value::Bool(false) {
        for version in secret.versions.values_mut() {
            version.version_stages.retain(|stage| stage != PENDING);
        }
        let pending = secret.versions.entry(token.to_owned()).or_insert_with(|| SecretVersionView {
            version_id: token.to_owned(),
            secret_string: None,
            secret_binary: None,
            created_date: call.now.rfc3339(),
            version_stages: Vec::new(),
        });
        pending.version_stages.push(PENDING.to_owned());
        answer["VersionId"] = token.into();
    }
    secret.last_changed_date = call.now.rfc3339();
    Ok(Verdict::Record(Box::new(after), answer))
}
