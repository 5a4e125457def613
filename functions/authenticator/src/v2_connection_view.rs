//! A connection in replies of version 2.

use countersign_domain::device::PushRegistration;
use countersign_domain::id::Number;
use countersign_lambda::connection::Connection;
use serde::Serialize;

use crate::data::Second;

/// Which one.
#[derive(Serialize)]
pub(crate) struct Named {
    connection_id: Number,
}

impl Named {
    pub(crate) fn of(connection: &Connection) -> Self {
        Self { connection_id: connection.device_id().number() }
    }
}

/// What is known of it.
#[derive(Serialize)]
pub(crate) struct View {
    id: Number,
    status: &'static str,
    public_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    push_token: Option<String>,
    created_at: Second,
}

impl View {
    pub(crate) fn of(connection: &Connection) -> Self {
        let device = &connection.device.value;
        let push_token = match &device.push {
            PushRegistration::Wanted { token } | PushRegistration::Registered { token, .. } => {
                Some(token.expose().to_owned())
            }
            PushRegistration::None | PushRegistration::Disabled { .. } => None,
        };
        Self {
            id: device.id.number(),
            status: device.state.name(),
            public_key: connection.key.to_pem(),
            push_token,
            created_at: Second(device.created_at),
        }
    }
}
