//! What the bank knows.

use std::collections::BTreeMap;

use serde_json::Value;

use super::control::Behaviour;

/// The service with which the bank speaks.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Where its calls begin, e.g. `http://127.0.0.1:4000`.
    pub service_url: String,
    /// What the service calls the bank.
    pub provider_id: u64,
    /// The key that signs the service's calls, as PEM.
    pub public_key: String,
}

/// An app that asked to be connected.
#[derive(Debug, Clone)]
pub struct BankConnection {
    /// What the service calls it.
    pub id: String,
    /// Where the app waits.
    pub return_url: String,
    /// The app's key, as PEM.
    pub public_key: String,
    /// What the app brought.
    pub connect_query: Option<String>,
    /// Whose it is, once somebody logged in.
    pub user: Option<String>,
    /// What the app has to show, from then on.
    pub access_token: Option<String>,
    /// Whether the service said that it is revoked.
    pub revoked: bool,
}

/// An action of the bank's.
#[derive(Debug, Clone)]
pub(super) struct Action {
    pub(super) user: String,
    pub(super) content: Value,
    pub(super) expires_at: String,
    /// What a decision must repeat.
    pub(super) authorization_code: String,
}

/// What the service told the bank, by a call whose signatures were right.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// What lies behind `/api/sca/v1/`.
    pub path: String,
    /// `data` of the call.
    pub data: Value,
    /// Of a decision: what the app encrypted to the bank, and signed.
    pub decision: Option<Value>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) provider: Option<Provider>,
    pub(super) behaviour: Behaviour,
    pub(super) connections: BTreeMap<String, BankConnection>,
    pub(super) actions: BTreeMap<String, Action>,
    pub(super) told: Vec<Told>,
}
