//! `POST /device/v1/claims`: a device makes a claimable challenge its user's.

use countersign_crypto::token::Token;
use countersign_domain::challenge::Challenge;
use countersign_domain::refused::Refused;
use countersign_lambda::device::DeviceRead;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::entities::Claim;
use countersign_store::{Write, keys};
use serde::Deserialize;

use crate::challenge_view::ChallengeView;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    claim_token: String,
}

/// How often the challenge is read again after somebody was faster.
const ROUNDS: usize = 3;

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<ChallengeView>, Refusal> {
    let unknown = || Refused::Unknown("challenge");
    let token: Token = call.body.claim_token.parse().map_err(|_| unknown())?;
    for _ in 0..ROUNDS {
        let mut read = DeviceRead::of(&call)?;
        let claim = read.add::<Claim>(keys::claim(&token.hash().to_string()));
        let (caller, mut found) = read.authenticate(app, &call).await?;
        let caller = caller.of_active_user()?;
        let user = &caller.user.value;
        let claim = found.take(claim)?.ok_or_else(unknown)?;
        let challenge = app.store.get::<Challenge>(keys::challenge(claim.value.challenge), app.now()).await?;
        let challenge =
            challenge.filter(|record| record.value.app_space == user.app_space).ok_or_else(unknown)?;
        if challenge.value.user() == Some(user.id) {
            // Its own user's already: the device did not hear of it.
            return Ok(Reply::ok(ChallengeView::of(&challenge.value.at(app.now()))));
        }
        let claimed = challenge.try_map(|open| open.claim(user.id, user.account_id.clone(), app.now()))?;
        // The token stays until it expires, so that the same device may ask again; it claims nothing more.
        let write = Write::new()
            .replace_live("challenge", &challenge, &claimed, app.now())?
            .into_inbox(user.id, &claimed, challenge.version + 1)?
            .user_acted(user.id, app.now())?;
        match app.store.write(write).await {
            Ok(()) => return Ok(Reply::ok(ChallengeView::of(&claimed))),
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refusal::Conflict)
}
