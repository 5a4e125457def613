//! The Authenticator API v2 where a bank encrypts: the service relays between the bank and its users' apps.

mod actions;
mod connecting;
mod consents;
mod deciding;
mod instant;
mod refusals;
mod revoking;
mod scene;
