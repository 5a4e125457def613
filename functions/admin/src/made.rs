//! What a create of something without secrets answers.

use countersign_domain::idempotency::Made;
use countersign_lambda::refusal::internal;
use countersign_lambda::{Refusal, Reply};
use serde::Serialize;

/// The id of what was made.
#[derive(Debug, Serialize)]
pub(crate) struct MadeView {
    guid: String,
}

impl MadeView {
    /// 201 for `id`, which is found at `url` followed by it.
    pub(crate) fn reply(url: &str, id: impl ToString) -> Reply<Self> {
        let guid = id.to_string();
        let location = format!("{url}/{guid}");
        Reply::created(Self { guid }, location)
    }

    /// The same for a request that was sent before.
    pub(crate) fn again(url: &str, made: Made) -> Result<Reply<Self>, Refusal> {
        match made {
            Made::Administered { id } => Ok(Self::reply(url, id)),
            _ => Err(internal("a create of administration that made something else")()),
        }
    }
}
