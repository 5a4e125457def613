//! The words and rules of Countersign: newtypes, state machines, limits. No AWS, no HTTP, no clock.
//!
//! A state is an enum whose variants carry only what exists in that state; a transition consumes the
//! old value and returns the new one, or refuses. Time and randomness come in as arguments.

pub mod account;
pub mod act;
pub mod actor;
pub mod administrator;
pub mod answer;
pub mod app_space;
pub mod approval;
pub mod audit;
pub mod audit_export;
pub mod audit_query;
pub mod authenticator_key;
pub mod authenticator_settings;
pub mod brand;
pub mod callback;
pub mod challenge;
pub mod chance;
pub mod changes;
pub mod channel;
pub mod clean_html;
pub mod cloud_settings;
pub mod company;
pub mod consent;
pub mod csv;
pub mod day;
pub mod delivery;
pub mod device;
pub mod duration;
pub mod enrolment;
pub mod event;
pub mod figures;
pub mod id;
pub mod idempotency;
pub mod identity_provider;
pub mod invalid;
pub mod invitation;
pub mod last_active;
pub mod limits;
pub mod login;
pub mod outbound_url;
pub mod phone;
pub mod policy_change;
pub mod question;
pub mod recovery_codes;
pub mod refused;
pub mod relayed;
pub mod request_origin;
pub mod rich_text;
pub mod role;
pub mod secret;
pub mod session;
pub mod sms;
pub mod sms_text;
pub mod text;
pub mod time;
pub mod user;
pub mod username;
pub mod web_authn;

#[cfg(test)]
mod interleavings;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod shown;
#[cfg(test)]
mod stored;
