//! Access for the first Company Admin, or access again: whoever may invoke this function operates the stack.
//!
//! `{"company": "ACME", "administrator": "Ann"}` makes both; a GUID in place of a name means one that there is.

use countersign_lambda::admin::founding::{Founded, found};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Jobs;
use crate::error::JobError;

/// What the operator asks for.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    company: String,
    administrator: String,
}

pub(crate) async fn handle(jobs: &Jobs, wanted: Wanted) -> Result<Value, JobError> {
    let base_url = jobs.app.settings.public_url.as_deref();
    let base_url =
        base_url.ok_or_else(|| JobError::unexpected("PUBLIC_URL is missing: links point there"))?;
    let founded = found(&jobs.app, &wanted.company, &wanted.administrator).await;
    let Founded { company, administrator, link } = founded.map_err(JobError::refused)?;
    Ok(json!({
        "company": { "guid": company.id.to_string(), "name": company.name },
        "administrator": { "guid": administrator.id.to_string(), "name": administrator.name },
        "link": link.url(base_url),
        "expiresAt": link.expires_at().rfc3339(),
    }))
}
