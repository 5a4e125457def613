//! What administrators set up, by the administration API or by `cargo local`: how settings are checked, and how credentials
//! are made.

pub mod authenticator;
pub mod cloud;
pub mod company_key;
pub mod given;
pub mod identity_provider;
pub mod origin_keys;
