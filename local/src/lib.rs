//! The whole bundle on one machine: an embedded AWS, a gateway with every route, the stream and the schedules.
//!
//! Nothing of the functions is written a second time: the gateway builds the events that API Gateway would send, and
//! calls the operations in process, so that a test can turn the clock. [`Bundle`] is all of it.

pub mod aws;
pub mod bundle;
pub mod clock;
pub mod cors;
pub mod demo;
pub mod demo_admin;
pub mod demo_authenticator;
pub mod events;
pub mod gateway;
pub mod identity_provider;
pub mod provision;
mod routes;
pub mod runtime_api;
pub mod secrets;
mod stream;

pub use bundle::{Bundle, Options};
