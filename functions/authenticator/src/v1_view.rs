//! An authorization in a reply of version 1.

use countersign_crypto::authenticator::Envelope;
use countersign_domain::challenge::Challenge;
use countersign_lambda::connection::Connection;
use countersign_lambda::{App, Refusal};
use serde::Serialize;

use crate::authorization;

/// What is encrypted, and for whom.
#[derive(Serialize)]
pub(crate) struct Encrypted {
    id: String,
    connection_id: String,
    algorithm: &'static str,
    #[serde(flatten)]
    envelope: Envelope,
}

impl Encrypted {
    /// `envelope` of the thing with this id.
    pub(crate) fn new(connection: &Connection, id: String, envelope: Envelope) -> Self {
        let connection_id = connection.device_id().to_string();
        Self { id, connection_id, algorithm: "AES-256-CBC", envelope }
    }

    pub(crate) fn authorization(
        app: &App,
        connection: &Connection,
        challenge: &Challenge,
    ) -> Result<Self, Refusal> {
        let envelope = authorization::v1(app, connection, challenge)?;
        Ok(Self::new(connection, challenge.id.to_string(), envelope))
    }
}
