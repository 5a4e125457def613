//! `POST /_app/token/redeem/authentication`: an app fetches the approval that a link, QR code or push led it to.

use countersign_crypto::dispatch_token::DispatchToken;
use countersign_domain::approval::Approval;
use countersign_domain::challenge::{Challenge, ChallengeState};
use countersign_domain::cloud_settings::CloudSettings;
use countersign_domain::device::{Device, DeviceKind};
use countersign_domain::refused::Refused;
use countersign_domain::user::User;
use countersign_lambda::guesses::Guesses;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::entities::Claim;
use countersign_store::{Read, Write, keys};
use serde::Deserialize;

use crate::uaf::application::Application;
use crate::uaf::ask;
use crate::uaf::messages::ReturnRequest;

#[derive(Deserialize)]
pub(crate) struct Body {
    token: String,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<ReturnRequest>, Refusal> {
    let now = app.now();
    let mut read = Read::new();
    let guesses = Guesses::of(&call, &mut read);
    let token = call.body.token.parse::<DispatchToken>().ok();
    let slot = token.map(|token| read.add::<Claim>(keys::claim(&token.hash().to_string())));
    let mut found = app.store.read(read, now).await?;
    guesses.check(app, &mut found)?;
    let claim = slot.map(|slot| found.take(slot)).transpose()?.flatten();
    let Some(claim) = claim.filter(|claim| now < claim.value.expires_at) else {
        return Err(guesses.wrong(app, "token").await?);
    };
    let unknown = || Refused::Unknown("token");
    let challenge = app.store.get::<Challenge>(keys::challenge(claim.value.challenge), now).await?;
    let challenge =
        challenge.map(|record| record.value.at(now)).filter(|challenge| challenge.state.is_open());
    let challenge = challenge.ok_or_else(unknown)?;
    let approval = challenge.approval.as_ref().ok_or_else(unknown)?;
    let tenant = challenge.app_space.tenant();
    let settings = app.store.get::<CloudSettings>(keys::cloud_settings(tenant), now).await?;
    let application =
        Application::of(&call.base_url(&app.settings), settings.map(|settings| settings.value))?;
    let devices = devices(app, &challenge, approval, &claim.value).await?;
    let devices: Vec<_> = devices.iter().collect();
    let request = ask::authentication(app, &application, &challenge, &devices).await?;
    // Gone: a token redeems once.
    match app.store.write(Write::new().remove("claim", &claim)?).await {
        Ok(()) => Ok(Reply::ok(request)),
        Err(error) if error.is_conflict() => Err(unknown().into()),
        Err(error) => Err(error.into()),
    }
}

/// The devices that may answer. There is at least one, unless whoever has a key may.
async fn devices(
    app: &App,
    challenge: &Challenge,
    approval: &Approval,
    claim: &Claim,
) -> Result<Vec<Device>, Refusal> {
    let ChallengeState::Pending { user, .. } = challenge.state else { return Ok(Vec::new()) };
    let partition = app.store.user_partition(user, app.now()).await?;
    let may_act = |user: &User| user.active().is_ok();
    if !partition.user.is_some_and(|user| may_act(&user.value)) {
        return Err(Refusal::UserNotActive);
    }
    let devices = partition.devices.into_iter().map(|record| record.value).filter(|device| {
        let meant = claim.device.is_none_or(|only| only == device.id) && approval.is_for(device.id);
        meant && device.is_active() && matches!(device.kind, DeviceKind::Uaf { .. })
    });
    let devices: Vec<_> = devices.collect();
    if devices.is_empty() { Err(Refused::Unknown("token").into()) } else { Ok(devices) }
}
