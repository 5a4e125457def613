//! An attempt at a webhook: signed with what the Request Origin knows and with what is published.

use countersign_crypto::sealing::Owner;
use countersign_crypto::webhook::{WebhookSecret, sign_v1, sign_v1a, signature_header};
use countersign_domain::delivery::{AttemptResult, Delivery, DeliveryState};
use countersign_domain::id::RequestOriginId;
use countersign_domain::request_origin::RequestOrigin;
use countersign_domain::time::Timestamp;
use countersign_store::guards::GoneEndpoint;
use countersign_store::{Read, Write, keys};

use crate::Jobs;
use crate::error::JobError;
use crate::webhook::Message;

/// What the attempt needs to know.
pub(crate) enum WebhookAttempt {
    /// There is somebody to deliver for.
    For {
        /// Who asked.
        origin: RequestOrigin,
        /// Whether its receiver answered 410 before.
        is_gone: bool,
    },
    /// The Request Origin was removed, and its secrets with it.
    ForNobody,
}

impl WebhookAttempt {
    /// Reads it.
    pub(crate) async fn read(
        jobs: &Jobs,
        delivery: &Delivery,
        origin: RequestOriginId,
    ) -> Result<Self, JobError> {
        let mut read = Read::new();
        let slot = read.add::<RequestOrigin>(keys::request_origin(origin));
        let gone = read.add::<GoneEndpoint>(keys::endpoint(origin, delivery.url.url().as_str()));
        let mut found = jobs.app.store.read(read, jobs.app.now()).await?;
        Ok(match found.take(slot)? {
            Some(origin) => Self::For { origin: origin.value, is_gone: found.take(gone)?.is_some() },
            None => Self::ForNobody,
        })
    }

    /// Posts it, unless its receiver wants no more.
    pub(crate) async fn make(
        &self,
        jobs: &Jobs,
        delivery: &Delivery,
        began: Timestamp,
    ) -> Result<AttemptResult, JobError> {
        let Self::For { origin, is_gone: false } = self else { return Ok(AttemptResult::KnownGone) };
        let signature = sign(jobs, origin, delivery, began).await?;
        let Delivery { id, url, body, .. } = delivery;
        jobs.webhooks()?.post(&Message { id, url, body, timestamp: began, signature: &signature }).await
    }

    /// Adds what follows from the outcome: after a 410 the callback is not called again.
    pub(crate) fn end(&self, write: Write, ended: &Delivery, now: Timestamp) -> Result<Write, JobError> {
        match self {
            Self::For { origin, .. } if matches!(ended.state, DeliveryState::Gone { .. }) => {
                let url = ended.url.url().as_str().to_owned();
                Ok(write.put_mark("endpoint", &GoneEndpoint { origin: origin.id, url, at: now })?)
            }
            _ => Ok(write),
        }
    }
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
