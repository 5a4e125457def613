//! The kit that every function stands on: settings, clients, calls, callers, refusals, replies.
//!
//! The way of the data: gateway event → [`call`] (parsed) → [`origin`] or [`device`] (caller known) → the operation →
//! [`reply`] or [`refusal`]. [`operation`] describes what a bootstrap offers, and [`bootstrap`] runs it.

pub mod admin;
pub mod app;
pub mod asking;
pub mod authenticator_link;
mod aws;
pub mod bank_action;
pub mod bank_call;
pub mod binding;
pub mod bootstrap;
pub mod call;
pub mod claiming;
pub mod connecting;
pub mod connection;
pub mod consent_view;
pub mod consenting;
pub mod delivery_view;
pub mod derived_token;
pub mod device;
pub mod device_change;
pub mod device_view;
pub mod dialect;
pub mod dispatch;
pub mod enrolling;
mod form;
pub mod guarded;
pub mod guesses;
pub mod identity;
pub mod joining;
pub mod keys;
pub mod lenient;
pub mod link;
pub mod login;
pub mod once;
pub mod operation;
pub mod origin;
pub mod outcome;
pub mod processed_request;
pub mod provider_key;
pub mod provider_keys;
mod qr;
pub mod refusal;
pub mod replaying;
pub mod reply;
pub mod settings;
pub mod setup;
mod signed_call;
mod system_clock;
mod this_machine;
mod trace;
pub mod transaction_token;
pub mod user_change;
pub mod vouching;
pub mod web_authn;

pub use app::App;
pub use call::{Call, NoBody};
pub use dialect::Dialect;
pub use operation::{HttpOperation, Needs};
pub use refusal::Refusal;
pub use reply::Reply;
