//! A bank that encrypts for the apps of its App Space: the provider of the Authenticator API v2, as the service calls it.
//!
//! It has its own key, lets anybody in who says a name, keeps what it is told, and verifies every signature by itself: its
//! cryptography is that of the software apps and not the service's. A test makes it misbehave through [`Bank`]. A restart
//! forgets everything but nothing that the service would not hear of again.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use countersign_authenticator::rsa_app::key::KeyPair;
use countersign_crypto::system::SystemRandom;
use countersign_domain::time::Clock;
use http::request::Parts;

use crate::reply::Reply;

mod answer;
mod control;
mod page;
mod speak;
mod state;

pub use control::Behaviour;
pub use speak::{BankCall, Said};
pub use state::{BankConnection, Provider, Told};

use state::State;

/// What every path of it begins with.
const PREFIX: &str = "/bank";

/// The bank of this machine.
pub struct Bank {
    url: String,
    clock: Arc<dyn Clock>,
    key: OnceLock<KeyPair>,
    state: Mutex<State>,
}

impl Bank {
    /// The bank at `endpoint_url`, e.g. `http://127.0.0.1:4566`.
    pub(crate) fn new(endpoint_url: &str, clock: Arc<dyn Clock>) -> Self {
        Self {
            url: format!("{endpoint_url}{PREFIX}"),
            clock,
            key: OnceLock::new(),
            state: Mutex::new(State::default()),
        }
    }

    /// Whether a request of this path is for the bank.
    pub(crate) fn serves(path: &str) -> bool {
        path.strip_prefix(PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Answers one request; `None` closes the connection without an answer.
    pub(crate) async fn answer(&self, parts: &Parts, body: &[u8]) -> Option<Reply> {
        let path = parts.uri.path().strip_prefix(PREFIX).unwrap_or_default();
        match path.strip_prefix("/api/sca/v1/") {
            Some(path) => self.take(path, parts, body),
            None => Some(self.page(path, parts, body).await),
        }
    }

    /// Made when first needed: it costs a moment, and most tests have no bank.
    fn key(&self) -> &KeyPair {
        self.key
            .get_or_init(|| KeyPair::generate(&SystemRandom).expect("2048 bits are enough for two primes"))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
