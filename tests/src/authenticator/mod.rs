//! An app of the Authenticator API, of version 1 and of version 2, as strict as those that people have.
//!
//! [`Installation::connect`] makes a [`Connection`] of a [`ConnectLink`]; [`App`] is the app with that connection:
//! [`App::list`], [`App::get`], [`App::confirm`], [`App::deny`], [`App::scan`], [`App::consents`], [`App::revoke_consent`],
//! [`App::revoke`], and in version 2 [`App::known`] and [`App::update_push_token`].
//!
//! Whoever wants to send something that the protocol does not allow takes the same steps one by one: [`Installation::body`] and
//! [`Installation::send`]; [`App::call`] or [`App::decision`], a change to the [`Call`], [`App::send`].
//!
//! Its cryptography is [`countersign_authenticator::rsa_app`], which shares no code with the service's.

mod app;
mod authorization;
#[cfg(test)]
pub(crate) mod canned;
mod configuration;
mod connecting;
mod connection;
mod consent;
mod description;
mod error;
pub mod json;
mod link;
mod manage;
mod operations;
mod redirect;
mod reply;
#[cfg(test)]
mod tests;

pub use countersign_authenticator::rsa_app::{envelope, key, signature};

pub use app::{App, Call, SIGNED_FOR};
pub use authorization::{Authorization, Status};
pub use configuration::Configuration;
pub use connecting::{Connecting, Installation, PendingConnection};
pub use connection::{AccessToken, Connection, Provider};
pub use consent::{Account, Consent, ConsentType, SharedData};
pub use description::{Description, Extra, Parts, Payment};
pub use error::{AppError, Refusal, accepted};
pub use link::{ActionLink, ApiVersion, ConnectLink};
pub use manage::Known;
pub use operations::{Decided, Scanned};
pub use redirect::{RETURN_URL, Redirect};
