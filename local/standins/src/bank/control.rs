//! What a test may ask of the bank.

use serde_json::{Value, json};

use super::speak::secret;
use super::state::{Action, Provider};
use super::{Bank, BankConnection, Told};

/// How the bank takes what it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Behaviour {
    /// As it should; and a decision ends the whole action.
    #[default]
    Closes,
    /// As it should; the action goes on for other connections.
    GoesOn,
    /// It answers every call with this status, and nothing of the protocol.
    Answers(u16),
    /// It closes every connection without an answer.
    Silent,
}

impl Bank {
    /// What the service is given as the bank's address, e.g. `http://127.0.0.1:4566/bank`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What apps encrypt to, and what verifies the bank's calls: PEM.
    pub fn public_key(&self) -> String {
        self.key().public().to_pem().expect("a key that was made can be written")
    }

    /// With whom the bank speaks from now on.
    pub fn serve(&self, provider: Provider) {
        self.state().provider = Some(provider);
    }

    /// How the bank takes calls from now on.
    pub fn behave(&self, behaviour: Behaviour) {
        self.state().behaviour = behaviour;
    }

    /// The apps that asked to be connected, by what the service calls them.
    pub fn connections(&self) -> Vec<BankConnection> {
        self.state().connections.values().cloned().collect()
    }

    /// The app with this number.
    pub fn connection(&self, id: &str) -> Option<BankConnection> {
        self.state().connections.get(id).cloned()
    }

    /// What the service told, in order.
    pub fn told(&self) -> Vec<Told> {
        self.state().told.clone()
    }

    /// Makes an action for `user`, until `expires_at` (RFC 3339), that nobody is asked about yet.
    pub fn prepare(&self, action_id: &str, user: &str, title: &str, expires_at: &str) {
        let authorization_code = secret();
        let content = json!({
            "title": title,
            "description": { "text": format!("The bank asks: {title}") },
            "authorization_code": authorization_code,
            "created_at": self.clock.now().rfc3339(),
            "expires_at": expires_at,
        });
        let action =
            Action { user: user.to_owned(), content, expires_at: expires_at.to_owned(), authorization_code };
        self.state().actions.insert(action_id.to_owned(), action);
    }

    /// What each connected app of the action's user is shown, encrypted to it.
    pub fn authorizations(&self, action_id: &str) -> Vec<Value> {
        let state = self.state();
        let Some(action) = state.actions.get(action_id) else { return Vec::new() };
        let of_user = |connection: &&BankConnection| {
            connection.user.as_ref() == Some(&action.user) && !connection.revoked
        };
        let connections = state.connections.values().filter(of_user);
        connections.filter_map(|connection| super::speak::encrypted(connection, &action.content)).collect()
    }
}
