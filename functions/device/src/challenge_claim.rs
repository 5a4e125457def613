//! `POST /device/v1/claims`: a device makes a claimable challenge its user's.

use countersign_crypto::token::Token;
use countersign_domain::refused::Refused;
use countersign_lambda::claiming::{self, Claimable};
use countersign_lambda::device::DeviceRead;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::entities::Claim;
use countersign_store::keys;
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
        let (user, device) = (&caller.user.value, caller.device.value.id);
        let (open, claimed) = match claiming::find(app, user, device, found.take(claim)?).await? {
            Some(Claimable::Own(challenge)) => return Ok(Reply::ok(ChallengeView::of(&challenge))),
            Some(Claimable::Open(open)) => {
                let claimed = claiming::claimed_by(app, user, &open)?;
                (open, claimed)
            }
            // Who claimed it and whether it lives is nobody else's business.
            Some(Claimable::Expired) | None => return Err(unknown().into()),
        };
        let write = claiming::claim(app, user, device, &open, &claimed)?;
        match app.store.write(write).await {
            Ok(()) => return Ok(Reply::ok(ChallengeView::of(&claimed))),
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refusal::Conflict)
}
