//! `GET /device/v1/challenges`: what a device's user is asked right now.

use countersign_lambda::device::Proof;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};
use serde::Serialize;

use crate::challenge_view::ChallengeView;

#[derive(Serialize)]
pub(crate) struct Inbox {
    challenges: Vec<ChallengeView>,
}

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<Inbox>, Refusal> {
    let proof = Proof::of(&call)?;
    let partition = app.store.user_partition(proof.user, app.now()).await?;
    let device = partition.devices.into_iter().find(|record| record.value.id == proof.device);
    proof.verify(app, &call, partition.user, device)?.of_active_user()?;
    // Those whose time is over stay in the inbox for a moment, for others.
    let open = partition.inbox.into_iter().map(|entry| entry.challenge);
    let open = open.filter(|open| open.expires_at > app.now() && open.is_for(proof.device));
    Ok(Reply::ok(Inbox { challenges: open.map(|open| ChallengeView::of(&open)).collect() }))
}
