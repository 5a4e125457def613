//! The administration API, through HTTP.

mod administrators;
mod audit;
mod bootstrap;
mod challenges;
pub(crate) mod client;
mod companies;
mod deliveries;
mod figures;
mod invitations;
mod keys;
mod matrix;
pub(crate) mod person;
mod sign_in;
mod users;
