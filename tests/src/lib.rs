//! The device client, its command line, the webhook listener, and the black-box tests.
//!
//! [`device`] is the reference client of the device protocol (`docs/device-protocol.md`): its code is to be read.
//! [`uaf`] is an app of the Cloud API with a UAF client, [`authenticator`] one of the Authenticator API. [`phone`] and [`listen`] are the commands `cargo phone` and `cargo listen`, which play the two ends of a
//! challenge that the service does not: the person with the device, and the backend that waits for the outcome.

pub mod authenticator;
pub mod bootstraps;
pub mod browser;
pub mod clock;
pub mod device;
pub mod listen;
pub mod phone;
pub mod plain;
mod program;
pub mod uaf;

#[cfg(test)]
mod tiny_server;
