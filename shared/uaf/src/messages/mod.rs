//! The messages: JSON arrays with one entry per protocol version (FIDO UAF Protocol, Protocol Details).

mod deregistration;
mod header;
mod request;
mod response;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use deregistration::{Authenticator, DeregistrationRequest};
pub use header::{Header, Operation, Version};
pub use request::{AuthenticationRequest, RegistrationRequest};
pub use response::{Assertion, Response};

use crate::refusal::Refusal;

/// The longest message that is read, in bytes.
pub const MAX_MESSAGE: usize = 256 * 1024;

/// A message for one protocol version.
pub trait Versioned {
    /// Its header.
    fn header(&self) -> &Header;
}

/// The entry of the first of `versions`, in their order, that the message holds.
///
/// Every entry must be well-formed, and no version may stand there twice.
///
/// # Errors
/// [`Refusal::Malformed`], [`Refusal::Version`].
pub fn parse<M: Versioned + DeserializeOwned>(json: &[u8], versions: &[Version]) -> Result<M, Refusal> {
    if json.len() > MAX_MESSAGE {
        return Err(Refusal::Malformed);
    }
    let mut entries: Vec<M> = serde_json::from_slice(json).map_err(|_| Refusal::Malformed)?;
    let is_of = |version| move |entry: &M| entry.header().upv == version;
    for entry in &entries {
        if entries.iter().filter(|other| is_of(entry.header().upv)(other)).count() > 1 {
            return Err(Refusal::Malformed);
        }
    }
    if entries.is_empty() {
        return Err(Refusal::Malformed);
    }
    let at = versions.iter().find_map(|version| entries.iter().position(is_of(*version)));
    at.map(|at| entries.swap_remove(at)).ok_or(Refusal::Version)
}

/// The message with this one entry.
pub fn write(message: &impl Serialize) -> String {
    serde_json::to_string(&[message]).expect("a struct of strings and numbers always becomes JSON")
}

#[cfg(test)]
mod tests;
