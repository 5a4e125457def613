//! How a question or an enrolment reaches its user, in the words of the Cloud API.

use serde::{Deserialize, Serialize};

use crate::invalid::Invalid;

/// The way to the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The app is opened by a link or a QR code.
    App,
    /// The app is told by a push.
    Push,
    /// A code is sent to the user's phone number.
    Sms,
    /// The user's browser asks an authenticator by WebAuthn.
    Fido2,
    /// The user has codes on paper.
    Recovery,
}

impl Channel {
    /// Takes the value of `field`.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Invalid> {
        match text {
            "app" => Ok(Self::App),
            "push" => Ok(Self::Push),
            "sms" => Ok(Self::Sms),
            "fido2" => Ok(Self::Fido2),
            "recovery" => Ok(Self::Recovery),
            _ => Err(Invalid::new(field, "is not one of app, push, sms, fido2, recovery")),
        }
    }

    /// The channel's word in every API.
    pub fn name(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Push => "push",
            Self::Sms => "sms",
            Self::Fido2 => "fido2",
            Self::Recovery => "recovery",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_is_read_as_it_is_written() {
        for channel in [Channel::App, Channel::Push, Channel::Sms, Channel::Fido2, Channel::Recovery] {
            assert_eq!(Channel::parse("channel", channel.name()), Ok(channel));
            assert_eq!(serde_json::to_value(channel).unwrap(), channel.name());
        }
        assert!(Channel::parse("channel", "PUSH").is_err());
    }
}
