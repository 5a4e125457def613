//! The administration API, through HTTP.

pub(crate) mod client;
mod companies;
