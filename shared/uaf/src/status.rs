//! The status codes that a server answers with (FIDO UAF Application API and Transport Binding, UAF Status Codes).

use serde::{Serialize, Serializer};

/// A status code; as JSON, its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum StatusCode {
    /// The operation is done.
    Ok = 1200,
    /// The message was taken, the operation goes on.
    Accepted = 1202,
    /// The server did not understand the message.
    BadRequest = 1400,
    /// The user must be authenticated first.
    Unauthorized = 1401,
    /// The user may not do this.
    Forbidden = 1403,
    /// There is no such thing.
    NotFound = 1404,
    /// The message took too long.
    RequestTimeout = 1408,
    /// No metadata is known for this authenticator model.
    UnknownAaid = 1480,
    /// The user has no such key.
    UnknownKeyId = 1481,
    /// A channel binding is missing or does not match.
    ChannelBindingRefused = 1490,
    /// The challenge is unknown, expired, or was answered before.
    RequestInvalid = 1491,
    /// The authenticator is not acceptable by the policy, or is not what it was.
    UnacceptableAuthenticator = 1492,
    /// The authenticator or the key was revoked.
    RevokedAuthenticator = 1493,
    /// The key is weak, malformed, or registered already.
    UnacceptableKey = 1494,
    /// The algorithm is unknown or not the authenticator's.
    UnacceptableAlgorithm = 1495,
    /// The attestation does not hold, or is of a kind that is not accepted.
    UnacceptableAttestation = 1496,
    /// The client asks for a capability that the server does not have.
    UnacceptableClientCapabilities = 1497,
    /// Malformed, or not what was asked for.
    UnacceptableContent = 1498,
    /// The server failed.
    InternalError = 1500,
}

impl StatusCode {
    /// The number.
    pub const fn code(self) -> u16 {
        self as u16
    }
}

impl Serialize for StatusCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_code_is_its_number_in_json() {
        assert_eq!(serde_json::to_string(&StatusCode::Ok).unwrap(), "1200");
        assert_eq!(serde_json::to_string(&StatusCode::UnacceptableContent).unwrap(), "1498");
        assert_eq!(StatusCode::RequestInvalid.code(), 1491);
    }
}
