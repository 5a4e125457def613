//! An authorization in a reply of version 2.

use countersign_crypto::authenticator::Envelope;
use countersign_domain::challenge::Challenge;
use countersign_domain::id::Number;
use countersign_lambda::connection::Connection;
use countersign_lambda::{App, Refusal};
use serde::Serialize;

use crate::authorization;
use crate::data::Second;
use crate::status::{Standing, Status};

/// An authorization with its status; numbers are JSON numbers.
#[derive(Serialize)]
pub(crate) struct View {
    id: Number,
    connection_id: Number,
    status: Status,
    #[serde(flatten)]
    envelope: Envelope,
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<Second>,
}

impl View {
    pub(crate) fn of(
        app: &App,
        connection: &Connection,
        challenge: &Challenge,
        standing: Standing,
    ) -> Result<Self, Refusal> {
        Ok(Self {
            id: challenge.id.number(),
            connection_id: connection.device_id().number(),
            status: standing.status,
            envelope: authorization::v2(app, connection, challenge)?,
            finished_at: standing.finished_at.map(Second),
        })
    }
}
