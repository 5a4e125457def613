//! The table's stream, every record: what changed goes into the audit trail, to the Request Origin and to the device.

use aws_lambda_events::dynamodb::{Event, EventRecord};
use countersign_domain::delivery::{Delivery, Recipient, Subject};
use countersign_domain::event::EventKind;
use countersign_domain::id::AppSpaceId;
use countersign_domain::outbound_url::OutboundUrl;
use countersign_lambda::consent_view::ConsentView;
use countersign_lambda::processed_request::ProcessedRequest;
use countersign_store::stream::{Change, Changed};
use serde::Serialize;
use serde_json::Value;

use crate::audit::Scribe;
use crate::error::JobError;
use crate::{Jobs, bank_tell, delivery_record, push_register, push_send, sms_send, stream_batch};

/// Records are taken in order: a record that fails, and all after it, come again.
pub(crate) async fn handle(jobs: &Jobs, event: Event) -> Result<Value, JobError> {
    let mut scribe = Scribe::default();
    for record in &event.records {
        if let Err(error) = take(jobs, &mut scribe, record).await {
            let number = stream_batch::sequence_number(record);
            tracing::error!(%error, sequence_number = number, "a change is not recorded yet");
            return Ok(stream_batch::failed(&[number]));
        }
    }
    Ok(stream_batch::failed(&[]))
}

async fn take(jobs: &Jobs, scribe: &mut Scribe, record: &EventRecord) -> Result<(), JobError> {
    let change = Change::read(record)?;
    scribe.record(&jobs.app, &change).await?;
    match &change.what {
        Changed::Challenge(old, new) => {
            let Some(event) = EventKind::of_challenge(old.as_ref(), new) else { return Ok(()) };
            if event == EventKind::ChallengeCreated {
                push_send::notify(jobs, new).await?;
                sms_send::of_approval(jobs, new).await?;
            }
            if let (true, Some(callback), Some(origin)) = (event.is_outcome(), &new.callback, new.origin) {
                let ids = (new.app_space, Recipient::Origin(origin), Subject::Challenge(new.id));
                let body = ProcessedRequest::event(new, event);
                deliver(jobs, &change, ids, event, callback, &body).await?;
            }
            bank_tell::of_challenge(jobs, &change, new, event).await
        }
        Changed::Enrolment(None, new) => sms_send::of_enrolment(jobs, new).await,
        Changed::Device(old, new) => {
            push_register::follow(jobs, old.as_ref(), new).await?;
            bank_tell::of_device(jobs, &change, old.as_ref(), new).await
        }
        Changed::Consent(old, new) => {
            let Some(event) = EventKind::of_consent(old.as_ref(), new) else { return Ok(()) };
            if let (Some(callback), Some(origin)) = (&new.callback, new.origin) {
                let ids = (new.app_space, Recipient::Origin(origin), Subject::Consent(new.id));
                let body = ConsentView::event(new, event, change.at);
                deliver(jobs, &change, ids, event, callback, &body).await?;
            }
            bank_tell::of_consent(jobs, &change, old.as_ref(), new).await
        }
        _ => Ok(()),
    }
}

/// The delivery's id is the change's: recorded twice, it is one delivery.
async fn deliver(
    jobs: &Jobs,
    change: &Change,
    ids: (AppSpaceId, Recipient, Subject),
    event: EventKind,
    callback: &OutboundUrl,
    body: &impl Serialize,
) -> Result<(), JobError> {
    let body = serde_json::to_string(body).map_err(JobError::unexpected)?;
    let delivery = Delivery::new(change.id.clone(), ids, event, callback.clone(), body, jobs.app.now());
    delivery_record::record(&jobs.app, &delivery).await
}
