//! What requests have in common (FIDO UAF Protocol, request generation rules for the FIDO server).

use crate::messages::{Header, Operation, Version};
use crate::server_data::{Challenge, Mac, Reference, ServerData};

/// A question that is being asked.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The protocol version to ask in.
    pub version: Version,
    /// The application id.
    pub app_id: &'a str,
    /// The user who is asked; none where anybody may answer.
    pub user: Option<&'a str>,
    /// What the answer is to bring back beside the challenge.
    pub reference: Reference,
    /// Fresh for every question.
    pub challenge: Challenge,
    /// When the question ends, in milliseconds since the epoch.
    pub expires_millis: i64,
    /// The key of the server data.
    pub mac: &'a dyn Mac,
}

impl Question<'_> {
    /// The header with its server data, and the challenge as text.
    pub(crate) fn header(&self, op: Operation) -> (Header, String) {
        let data =
            ServerData::new(op, self.challenge, self.expires_millis, self.app_id, self.user, self.reference);
        let header = Header {
            upv: self.version,
            op,
            app_id: Some(self.app_id.to_owned()),
            server_data: Some(data.seal(self.mac)),
            exts: Vec::new(),
        };
        (header, self.challenge.to_string())
    }
}
