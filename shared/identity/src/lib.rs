//! Identity providers: OpenID Connect and OAuth2, from the redirect to the last refresh.
//!
//! The way of a login: [`Idp::authorization_url`] → the user logs in → [`Idp::exchange`] (code to tokens, and who it is:
//! [`id_token`] or [`profile`]). The way of an answer: [`Idp::standing`], and if it is refused [`Idp::renew`].
//!
//! The crates `oauth2` and `openidconnect` speak the protocols; HTTP goes through `countersign_outbound`, and signatures
//! are verified by `countersign_crypto`.

mod description;
mod endpoint;
mod error;
mod id_token;
mod login;
mod profile;
mod proposal;
mod provider_key;
#[cfg(test)]
mod samples;
mod standing;
mod token_endpoint;

use std::time::Duration;

use countersign_domain::identity_provider::IdentityProvider;
use countersign_domain::outbound_url::Loopback;
use countersign_domain::secret::Secret;
use countersign_outbound::{NoClient, Outbound};

pub use error::IdpError;
pub use login::LoginParameters;
pub use proposal::{Proposal, Refusal};
pub use standing::Standing;
pub use token_endpoint::Grant;

/// How long a provider may take for one answer.
///
/// The most that one answer of a device can need (description, keys, token, renewal, the new token) must fit into the time
/// limit of its function, so that no renewed token is lost with a function that was ended.
const TIMEOUT: Duration = Duration::from_secs(4);

/// What speaks with identity providers. Descriptions and keys of providers are kept for a while.
#[derive(Debug)]
pub struct Idp {
    http: Outbound,
    loopback: Loopback,
    descriptions: description::Kept,
}

/// An identity provider, with what we prove ourselves with there.
#[derive(Debug, Clone, Copy)]
pub struct Connection<'a> {
    /// Its settings.
    pub provider: &'a IdentityProvider,
    /// The client secret, opened; public clients have none.
    pub client_secret: Option<&'a Secret<String>>,
}

impl Idp {
    /// What speaks with providers, on this machine only if `loopback` says so.
    pub fn new(loopback: Loopback) -> Result<Self, NoClient> {
        Ok(Self {
            http: Outbound::new("Countersign/1", TIMEOUT, loopback)?,
            loopback,
            descriptions: description::Kept::default(),
        })
    }
}
