//! The keys that id tokens are signed with.

use countersign_crypto::jwk::{Algorithm, PublicJwk};
use countersign_crypto::signing_key::SigningKey;
use countersign_domain::chance::Random;
use serde_json::Value;

/// The key in use, and the public part of the one before it.
pub(super) struct Keys {
    current: SigningKey,
    previous: Option<PublicJwk>,
}

impl Keys {
    /// One key, and none before it.
    pub(super) fn fresh(random: &dyn Random) -> Self {
        Self { current: generate(random), previous: None }
    }

    /// The key that signs.
    pub(super) const fn current(&self) -> &SigningKey {
        &self.current
    }

    /// A fresh key takes over. Tokens that are under way can still be verified.
    pub(super) fn rotate(&mut self, random: &dyn Random) {
        let before = std::mem::replace(&mut self.current, generate(random));
        self.previous = Some(before.public().clone());
    }

    /// The public keys as a JWK set shows them.
    pub(super) fn published(&self) -> Vec<Value> {
        std::iter::once(self.current.public()).chain(&self.previous).map(PublicJwk::published).collect()
    }
}

/// A fresh ES256 key.
pub(super) fn generate(random: &dyn Random) -> SigningKey {
    SigningKey::generate(Algorithm::Es256, random)
        .expect("one of 256 candidates is always below the order of P-256")
}

/// The id that a key is published under: its thumbprint (RFC 7638).
pub(super) fn kid(key: &SigningKey) -> String {
    key.public().thumbprint().to_string()
}
