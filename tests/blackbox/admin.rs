//! The administration API, through HTTP.

mod administrators;
mod app_spaces;
mod audit;
mod bootstrap;
mod challenges;
pub(crate) mod client;
mod companies;
mod deliveries;
mod figures;
mod identity_provider;
mod invitations;
mod keys;
mod matrix;
pub(crate) mod person;
pub(crate) mod provisioner;
mod provisioning;
mod push;
mod request_origins;
mod sign_in;
mod users;
