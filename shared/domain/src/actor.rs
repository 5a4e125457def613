//! On whose account something happens.

use std::fmt;
use std::str::FromStr;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::{AdministratorId, CompanyId, DeviceId, Malformed, RequestOriginId};

/// Who did something. As text, and in the table: the kind, a colon and the id, e.g. `device:0190…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A backend.
    RequestOrigin(RequestOriginId),
    /// A user's device.
    Device(DeviceId),
    /// An administrator, in a session.
    Administrator(AdministratorId),
    /// Whoever holds a company's provisioning key.
    Company(CompanyId),
    /// Whoever operates the stack: the bootstrap.
    Operator,
    /// The service itself, by a rule: an expiry, a token that no longer works.
    Service,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RequestOrigin(id) => write!(f, "request_origin:{id}"),
            Self::Device(id) => write!(f, "device:{id}"),
            Self::Administrator(id) => write!(f, "administrator:{id}"),
            Self::Company(id) => write!(f, "company:{id}"),
            Self::Operator => f.write_str("operator"),
            Self::Service => f.write_str("service"),
        }
    }
}

impl FromStr for Actor {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        match text.split_once(':') {
            None if text == "operator" => Ok(Self::Operator),
            None if text == "service" => Ok(Self::Service),
            Some(("request_origin", id)) => id.parse().map(Self::RequestOrigin),
            Some(("device", id)) => id.parse().map(Self::Device),
            Some(("administrator", id)) => id.parse().map(Self::Administrator),
            Some(("company", id)) => id.parse().map(Self::Company),
            _ => Err(Malformed),
        }
    }
}

impl Serialize for Actor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01900000-0000-7000-8000-000000000001";

    #[test]
    fn an_actor_reads_as_it_is_written() {
        for text in ["request_origin", "device", "administrator", "company"] {
            let text = format!("{text}:{ID}");
            let actor: Actor = text.parse().unwrap();
            assert_eq!(actor.to_string(), text);
            assert_eq!(serde_json::to_value(actor).unwrap(), serde_json::json!(text));
        }
        assert_eq!("operator".parse(), Ok(Actor::Operator));
        assert_eq!("service".parse(), Ok(Actor::Service));
        for text in ["", "service:", "device", "device:1", &format!("user:{ID}"), &format!("operator:{ID}")] {
            assert_eq!(text.parse::<Actor>(), Err(Malformed), "{text}");
        }
    }
}
