//! Every minute: open challenges whose time is over get their outcome, and so their webhook.

use countersign_domain::challenge::Challenge;
use countersign_store::{Record, Write};
use serde_json::{Value, json};

use crate::Jobs;
use crate::error::JobError;

pub(crate) async fn handle(jobs: &Jobs, _event: Value) -> Result<Value, JobError> {
    let due = jobs.app.store.due::<Challenge>(jobs.app.now()).await?;
    let mut failed = 0;
    for challenge in &due {
        if let Err(error) = expire(jobs, challenge).await {
            tracing::error!(%error, challenge = %challenge.value.id, "a challenge is not expired yet");
            failed += 1;
        }
    }
    Ok(json!({ "due": due.len(), "failed": failed }))
}

async fn expire(jobs: &Jobs, challenge: &Record<Challenge>) -> Result<(), JobError> {
    let (store, now) = (&jobs.app.store, jobs.app.now());
    let Ok(expired) = challenge.try_map(|challenge| challenge.expire(now)) else { return Ok(()) };
    let write = Write::new().replace("challenge", challenge, &expired)?;
    let write = store.release(write, &challenge.value, &expired, now).await?;
    match store.write(write).await {
        // Answered or cancelled at the last moment: that is the outcome.
        Err(error) if !error.is_conflict() => Err(error.into()),
        _ => Ok(()),
    }
}
