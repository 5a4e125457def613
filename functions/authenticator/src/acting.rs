//! An app scanned an action's code: user and action meet.

use countersign_crypto::token::Token;
use countersign_domain::answer::Answer;
use countersign_domain::challenge::{Action, Challenge};
use countersign_domain::refused::Refused;
use countersign_lambda::claiming::{self, Claimable};
use countersign_lambda::connection::{Connection, Said};
use countersign_lambda::refusal::AuthenticatorRefusal;
use countersign_lambda::{App, Refusal, outcome, vouching};
use countersign_store::entities::Claim;
use countersign_store::keys;

/// The challenge that `action` claims becomes the user's; where there is nothing more to confirm, this call is the yes.
/// Nothing if somebody else was faster.
pub(crate) async fn act(
    app: &App,
    issuer: &str,
    connection: &Connection,
    action: &str,
    said: Said,
) -> Result<Option<Challenge>, Refusal> {
    let unknown = || Refused::Unknown("action");
    let (user, device) = (&connection.user.value, connection.device_id());
    let token: Token = action.parse().map_err(|_| unknown())?;
    let claim = app.store.get::<Claim>(keys::claim(&token.hash().to_string()), app.now()).await?;
    let open = match claiming::find(app, user, device, claim).await?.ok_or_else(unknown)? {
        Claimable::Open(open) => open,
        Claimable::Own(own) if own.is_for_authenticator(device) => return Ok(Some(own)),
        Claimable::Own(_) => return Err(unknown().into()),
        Claimable::Expired => return Err(AuthenticatorRefusal::ActionExpired.into()),
    };
    let claimed = Challenge { followed: true, ..claiming::claimed_by(app, user, &open)? };
    // One that this app could not show stays for one that can.
    if !claimed.is_for_authenticator(device) {
        return Err(unknown().into());
    }
    let (done, write) = if is_answered_by_claim(&claimed) {
        vouching::demand(app, user, connection.tokens.clone()).await?;
        let signed = connection.answer(Answer::Option(0), said)?;
        outcome::answer(app, issuer, user, &open, claimed, signed).await?
    } else {
        let write = claiming::claim(app, user, device, &open, &claimed)?;
        (claimed, write)
    };
    match app.store.write(write).await {
        Ok(()) => Ok(Some(done)),
        Err(error) if error.is_conflict() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Whether there is nothing left to confirm.
pub(crate) fn is_answered_by_claim(challenge: &Challenge) -> bool {
    matches!(challenge.action, Some(Action { answered_by_claim: true, .. }))
}
