//! Bodies and queries that name a challenge and nothing else.

use countersign_domain::id::ChallengeId;
use countersign_domain::invalid::Invalid;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestGuid {
    request_guid: String,
}

impl RequestGuid {
    pub(crate) fn parse(&self) -> Result<ChallengeId, Invalid> {
        self.request_guid.parse().map_err(|error: countersign_domain::id::Malformed| {
            Invalid::new("requestGuid", error.to_string())
        })
    }
}
