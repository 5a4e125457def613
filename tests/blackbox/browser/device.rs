//! The web device, as the person in front of it uses it.

mod answering;
mod assets;
mod claims;
mod codes;
mod enrolling;
mod keeping;
mod looks;
pub(super) mod page;
mod passkeys;
mod pins;
