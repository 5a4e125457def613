//! A code goes to its user by SMS: of a new enrolment, of a new approval.

use std::fmt::Display;

use countersign_crypto::short_code::ShortCode;
use countersign_domain::challenge::Challenge;
use countersign_domain::enrolment::Enrolment;
use countersign_domain::sms::Sms;
use countersign_domain::time::Timestamp;
use countersign_push::PushError;
use countersign_store::guards::Seen;
use countersign_store::{Stored, Write};

use crate::Jobs;
use crate::error::JobError;

/// Of a new enrolment, if it has one.
pub(crate) async fn of_enrolment(jobs: &Jobs, enrolment: &Enrolment) -> Result<(), JobError> {
    let Some(cloud) = &enrolment.cloud else { return Ok(()) };
    let Some(sms) = &cloud.sms else { return Ok(()) };
    send(jobs, sms, &cloud.token_key, enrolment.id, enrolment.expires_at).await
}

/// Of a new approval, if it has one.
pub(crate) async fn of_approval(jobs: &Jobs, challenge: &Challenge) -> Result<(), JobError> {
    let Some(approval) = &challenge.approval else { return Ok(()) };
    let Some(sms) = &approval.sms else { return Ok(()) };
    send(jobs, sms, &approval.token_key, challenge.id, challenge.expires_at).await
}

/// Sends the code of `id`, unless that was done or comes too late. A record that comes again sends nothing again.
async fn send(
    jobs: &Jobs,
    sms: &Sms,
    token_key: &str,
    id: impl Display,
    expires_at: Timestamp,
) -> Result<(), JobError> {
    let (app, id) = (&jobs.app, id.to_string());
    if app.now() >= expires_at {
        return Ok(());
    }
    let sent = Seen::new("sms", &id, expires_at);
    if app.store.get::<Seen>(sent.key(), app.now()).await?.is_some() {
        return Ok(());
    }
    let sealing = app.keys.sealing_with(token_key).await?;
    let code = ShortCode::derived(&sealing, Some(token_key), id.as_bytes()).map_err(JobError::unexpected)?;
    match app.push.text(&sms.phone, &sms.text.with_code(code.expose())).await {
        Ok(()) => Ok(app.store.write(Write::new().put_mark("sms", &sent)?).await?),
        Err(error @ PushError::Unavailable(_)) => Err(error.into()),
        Err(problem) => {
            tracing::error!(%problem, transaction = id, "an SMS is not sent; its code cannot be typed");
            Ok(())
        }
    }
}
