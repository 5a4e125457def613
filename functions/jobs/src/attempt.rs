//! One attempt at a delivery: begun in the table, made, ended in the table.

use countersign_crypto::sealing::Owner;
use countersign_crypto::webhook::{WebhookSecret, sign_v1, sign_v1a, signature_header};
use countersign_domain::delivery::{AttemptResult, Delivery, DeliveryState, Subject};
use countersign_domain::request_origin::RequestOrigin;
use countersign_domain::time::Timestamp;
use countersign_store::guards::GoneEndpoint;
use countersign_store::{Read, Record, Write, keys};

use crate::Jobs;
use crate::error::JobError;
use crate::webhook::Message;

/// Makes an attempt if one is due and nobody else is at it.
pub(crate) async fn make(jobs: &Jobs, subject: Subject, id: &str) -> Result<(), JobError> {
    let (app, store) = (&jobs.app, &jobs.app.store);
    let began = app.now();
    let Some(delivery) = store.get::<Delivery>(keys::delivery(subject, id), began).await? else {
        return Ok(());
    };
    let Ok(begun) = delivery.try_map(|delivery| delivery.begin(began)) else { return Ok(()) };

    let mut read = Read::new();
    let url = begun.url.url().as_str();
    let origin = read.add::<RequestOrigin>(keys::request_origin(begun.origin));
    let gone = read.add::<GoneEndpoint>(keys::endpoint(begun.origin, url));
    let mut found = store.read(read, began).await?;
    let Some(origin) = found.take(origin)? else {
        return Err(JobError::unexpected("a delivery without a Request Origin"));
    };
    let is_gone = found.take(gone)?.is_some();

    match store.write(Write::new().replace("delivery", &delivery, &begun)?).await {
        Ok(()) => {}
        Err(error) if error.is_conflict() => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    let begun = Record { value: begun, version: delivery.version + 1 };
    let result = if is_gone {
        AttemptResult::KnownGone
    } else {
        let signature = sign(jobs, &origin.value, &begun.value, began).await?;
        let Delivery { id, url, body, .. } = &begun.value;
        jobs.webhooks()?.post(&Message { id, url, body, timestamp: began, signature: &signature }).await?
    };
    end(jobs, &begun, result, began).await
}

/// `v1` for those who share the secret, `v1a` for those who know the published key.
async fn sign(
    jobs: &Jobs,
    origin: &RequestOrigin,
    delivery: &Delivery,
    at: Timestamp,
) -> Result<String, JobError> {
    let id = origin.id.to_string();
    let owner = Owner::new("request-origin", &id, "webhook-secret");
    let secret = jobs.app.keys.open(&origin.webhook_secret, &owner).await.map_err(JobError::unexpected)?;
    let secret: WebhookSecret = secret.expose().parse().map_err(JobError::unexpected)?;
    let signing = jobs.app.keys.signing().await?;
    let (id, body) = (&delivery.id, delivery.body.as_bytes());
    let v1a = sign_v1a(signing.current_ed25519(), id, at, body).map_err(JobError::unexpected)?;
    Ok(signature_header(&[sign_v1(&secret, id, at, body), v1a]))
}

async fn end(
    jobs: &Jobs,
    begun: &Record<Delivery>,
    result: AttemptResult,
    began: Timestamp,
) -> Result<(), JobError> {
    let now = jobs.app.now();
    tracing::info!(delivery = begun.value.id, ?result, "a delivery was attempted");
    let ended = begun.try_map(|delivery| delivery.finish(result, began, now, jobs.app.random()));
    let ended = ended.map_err(JobError::unexpected)?;
    let mut write = Write::new().replace("delivery", begun, &ended)?;
    if matches!(ended.state, DeliveryState::Gone { .. }) {
        let Delivery { origin, url, .. } = &ended;
        let endpoint = GoneEndpoint { origin: *origin, url: url.url().as_str().to_owned(), at: now };
        write = write.put_mark("endpoint", &endpoint)?;
    }
    match jobs.app.store.write(write).await {
        // A replay came in between: then it is due again, and the receiver knows the id.
        Err(error) if !error.is_conflict() => Err(error.into()),
        _ => Ok(()),
    }
}
