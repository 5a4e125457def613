//! The body of `request/add`, and what it means; that of `action/add` becomes one.

use countersign_domain::challenge::Notification;
use countersign_domain::duration;
use countersign_domain::invalid::Invalid;
use countersign_domain::outbound_url::OutboundUrl;
use countersign_domain::question::{AnswerOption, Content, OPTIONS_MAX, additional_info};
use countersign_domain::text::{self, AccountId};
use countersign_domain::time::Span;
use countersign_lambda::lenient::Flag;
use countersign_lambda::origin::Caller;
use countersign_lambda::{App, Call};
use serde::Deserialize;
use serde_json::Value;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    pub(crate) account_id: Option<String>,
    pub(crate) claimable: Option<Flag>,
    pub(crate) content: Option<Value>,
    pub(crate) additional_info: Option<Value>,
    pub(crate) buttons: Option<Vec<Value>>,
    pub(crate) callback: Option<String>,
    pub(crate) duration: Option<String>,
    pub(crate) transaction_id: Option<String>,
    pub(crate) notification_title: Option<String>,
    pub(crate) notification_body: Option<String>,
    pub(crate) show_notification: Option<Flag>,
    pub(crate) show_code: Option<Flag>,
}

/// Whom a question is for.
pub(crate) enum Whom {
    /// The user with this account id.
    User(AccountId),
    /// Whoever claims it.
    Claimant,
}

/// What is asked, parsed.
pub(crate) struct Asked {
    pub(crate) content: Option<Content>,
    pub(crate) additional_info: Option<Value>,
    pub(crate) options: Vec<AnswerOption>,
    pub(crate) callback: Option<OutboundUrl>,
    pub(crate) lifetime: Span,
    pub(crate) transaction_id: Option<String>,
    pub(crate) notification: Notification,
    pub(crate) show_code: bool,
}

impl Whom {
    pub(crate) fn account_id(&self) -> Option<&AccountId> {
        match self {
            Self::User(account_id) => Some(account_id),
            Self::Claimant => None,
        }
    }
}

impl Body {
    pub(crate) fn whom(&self) -> Result<Whom, Invalid> {
        match (&self.account_id, self.claimable) {
            (Some(id), None | Some(Flag(false))) => {
                Ok(Whom::User(AccountId::parse("accountId", id.clone())?))
            }
            (None, Some(Flag(true))) => Ok(Whom::Claimant),
            (Some(_), Some(Flag(true))) => Err(Invalid::new("claimable", "excludes accountId")),
            (None, _) => Err(Invalid::new("accountId", "is missing")),
        }
    }

    pub(crate) fn parse<B>(&self, app: &App, call: &Call<B>, caller: &Caller) -> Result<Asked, Invalid> {
        let policy = &caller.app_space.policy;
        let line = |field, value: &Option<String>, max| {
            value.clone().map(|value| text::line(field, value, max)).transpose()
        };
        let callback = self.callback.as_deref().map(|url| callback(app, call, caller, url));
        let lifetime = self
            .duration
            .as_deref()
            .map(|text| duration::parse("duration", text, policy.challenge_lifetime_max));
        let title = line("notificationTitle", &self.notification_title, 100)?;
        let body = line("notificationBody", &self.notification_body, 200)?;
        Ok(Asked {
            content: self.content.clone().map(|content| Content::parse("content", content)).transpose()?,
            additional_info: self
                .additional_info
                .clone()
                .map(|info| additional_info("additionalInfo", info))
                .transpose()?,
            options: self.buttons.as_deref().map_or_else(|| Ok(AnswerOption::default_pair()), options)?,
            callback: callback.transpose()?,
            lifetime: lifetime.transpose()?.unwrap_or(policy.challenge_lifetime),
            transaction_id: line("transactionId", &self.transaction_id, 255)?,
            notification: Notification {
                show: self.show_notification.is_none_or(|Flag(show)| show),
                title: title.unwrap_or_else(|| policy.notification_title.clone()),
                body: body.unwrap_or_else(|| policy.notification_body.clone()),
            },
            show_code: self.show_code.is_some_and(|Flag(show)| show),
        })
    }
}

/// The callback `url`, which the caller's whitelist must have.
pub(crate) fn callback<B>(
    app: &App,
    call: &Call<B>,
    caller: &Caller,
    url: &str,
) -> Result<OutboundUrl, Invalid> {
    call.callback(&app.settings, "callback", url).and_then(|url| caller.origin.permit("callback", url))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Button {
    title: String,
    strong_auth: Flag,
    style: Option<String>,
}

fn options(buttons: &[Value]) -> Result<Vec<AnswerOption>, Invalid> {
    if !(2..=OPTIONS_MAX).contains(&buttons.len()) {
        return Err(Invalid::new("buttons", format!("must have 2 to {OPTIONS_MAX} items")));
    }
    buttons.iter().enumerate().map(|(index, button)| option(index, button)).collect()
}

/// A button is an object, or a JSON text of one: clients differ.
fn option(index: usize, button: &Value) -> Result<AnswerOption, Invalid> {
    let malformed = || Invalid::new(format!("buttons[{index}]"), "is not {title, strongAuth, style?}");
    let button: Button = match button {
        Value::String(text) => serde_json::from_str(text).map_err(|_| malformed())?,
        other => serde_json::from_value(other.clone()).map_err(|_| malformed())?,
    };
    AnswerOption::parse(button.title, button.strong_auth.0, button.style)
        .map_err(|Invalid { field, problem }| Invalid::new(format!("buttons[{index}][{field}]"), problem))
}
