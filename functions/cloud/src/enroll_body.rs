//! The body of `users/enroll`, and what it means.

use countersign_domain::channel::Channel;
use countersign_domain::invalid::Invalid;
use countersign_domain::phone::PhoneNumber;
use countersign_domain::sms::Sms;
use countersign_domain::sms_text::SmsText;
use countersign_domain::text;
use countersign_webauthn::Selection;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    pub(crate) username: Option<String>,
    pub(crate) user_id: Option<String>,
    channel: Option<String>,
    phone: Option<String>,
    message: Option<String>,
    display_name: Option<String>,
    fido2_options: Option<Fido2Options>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fido2Options {
    #[serde(default)]
    authenticator_selection: Value,
}

/// What is enrolled, and how it reaches its user.
#[derive(Clone)]
pub(crate) enum Factor {
    /// An authenticator in an app that opens a link.
    App(Channel),
    /// A phone number, by a code.
    Sms(Sms),
    /// An authenticator of WebAuthn.
    Fido2 {
        /// What the authenticator shows; the user's name where nothing is given.
        display_name: Option<String>,
        selection: Selection,
    },
    /// Codes on paper.
    Recovery,
}

/// Most bytes of a display name: authenticators may cut what is longer (Web Authentication Level 3, section 5.4.1).
const DISPLAY_NAME_MAX: usize = 64;

impl Factor {
    pub(crate) fn channel(&self) -> Channel {
        match self {
            Self::App(channel) => *channel,
            Self::Sms(_) => Channel::Sms,
            Self::Fido2 { .. } => Channel::Fido2,
            Self::Recovery => Channel::Recovery,
        }
    }

    /// Whether it becomes one of the user's devices.
    pub(crate) fn is_device(&self) -> bool {
        matches!(self, Self::App(_) | Self::Fido2 { .. })
    }
}

impl Body {
    pub(crate) fn factor(&self) -> Result<Factor, Invalid> {
        let channel = self.channel.as_deref().map(|text| Channel::parse("channel", text));
        Ok(match channel.transpose()?.unwrap_or(Channel::App) {
            channel @ (Channel::App | Channel::Push) => Factor::App(channel),
            Channel::Sms => {
                let phone = self.phone.clone().ok_or_else(|| Invalid::new("phone", "is missing"))?;
                let text = self.message.clone().map(|text| SmsText::parse("message", text)).transpose()?;
                Factor::Sms(Sms {
                    phone: PhoneNumber::parse("phone", phone)?,
                    text: text.unwrap_or_default(),
                })
            }
            Channel::Fido2 => Factor::Fido2 {
                display_name: self.display_name.clone().map(display_name).transpose()?,
                selection: match &self.fido2_options {
                    Some(options) => selection(&options.authenticator_selection)?,
                    None => Selection::default(),
                },
            },
            Channel::Recovery => Factor::Recovery,
        })
    }
}

fn display_name(name: String) -> Result<String, Invalid> {
    let name = text::line("displayName", name, DISPLAY_NAME_MAX)?;
    if name.len() > DISPLAY_NAME_MAX {
        return Err(Invalid::new("displayName", format!("has more than {DISPLAY_NAME_MAX} bytes")));
    }
    Ok(name)
}

fn selection(value: &Value) -> Result<Selection, Invalid> {
    Selection::parse(value).map_err(|refused| {
        Invalid::new(format!("fido2Options.{}", refused.field), format!("must be {}", refused.must_be))
    })
}
