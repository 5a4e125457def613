//! `GET /_app/token/dispatch/pending/`: what waits for an app, whether a push came or not.

use countersign_domain::challenge::Challenge;
use countersign_domain::channel::Channel;
use countersign_domain::device::{Device, DeviceState};
use countersign_domain::id::DeviceId;
use countersign_lambda::device::Proof;
use countersign_lambda::dispatch::{self, Dispatched, NmaData};
use countersign_lambda::refusal::Timestamp3339;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};
use serde::Serialize;

#[derive(Serialize)]
pub(crate) struct Pending {
    operations: Vec<Operation>,
}

/// Something that waits.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Operation {
    transaction_id: String,
    operation: &'static str,
    #[serde(rename = "nma_data", skip_serializing_if = "Option::is_none")]
    nma_data: Option<NmaData>,
    created_at: Timestamp3339,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp3339>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notification_message: Option<String>,
}

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<Pending>, Refusal> {
    let proof = Proof::of_target(&call)?;
    let partition = app.store.user_partition(proof.user, app.now()).await?;
    let device = partition.devices.into_iter().find(|record| record.value.id == proof.device);
    let caller = proof.verify_even_revoked(app, &call, partition.user, device)?;
    let device = &caller.device.value;
    if let Some(deregistration) = Operation::deregistration(device) {
        return Ok(Reply::ok(Pending { operations: vec![deregistration] }));
    }
    caller.user.value.active().map_err(|_| Refusal::UserNotActive)?;
    let base_url = call.base_url(&app.settings);
    let mut operations = Vec::new();
    // Those whose time is over stay in the inbox for a moment, for others.
    let inbox = partition.inbox.into_iter().map(|entry| entry.challenge);
    for open in inbox.filter(|open| open.expires_at > app.now()) {
        operations.extend(Operation::authentication(app, &base_url, device.id, open).await?);
    }
    Ok(Reply::ok(Pending { operations }))
}

impl Operation {
    /// Of a revoked device nothing else is wanted. It redeems no token: it asks for the request by its signature.
    fn deregistration(device: &Device) -> Option<Self> {
        let DeviceState::Revoked { at, .. } = device.state else { return None };
        Some(Self {
            transaction_id: device.id.to_string(),
            operation: "deregistration",
            nma_data: None,
            created_at: Timestamp3339(at),
            expires_at: None,
            message: None,
            notification_message: None,
        })
    }

    /// Of an approval that `device` may answer; its token is the one that a push to the device has.
    async fn authentication(
        app: &App,
        base_url: &str,
        device: DeviceId,
        open: Challenge,
    ) -> Result<Option<Self>, Refusal> {
        let by_app = |channel| matches!(channel, Channel::App | Channel::Push);
        let approval = open.approval.filter(|approval| by_app(approval.channel) && approval.is_for(device));
        let Some(approval) = approval else { return Ok(None) };
        let token = dispatch::challenge_token(app, &approval.token_key, open.id, Some(device)).await?;
        let notification = open.notification;
        Ok(Some(Self {
            transaction_id: open.id.to_string(),
            operation: "authentication",
            nma_data: Some(NmaData::new(base_url, Dispatched::Authentication, &token, open.id)),
            created_at: Timestamp3339(open.asked_at),
            expires_at: Some(Timestamp3339(open.expires_at)),
            message: approval.message,
            notification_message: notification.show.then_some(notification.body),
        }))
    }
}
