//! The body of `approval`, and what it means.

use countersign_domain::channel::Channel;
use countersign_domain::id::DeviceId;
use countersign_domain::invalid::Invalid;
use countersign_domain::rich_text::RichText;
use countersign_domain::sms_text::SmsText;
use countersign_domain::text;
use countersign_lambda::lenient::Flag;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    pub(crate) username: Option<String>,
    pub(crate) user_id: Option<String>,
    authenticator_id: Option<String>,
    channel: Option<String>,
    prompt: Option<Flag>,
    message: Option<String>,
    notification_message: Option<String>,
}

/// What is asked, and how it reaches its user.
pub(crate) struct Asked {
    pub(crate) channel: Channel,
    pub(crate) wanted: Wanted,
    pub(crate) prompt: bool,
    /// What is asked, on the channels that show it.
    pub(crate) message: Option<RichText>,
    /// What is sent, on the channel `sms`.
    pub(crate) sms: SmsText,
    pub(crate) notification: Option<String>,
}

/// Which authenticator is to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The last that was registered.
    Last,
    /// Whichever.
    Any,
    /// This one.
    This(DeviceId),
}

impl Body {
    pub(crate) fn parse(&self) -> Result<Asked, Invalid> {
        let channel = self.channel.as_deref().map(|text| Channel::parse("channel", text)).transpose()?;
        let channel = channel.unwrap_or(Channel::Push);
        if channel == Channel::Recovery {
            return Err(Invalid::new("channel", "is not one of push, app, sms, fido2"));
        }
        let prompt = self.prompt.is_some_and(|Flag(prompt)| prompt);
        if prompt && self.message.is_none() {
            return Err(Invalid::new("message", "is missing: prompt asks for one"));
        }
        let (mut message, mut sms) = (None, SmsText::default());
        match (&self.message, channel) {
            (None, _) => {}
            (Some(text), Channel::Sms) => sms = SmsText::parse("message", text.clone())?,
            (Some(text), _) => message = Some(RichText::parse("message", text.clone())?),
        }
        let notification = self.notification_message.clone();
        Ok(Asked {
            channel,
            wanted: match self.authenticator_id.as_deref() {
                None => Wanted::Last,
                Some("*") => Wanted::Any,
                Some(id) => Wanted::This(
                    id.parse().map_err(|_| Invalid::new("authenticatorId", "is neither a UUID nor *"))?,
                ),
            },
            prompt,
            message,
            sms,
            notification: notification
                .map(|text| text::line("notificationMessage", text, 200))
                .transpose()?,
        })
    }
}
