//! One attempt at a delivery: begun in the table, made, ended in the table.

use countersign_domain::delivery::{AttemptResult, Delivery, Recipient, Subject};
use countersign_domain::time::Timestamp;
use countersign_store::{Record, Write, keys};

use crate::Jobs;
use crate::attempt_bank::BankAttempt;
use crate::attempt_webhook::WebhookAttempt;
use crate::error::JobError;

/// What an attempt is, by who gets the delivery; with all that it needs.
enum Way {
    Webhook(WebhookAttempt),
    Bank(Box<BankAttempt>),
}

/// Makes an attempt if one is due and nobody else is at it.
pub(crate) async fn make(jobs: &Jobs, subject: Subject, id: &str) -> Result<(), JobError> {
    let (app, store) = (&jobs.app, &jobs.app.store);
    let began = app.now();
    let Some(delivery) = store.get::<Delivery>(keys::delivery(subject, id), began).await? else {
        return Ok(());
    };
    let Ok(begun) = delivery.try_map(|delivery| delivery.begin(began)) else { return Ok(()) };
    let way = match begun.recipient {
        Recipient::Origin(origin) => Way::Webhook(WebhookAttempt::read(jobs, &begun, origin).await?),
        Recipient::Bank { user, .. } => Way::Bank(Box::new(BankAttempt::read(jobs, &begun, user).await?)),
    };

    match store.write(Write::new().replace("delivery", &delivery, &begun)?).await {
        Ok(()) => {}
        Err(error) if error.is_conflict() => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    let begun = Record { value: begun, version: delivery.version + 1 };
    let result = match &way {
        Way::Webhook(webhook) => webhook.make(jobs, &begun.value, began).await?,
        Way::Bank(bank) => bank.make(jobs, &begun.value).await?,
    };
    end(jobs, &begun, &way, result, began).await
}

async fn end(
    jobs: &Jobs,
    begun: &Record<Delivery>,
    way: &Way,
    result: AttemptResult,
    began: Timestamp,
) -> Result<(), JobError> {
    let now = jobs.app.now();
    tracing::info!(delivery = begun.value.id, ?result, "a delivery was attempted");
    let ended = begun.try_map(|delivery| delivery.finish(result, began, now, jobs.app.random()));
    let ended = ended.map_err(JobError::unexpected)?;
    let write = Write::new().replace("delivery", begun, &ended)?;
    let write = match way {
        Way::Webhook(webhook) => webhook.end(write, &ended, now)?,
        Way::Bank(bank) => bank.end(write, &ended)?,
    };
    match jobs.app.store.write(write).await {
        // A replay came in between: then it is due again, and the receiver knows the id.
        Err(error) if !error.is_conflict() => Err(error.into()),
        _ => Ok(()),
    }
}
