//! `GET /device/v1/challenges/{challenge}`: one challenge of the device's user, decided ones too.

use countersign_domain::challenge::Challenge;
use countersign_domain::id::ChallengeId;
use countersign_domain::refused::Refused;
use countersign_lambda::device::{DeviceCaller, DeviceRead};
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};
use countersign_store::entities::Telemetry;
use countersign_store::{Write, keys};

use crate::challenge_view::ChallengeView;

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<ChallengeView>, Refusal> {
    let id: ChallengeId = call.path("challenge").parse().map_err(|_| Refused::Unknown("challenge"))?;
    let mut read = DeviceRead::of(&call)?;
    let slot = read.add::<Challenge>(keys::challenge(id));
    let (caller, mut found) = read.authenticate(app, &call).await?;
    let caller = caller.of_active_user()?;
    let challenge = found.take(slot)?.filter(|record| record.value.user() == Some(caller.user.value.id));
    let challenge = challenge.ok_or(Refused::Unknown("challenge"))?.value.at(app.now());
    note_fetched(app, &caller, id).await;
    Ok(Reply::ok(ChallengeView::of(&challenge)))
}

/// Noted at each fetch. That it could not be noted keeps nobody from answering.
async fn note_fetched(app: &App, caller: &DeviceCaller, challenge: ChallengeId) {
    let device = &caller.device.value;
    let fetched = Telemetry {
        id: format!("fetched#{challenge}"),
        app_space: device.app_space,
        device: device.id,
        user: device.user,
        challenge: Some(challenge),
        event: "REQUEST_FETCHED".into(),
        at: app.now(),
        happened_at: None,
        duration_millis: None,
        detail: None,
    };
    let noted = match Write::new().insert("telemetry", &fetched) {
        Ok(write) => app.store.write(write).await,
        Err(error) => Err(error),
    };
    // Fetched twice in one millisecond is fetched.
    if let Err(error) = noted
        && !error.is_conflict()
    {
        tracing::warn!(%error, "REQUEST_FETCHED is not noted");
    }
}
