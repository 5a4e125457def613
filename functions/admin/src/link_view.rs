//! Links for administrators, shown once.

use countersign_domain::id::AdministratorId;
use countersign_lambda::admin::NewLink;
use countersign_lambda::refusal::Timestamp3339;
use serde::Serialize;

/// A link that was just made.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LinkView {
    /// Of a new administrator.
    #[serde(skip_serializing_if = "Option::is_none")]
    guid: Option<String>,
    link: String,
    expires_at: Timestamp3339,
}

impl LinkView {
    pub(crate) fn of(link: &NewLink, base_url: &str) -> Self {
        Self { guid: None, link: link.url(base_url), expires_at: Timestamp3339(link.expires_at()) }
    }

    /// With the id of the administrator that it is for.
    pub(crate) fn of_new(self, id: AdministratorId) -> Self {
        Self { guid: Some(id.to_string()), ..self }
    }
}
