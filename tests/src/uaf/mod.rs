//! An app with a UAF client, as the app side of the Cloud API sees it: HTTP, tokens, and the phone's authenticators.
//!
//! [`UafApp`] plays the seven flows: [`UafApp::register`], [`UafApp::register_with_intent`], [`UafApp::authenticate`],
//! [`UafApp::login`], [`UafApp::deregister`], and, once [`UafApp::create_target`] has given the service a key of the app,
//! [`UafApp::pending`] and [`UafApp::decline`].
//!
//! Whoever wants to send something that the protocol does not allow takes the same steps one by one: [`UafApp::redeem`] or
//! [`UafApp::request`] for a request, [`UafApp::answer`] with a [`Tamper`](countersign_authenticator::uaf::Tamper),
//! [`UafApp::send_response`]; [`UafApp::signed`] for calls with a `Device-Signature`, [`UafApp::signature_claims`] to change one.

pub mod app;
pub mod call;
#[cfg(test)]
pub(crate) mod canned;
pub mod error;
mod kept_key;
pub mod link;
mod message;
pub mod operations;
pub mod signature;
pub mod target;
#[cfg(test)]
mod tests;
pub mod token;
pub mod wallet;

pub use app::UafApp;
