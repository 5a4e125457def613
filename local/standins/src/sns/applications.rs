//! Platform applications.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::answer::{Answer, Refused};
use super::{Context, State, platform};
use crate::ACCOUNT;

/// One application of one push service.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Application {
    pub(super) platform: String,
    /// As set, without the credentials: they are never used here, and never kept.
    attributes: BTreeMap<String, String>,
}

/// What AWS takes and never gives back.
const CREDENTIALS: [&str; 2] = ["PlatformCredential", "PlatformPrincipal"];

impl Application {
    pub(super) fn is_enabled(&self) -> bool {
        self.attributes.get("Enabled").is_none_or(|enabled| enabled == "true")
    }

    fn set(&mut self, attributes: &BTreeMap<&str, &str>) -> Result<(), Refused> {
        for (name, value) in attributes {
            if CREDENTIALS.contains(name) {
                if value.is_empty() {
                    return Err(Refused::invalid("Attributes Reason: Platform credentials are invalid"));
                }
                continue;
            }
            let value = if *name == "Enabled" { truth(value)?.to_string() } else { (*value).to_owned() };
            self.attributes.insert((*name).to_owned(), value);
        }
        Ok(())
    }

    fn visible(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// `Enabled` as AWS reads it.
pub(super) fn truth(value: &str) -> Result<bool, Refused> {
    match value.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Refused::invalid("Attributes Reason: Invalid value for attribute: Enabled")),
    }
}

pub(super) fn not_found() -> Refused {
    Refused::not_found("PlatformApplication does not exist")
}

/// The same name and platform again is the same application, with what is set now.
pub(super) fn create(state: &mut State, call: &Context<'_>) -> Result<Answer, Refused> {
    let name = call.params.required("Name")?;
    let platform = call.params.required("Platform")?;
    let attributes = call.params.map("Attributes").ok_or_else(|| Refused::missing("Attributes"))?;
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    if name.is_empty() || name.len() > 256 || !name.bytes().all(fits) {
        return Err(Refused::invalid(
            "Name Reason: must be 1 to 256 characters of letters, digits, underscores, hyphens and periods",
        ));
    }
    if !platform::is_known(platform) {
        return Err(Refused::invalid(format!("Platform Reason: {platform} is not supported")));
    }
    if !attributes.contains_key("PlatformCredential") {
        return Err(Refused::invalid("Attributes Reason: Platform credentials are invalid"));
    }
    let arn = format!("arn:aws:sns:{}:{ACCOUNT}:app/{platform}/{name}", call.region);
    let application = state.applications.entry(arn.clone()).or_insert_with(|| Application {
        platform: platform.to_owned(),
        attributes: BTreeMap::from([("Enabled".to_owned(), "true".to_owned())]),
    });
    application.set(&attributes)?;
    Ok(Answer::default().text("PlatformApplicationArn", &arn))
}

pub(super) fn set_attributes(state: &mut State, call: &Context<'_>) -> Result<Answer, Refused> {
    let arn = call.params.required("PlatformApplicationArn")?;
    let attributes = call.params.map("Attributes").ok_or_else(|| Refused::missing("Attributes"))?;
    state.applications.get_mut(arn).ok_or_else(not_found)?.set(&attributes)?;
    Ok(Answer::default())
}

pub(super) fn attributes(state: &State, call: &Context<'_>) -> Result<Answer, Refused> {
    let arn = call.params.required("PlatformApplicationArn")?;
    let application = state.applications.get(arn).ok_or_else(not_found)?;
    Ok(Answer::default().attributes(application.visible()))
}

pub(super) fn list(state: &State, call: &Context<'_>) -> Result<Answer, Refused> {
    let here = format!("arn:aws:sns:{}:", call.region);
    let all = state.applications.iter().filter(|(arn, _)| arn.starts_with(&here));
    let members = page(all, call, |arn, application| {
        Answer::default().text("PlatformApplicationArn", arn).attributes(application.visible())
    });
    let (members, next) = members;
    let answer = Answer::default().nested("PlatformApplications", members);
    Ok(match next {
        Some(next) => answer.text("NextToken", &next),
        None => answer,
    })
}

/// Deleting what is not there succeeds. The endpoints go with their application: AWS lets nobody reach them.
pub(super) fn delete(state: &mut State, call: &Context<'_>) -> Result<Answer, Refused> {
    let arn = call.params.required("PlatformApplicationArn")?;
    state.applications.remove(arn);
    state.endpoints.retain(|_, endpoint| endpoint.application != arn);
    Ok(Answer::default())
}

/// AWS's page: 100 entries. The token is the last ARN of the page before.
pub(super) fn page<'a, T: 'a>(
    all: impl Iterator<Item = (&'a String, &'a T)>,
    call: &Context<'_>,
    member: impl Fn(&str, &T) -> Answer,
) -> (Answer, Option<String>) {
    const SIZE: usize = 100;
    let after = call.params.get("NextToken").unwrap_or_default();
    let mut rest = all.filter(|(arn, _)| arn.as_str() > after).peekable();
    let mut members = Answer::default();
    let mut last = None;
    for (arn, one) in rest.by_ref().take(SIZE) {
        members = members.nested("member", member(arn, one));
        last = Some(arn.clone());
    }
    let next = if rest.peek().is_some() { last } else { None };
    (members, next)
}
