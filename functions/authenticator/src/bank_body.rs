//! What a bank says, as the domain takes it: its own ids, times, users, and what it encrypted for which connection.

use std::collections::HashSet;

use countersign_domain::account::Account;
use countersign_domain::device::AuthenticatorVersion;
use countersign_domain::id::DeviceId;
use countersign_domain::invalid::Invalid;
use countersign_domain::relayed::DeviceEnvelope;
use countersign_domain::text::{self, AccountId};
use countersign_domain::time::Timestamp;
use countersign_lambda::Refusal;
use countersign_lambda::refusal::AuthenticatorRefusal;
use serde::Deserialize;

use crate::data::SaidNumber;

/// Most characters of a bank's own id of something.
const ID_MAX: usize = 255;

/// A text, or a number that stands for its digits: banks count their users and actions.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Word {
    /// As a text.
    Text(String),
    /// As a number.
    Number(u64),
}

impl Word {
    fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => number.to_string(),
        }
    }

    /// What the bank calls something. It becomes a segment of the bank's own addresses.
    pub(crate) fn id(self, field: &'static str) -> Result<String, Invalid> {
        let id = text::line(field, self.text(), ID_MAX)?;
        if matches!(&*id, "." | "..") {
            return Err(Invalid::new(field, "is no name"));
        }
        Ok(id)
    }

    /// A user.
    pub(crate) fn user(self) -> Result<AccountId, Invalid> {
        AccountId::parse("user_id", self.text())
    }
}

/// A time as a bank writes it, ISO 8601.
pub(crate) fn time(field: &'static str, text: &str) -> Result<Timestamp, Invalid> {
    text.parse().map_err(|_| Invalid::new(field, "is not an RFC 3339 time"))
}

/// What a bank encrypted for one connection.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Encrypted {
    #[serde(default)]
    connection_id: Option<SaidNumber>,
    key: String,
    iv: String,
    data: String,
}

impl Encrypted {
    /// For `device`, whatever connection it says.
    pub(crate) fn for_device(self, device: DeviceId) -> Result<DeviceEnvelope, Invalid> {
        let [key, iv, data] = [("key", self.key), ("iv", self.iv), ("data", self.data)]
            .map(|(field, text)| base64(field, text));
        Ok(DeviceEnvelope { device, key: key?, iv: iv?, data: data? })
    }
}

/// What a bank encrypted for connections of one user, each once.
pub(crate) fn envelopes(account: &Account, all: Vec<Encrypted>) -> Result<Vec<DeviceEnvelope>, Refusal> {
    let mut seen = HashSet::new();
    let mut envelopes = Vec::with_capacity(all.len());
    for encrypted in all {
        let device = connection(account, encrypted.connection_id)?;
        if !seen.insert(device) {
            return Err(Invalid::new("connection_id", "is there twice").into());
        }
        envelopes.push(encrypted.for_device(device)?);
    }
    if envelopes.is_empty() {
        return Err(Invalid::new("data", "is for no connection").into());
    }
    Ok(envelopes)
}

/// The device of the user that the bank means by a number.
fn connection(account: &Account, number: Option<SaidNumber>) -> Result<DeviceId, Refusal> {
    let number = number.and_then(|SaidNumber(number)| number);
    let target = account.targets.iter().find(|target| {
        target.authenticator == Some(AuthenticatorVersion::V2) && Some(target.device.number()) == number
    });
    Ok(target.ok_or(AuthenticatorRefusal::ConnectionNotFound)?.device)
}

/// Base64 as it came, line breaks and all: only the app needs to read it.
fn base64(field: &'static str, text: String) -> Result<String, Invalid> {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=\r\n".contains(&byte);
    if text.is_empty() || !text.bytes().all(is_base64) {
        return Err(Invalid::new(field, "is not base64"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_banks_id_is_a_text_or_a_number_and_leads_nowhere_else() {
        let id = |json| serde_json::from_str::<Word>(json).unwrap().id("action_id");
        assert_eq!((id("7"), id("\"7\"")), (Ok("7".into()), Ok("7".into())));
        assert_eq!(id("\"a/../b\""), Ok("a/../b".into()), "it is encoded where it stands in an address");
        for json in ["\"\"", "\".\"", "\"..\"", "\"a\\nb\""] {
            assert!(id(json).is_err(), "{json}");
        }
        assert!(serde_json::from_str::<Word>("-1").is_err() && serde_json::from_str::<Word>("{}").is_err());
    }

    #[test]
    fn what_is_relayed_is_base64_with_or_without_lines() {
        for text in ["YQ==", "YWFh\nYWFh\r\n", "a+/="] {
            assert_eq!(base64("key", text.into()), Ok(text.to_owned()));
        }
        for text in ["", "a b", "a_b", "<a>", "a\0"] {
            assert!(base64("key", text.into()).is_err(), "{text:?}");
        }
    }
}
