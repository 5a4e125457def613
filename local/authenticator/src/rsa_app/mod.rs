//! What an app of the Authenticator API does with its RSA key, in versions 1 and 2: it signs calls, and opens what was
//! encrypted to it. A bank that speaks for itself does the same with its own.
//!
//! RustCrypto throughout, so that nothing is shared with the service. Its private-key operations are not constant in time
//! (RUSTSEC-2023-0071), which is no matter for an app that tries things out.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

pub mod envelope;
pub mod key;
pub mod signature;
#[cfg(test)]
mod tests;
pub mod token;

/// Standard base64, with line breaks or without.
fn from_base64(text: &str) -> Option<Vec<u8>> {
    let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD.decode(text).ok()
}
