//! Extensions of messages and of assertions. None is known here, so what must be understood is refused.

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;
use crate::tags;
use crate::tlv::{Fields, Malformed};

/// An extension of a message (FIDO UAF Protocol, dictionary Extension).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// Its name, of 1 to 32 bytes.
    pub id: String,
    /// Its data, base64url.
    pub data: String,
    /// Whether who does not know it must refuse the message.
    pub fail_if_unknown: bool,
}

/// Refuses extensions that must be understood.
pub(crate) fn check(extensions: &[Extension]) -> Result<(), Refusal> {
    for extension in extensions {
        if !(1..=32).contains(&extension.id.len()) {
            return Err(Refusal::Malformed);
        }
        if extension.fail_if_unknown {
            return Err(Refusal::ClientCapability);
        }
    }
    Ok(())
}

/// The extensions inside an assertion, each checked for its shape.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct AssertionExtensions {
    pub(crate) critical: bool,
}

impl AssertionExtensions {
    /// Takes them out of the fields: each holds an id and data.
    pub(crate) fn take(fields: &mut Fields<'_>) -> Result<Self, Malformed> {
        let critical = fields.several(tags::EXTENSION_CRITICAL);
        let plain = fields.several(tags::EXTENSION);
        for extension in critical.iter().chain(&plain) {
            let mut inner = Fields::of(extension)?;
            let id = inner.take(tags::EXTENSION_ID)?;
            inner.take(tags::EXTENSION_DATA)?;
            inner.end()?;
            if !(1..=32).contains(&id.len()) {
                return Err(Malformed);
            }
        }
        Ok(Self { critical: !critical.is_empty() })
    }

    pub(crate) fn check(&self) -> Result<(), Refusal> {
        if self.critical { Err(Refusal::CriticalExtension) } else { Ok(()) }
    }
}
