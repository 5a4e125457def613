//! Platform endpoints: one device in one application.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::answer::{Answer, Refused};
use super::applications::{self, page, truth};
use super::{Context, State, platform};

/// One endpoint.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Endpoint {
    /// The ARN of its application.
    pub(super) application: String,
    pub(super) token: String,
    pub(super) enabled: bool,
    #[serde(default)]
    user_data: String,
}

impl Endpoint {
    pub(super) fn disable(&mut self) {
        self.enabled = false;
    }

    fn describe(&self, answer: Answer) -> Answer {
        let enabled = if self.enabled { "true" } else { "false" };
        let mut entries = vec![("Enabled", enabled), ("Token", self.token.as_str())];
        if !self.user_data.is_empty() {
            entries.push(("CustomUserData", &self.user_data));
        }
        answer.attributes(entries)
    }
}

fn not_found() -> Refused {
    Refused::not_found("Endpoint does not exist")
}

fn taken(arn: &str) -> Refused {
    Refused::invalid(format!(
        "Token Reason: Endpoint {arn} already exists with the same Token, but different attributes."
    ))
}

fn check_user_data(data: &str) -> Result<(), Refused> {
    if data.len() > 2048 {
        return Err(Refused::invalid(
            "CustomUserData Reason: must be at most 2048 bytes long in UTF-8 encoding",
        ));
    }
    Ok(())
}

fn check_names(attributes: &BTreeMap<&str, &str>) -> Result<(), Refused> {
    match attributes.keys().find(|name| !["Enabled", "Token", "CustomUserData"].contains(*name)) {
        Some(name) => Err(Refused::invalid(format!("Attributes Reason: Invalid attribute name: {name}"))),
        None => Ok(()),
    }
}

/// The same token with the same attributes again is the same endpoint. `Enabled` counts only where it is
/// given: registering a disabled endpoint again returns it, still disabled.
pub(super) fn create(state: &mut State, call: &Context<'_>) -> Result<Answer, Refused> {
    let application_arn = call.params.required("PlatformApplicationArn")?;
    let token = call.params.required("Token")?;
    let attributes = call.params.map("Attributes").unwrap_or_default();
    check_names(&attributes)?;
    let application = state.applications.get(application_arn).ok_or_else(applications::not_found)?;
    platform::check_token(&application.platform, token)?;
    let user_data = call.params.get("CustomUserData").or(attributes.get("CustomUserData").copied());
    let user_data = user_data.unwrap_or_default();
    check_user_data(user_data)?;
    let enabled = attributes.get("Enabled").map(|value| truth(value)).transpose()?;

    if let Some((arn, endpoint)) = with_token(state, application_arn, token) {
        let same =
            endpoint.user_data == user_data && enabled.is_none_or(|enabled| enabled == endpoint.enabled);
        return if same { Ok(Answer::default().text("EndpointArn", arn)) } else { Err(taken(arn)) };
    }
    let prefix = application_arn.replacen(":app/", ":endpoint/", 1);
    let arn = loop {
        // The counter behind the ids starts again with the process, and a test's clock may stand.
        let arn = format!("{prefix}/{}", call.ids.next());
        if !state.endpoints.contains_key(&arn) {
            break arn;
        }
    };
    let endpoint = Endpoint {
        application: application_arn.to_owned(),
        token: token.to_owned(),
        enabled: enabled.unwrap_or(true),
        user_data: user_data.to_owned(),
    };
    let answer = Answer::default().text("EndpointArn", &arn);
    state.endpoints.insert(arn, endpoint);
    Ok(answer)
}

fn with_token<'a>(state: &'a State, application: &str, token: &str) -> Option<(&'a String, &'a Endpoint)> {
    state
        .endpoints
        .iter()
        .find(|(_, endpoint)| endpoint.application == application && endpoint.token == token)
}

pub(super) fn set_attributes(state: &mut State, call: &Context<'_>) -> Result<Answer, Refused> {
    let arn = call.params.required("EndpointArn")?;
    let attributes = call.params.map("Attributes").ok_or_else(|| Refused::missing("Attributes"))?;
    check_names(&attributes)?;
    let endpoint = state.endpoints.get(arn).ok_or_else(not_found)?;
    if let Some(token) = attributes.get("Token") {
        let platform = state.applications.get(&endpoint.application).map_or("", |a| a.platform.as_str());
        platform::check_token(platform, token)?;
        if let Some((other, _)) = with_token(state, &endpoint.application, token)
            && other != arn
        {
            return Err(taken(other));
        }
    }
    let endpoint = state.endpoints.get_mut(arn).ok_or_else(not_found)?;
    if let Some(enabled) = attributes.get("Enabled") {
        endpoint.enabled = truth(enabled)?;
    }
    if let Some(user_data) = attributes.get("CustomUserData") {
        check_user_data(user_data)?;
        endpoint.user_data = (*user_data).to_owned();
    }
    if let Some(token) = attributes.get("Token") {
        endpoint.token = (*token).to_owned();
    }
    Ok(Answer::default())
}

pub(super) fn attributes(state: &State, call: &Context<'_>) -> Result<Answer, Refused> {
    let arn = call.params.required("EndpointArn")?;
    let endpoint = state.endpoints.get(arn).ok_or_else(not_found)?;
    Ok(endpoint.describe(Answer::default()))
}

/// Deleting what is not there succeeds.
pub(super) fn delete(state: &mut State, call: &Context<'_>) -> Result<Answer, Refused> {
    let arn = call.params.required("EndpointArn")?;
    state.endpoints.remove(arn);
    Ok(Answer::default())
}

pub(super) fn list(state: &State, call: &Context<'_>) -> Result<Answer, Refused> {
    let application = call.params.required("PlatformApplicationArn")?;
    if !state.applications.contains_key(application) {
        return Err(applications::not_found());
    }
    let all = state.endpoints.iter().filter(|(_, endpoint)| endpoint.application == application);
    let (members, next) =
        page(all, call, |arn, endpoint| endpoint.describe(Answer::default().text("EndpointArn", arn)));
    let answer = Answer::default().nested("Endpoints", members);
    Ok(match next {
        Some(next) => answer.text("NextToken", &next),
        None => answer,
    })
}
