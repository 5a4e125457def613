//! The server side of FIDO UAF 1.1 as pure protocol.
//!
//! No storage, no network, no clock and no randomness: the caller passes the time, fresh challenges, the key of the
//! server data and what it has stored, and gets what to store. Signatures are verified by `countersign_crypto`.
//!
//! - Ask: [`registration::request`], [`authentication::request`], [`messages::DeregistrationRequest::new`], written by
//!   [`messages::write`].
//! - Verify: [`messages::parse`], then [`server_data::ServerData::open`] to find the question by its challenge, then
//!   [`registration::verify`] or [`authentication::verify`]. What they return is to be stored in one conditional write
//!   that also uses up the challenge.
//! - Publish: [`facets::TrustedFacets`].
//!
//! The documentation names the parts of the FIDO UAF 1.1 specifications of 2 February 2017 by their headings.

pub mod aaid;
pub mod algorithms;
pub mod assertion;
pub mod authentication;
pub mod channel_binding;
pub mod expected;
pub mod extensions;
pub mod facets;
pub mod final_challenge;
pub mod match_criteria;
pub mod messages;
pub mod metadata;
pub mod policy;
pub mod question;
pub mod refusal;
pub mod registration;
pub mod server_data;
pub mod status;
pub mod tags;
pub mod tlv;
pub mod transaction;
