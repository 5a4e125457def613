//! Requests (FIDO UAF Protocol, Protocol Details): JSON arrays with one entry per protocol version.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ClientError;
use super::policy::Policy;
use crate::encoding::from_base64url;

/// The longest request that is read, in bytes.
const MAX_REQUEST: usize = 256 * 1024;
/// The longest `appID`, in characters.
const MAX_APP_ID: usize = 512;
/// The longest `serverData`, in characters.
const MAX_SERVER_DATA: usize = 1536;
/// The longest user name, in characters.
const MAX_USERNAME: usize = 128;
/// The lengths that a challenge may have, in bytes.
const CHALLENGE: std::ops::RangeInclusive<usize> = 8..=64;
/// The longest text that is to be confirmed, in characters.
const MAX_TEXT: usize = 200;

/// A protocol version. The later is the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Version {
    pub(crate) major: u16,
    pub(crate) minor: u16,
}

/// The versions that are spoken: their assertions are the same.
const SPOKEN: [Version; 2] = [Version { major: 1, minor: 0 }, Version { major: 1, minor: 1 }];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Operation {
    Reg,
    Auth,
    Dereg,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Header {
    pub(crate) upv: Version,
    pub(crate) op: Operation,
    #[serde(rename = "appID", default, skip_serializing_if = "Option::is_none")]
    pub(crate) app_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) server_data: Option<String>,
    /// Read, and never sent back.
    #[serde(default, skip_serializing)]
    exts: Vec<Extension>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Extension {
    #[serde(rename = "id")]
    _id: String,
    pub(crate) fail_if_unknown: bool,
}

/// A request of the version that was chosen.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) header: Header,
    pub(crate) ask: Ask,
}

/// What is asked.
#[derive(Debug)]
pub(crate) enum Ask {
    Registration { challenge: String, username: String, policy: Policy },
    Authentication { challenge: String, transaction: Vec<Content>, policy: Policy },
    Deregistration(Vec<Named>),
}

/// One form of what is to be confirmed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Content {
    content_type: String,
    content: String,
}

/// Keys that are to be forgotten; an empty text stands for all.
#[derive(Debug, Deserialize)]
pub(crate) struct Named {
    aaid: String,
    #[serde(rename = "keyID")]
    key_id: String,
}

impl Named {
    pub(crate) fn covers(&self, aaid: &str, key_id: &str) -> bool {
        (self.aaid.is_empty() || self.aaid == aaid) && (self.key_id.is_empty() || self.key_id == key_id)
    }
}

impl Content {
    /// The text, where it is one that a display of [`super::MODEL`] shows: 1 to 200 printable characters of ASCII and line feeds.
    pub(crate) fn text(&self) -> Option<String> {
        if self.content_type != "text/plain" {
            return None;
        }
        let text = String::from_utf8(from_base64url(&self.content)?).ok()?;
        let shown = |byte: u8| (b' '..=b'~').contains(&byte) || byte == b'\n';
        ((1..=MAX_TEXT).contains(&text.len()) && text.bytes().all(shown)).then_some(text)
    }
}

#[derive(Deserialize)]
struct AskedKey {
    challenge: String,
    username: Option<String>,
    #[serde(default)]
    transaction: Vec<Content>,
    policy: Policy,
}

#[derive(Deserialize)]
struct AskedToForget {
    authenticators: Vec<Named>,
}

impl Request {
    /// The entry of the latest version that is spoken here.
    pub(crate) fn parse(text: &str) -> Result<Self, ClientError> {
        #[derive(Deserialize)]
        struct Entry {
            header: Header,
        }
        if text.len() > MAX_REQUEST {
            return Err(ClientError::Malformed("it is too long"));
        }
        let entries: Vec<Value> =
            serde_json::from_str(text).map_err(|_| ClientError::Malformed("it is no JSON array"))?;
        let mut headers = Vec::new();
        for entry in &entries {
            let read = Entry::deserialize(entry);
            let header = read.map_err(|_| ClientError::Malformed("an entry has no header"))?.header;
            if headers.iter().any(|other: &Header| other.upv == header.upv) {
                return Err(ClientError::Malformed("a version is there twice"));
            }
            headers.push(header);
        }
        let spoken = headers.into_iter().zip(&entries).filter(|(header, _)| SPOKEN.contains(&header.upv));
        let (header, entry) = spoken.max_by_key(|(header, _)| header.upv).ok_or(ClientError::Version)?;
        header.check()?;
        Ok(Self { ask: Ask::read(header.op, entry)?, header })
    }
}

impl Header {
    fn check(&self) -> Result<(), ClientError> {
        let within = |text: &Option<String>, most| text.as_ref().is_none_or(|text| text.len() <= most);
        if !within(&self.app_id, MAX_APP_ID) || !within(&self.server_data, MAX_SERVER_DATA) {
            return Err(ClientError::Malformed("appID or serverData is too long"));
        }
        match self.exts.iter().any(|extension| extension.fail_if_unknown) {
            true => Err(ClientError::Extension),
            false => Ok(()),
        }
    }
}

impl Ask {
    fn read(operation: Operation, entry: &Value) -> Result<Self, ClientError> {
        let wrong = |_| ClientError::Malformed("a member is missing or of another type");
        if operation == Operation::Dereg {
            let asked = AskedToForget::deserialize(entry).map_err(wrong)?;
            let nameless = |named: &Named| named.aaid.is_empty() && !named.key_id.is_empty();
            return match asked.authenticators.is_empty() || asked.authenticators.iter().any(nameless) {
                true => Err(ClientError::Malformed("it does not say which keys to forget")),
                false => Ok(Self::Deregistration(asked.authenticators)),
            };
        }
        let AskedKey { challenge, username, transaction, policy } =
            AskedKey::deserialize(entry).map_err(wrong)?;
        if !from_base64url(&challenge).is_some_and(|bytes| CHALLENGE.contains(&bytes.len())) {
            return Err(ClientError::Malformed("the challenge is not base64url of 8 to 64 bytes"));
        }
        policy.check()?;
        match (operation, username) {
            (Operation::Reg, Some(username)) if (1..=MAX_USERNAME).contains(&username.chars().count()) => {
                Ok(Self::Registration { challenge, username, policy })
            }
            (Operation::Reg, _) => Err(ClientError::Malformed("the user name is missing or too long")),
            _ => Ok(Self::Authentication { challenge, transaction, policy }),
        }
    }
}
