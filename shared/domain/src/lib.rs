//! The words and rules of Countersign: newtypes, state machines, limits. No AWS, no HTTP, no clock.
//!
//! A state is an enum whose variants carry only what exists in that state; a transition consumes the
//! old value and returns the new one, or refuses. Time and randomness come in as arguments.

pub mod account;
pub mod answer;
pub mod app_space;
pub mod audit;
pub mod callback;
pub mod challenge;
pub mod chance;
pub mod delivery;
pub mod device;
pub mod duration;
pub mod enrolment;
pub mod event;
pub mod id;
pub mod idempotency;
pub mod identity_provider;
pub mod invalid;
pub mod limits;
pub mod login;
pub mod outbound_url;
pub mod question;
pub mod refused;
pub mod request_origin;
pub mod secret;
pub mod text;
pub mod time;
pub mod user;

#[cfg(test)]
mod interleavings;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod shown;
#[cfg(test)]
mod stored;
