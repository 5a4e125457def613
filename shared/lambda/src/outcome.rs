//! The outcome of a challenge that a device has answered: our statement about it, and the one write that makes it so.

use countersign_crypto::answer::Answer as ClaimedAnswer;
use countersign_crypto::receipt::{self, Receipt};
use countersign_domain::answer::{DeclineReason, SignedAnswer};
use countersign_domain::challenge::{Answering, Challenge, ChallengeState};
use countersign_domain::id::{DeviceId, UserId};
use countersign_domain::user::User;
use countersign_store::{Record, Write, keys};

use crate::app::App;
use crate::refusal::{Refusal, internal};

/// Our own statement about the outcome, for whoever trusts us and not the device's key. Where nothing was signed there
/// is none.
pub async fn attest(app: &App, issuer: &str, decided: Challenge) -> Result<Challenge, Refusal> {
    let Some(evidence) = decided.evidence().cloned() else { return Ok(decided) };
    let (answer, decline_reason) = match &decided.state {
        ChallengeState::Answered { option, .. } => {
            (ClaimedAnswer::Button(u32::try_from(*option).unwrap_or(u32::MAX)), None)
        }
        ChallengeState::Declined { reason, .. } => (ClaimedAnswer::Decline, Some(reason.name().to_owned())),
        _ => return Ok(decided),
    };
    let unreadable = internal("an unreadable digest");
    let answered_at = decided.decided_at().unwrap_or(app.now());
    let claims = Receipt {
        iss: issuer.to_owned(),
        // One that the user's own app began is for every Request Origin of the App Space.
        aud: decided.origin.map_or_else(|| decided.app_space.to_string(), |origin| origin.to_string()),
        // One outcome, one receipt.
        jti: decided.id.to_string(),
        iat: answered_at.secs(),
        challenge: decided.id.to_string(),
        document_digest: decided.digest.parse().map_err(|_| unreadable())?,
        outcome: decided.state.name().to_owned(),
        answer,
        decline_reason,
        asked_at: decided.asked_at,
        answered_at,
        user: decided.user().map(|user| user.to_string()).unwrap_or_default(),
        device: evidence.device.to_string(),
        device_key_thumbprint: evidence.key_thumbprint.parse().map_err(|_| unreadable())?,
        device_signature: evidence.signed.text(),
    };
    let signing = app.keys.signing().await?;
    let issued =
        receipt::issue(&signing, &claims).map_err(|_| internal("a receipt that cannot be signed")())?;
    Ok(decided.attest(issued))
}

/// Takes an answer that wants no matching code: gives `open`, the challenge of `old`, with its outcome, and the one write
/// that makes it so. `issuer` attests to it.
pub async fn answer(
    app: &App,
    issuer: &str,
    user: &User,
    old: &Record<Challenge>,
    open: Challenge,
    signed: SignedAnswer,
) -> Result<(Challenge, Write), Refusal> {
    let device = signed.evidence.device;
    let Answering::Decided(decided) = open.answer(user.id, signed, app.now())? else {
        return Err(internal("an answer without a code that was counted as wrong")());
    };
    let decided = attest(app, issuer, decided).await?;
    let write = decide(app, user, old, &decided)?;
    let write = by_active_device(write, user.id, device)?;
    Ok((decided, write))
}

/// The outcome, in one transaction: the challenge; its copy in the inbox and its place among the user's limits go; the
/// user must still be active.
pub fn decide(
    app: &App,
    user: &User,
    old: &Record<Challenge>,
    decided: &Challenge,
) -> Result<Write, Refusal> {
    let now = app.now();
    let cool_down = matches!(decided.state, ChallengeState::Declined { reason: DeclineReason::NotMe, .. });
    let cool_down_until = cool_down.then(|| now + decided.cool_down);
    let write = Write::new()
        .replace_live("challenge", old, decided, now)?
        .out_of_inbox(user.id, decided)?
        .forget_pending(user, decided.id, cool_down_until)?;
    Ok(match decided.state {
        ChallengeState::Answered { .. } => write.user_succeeded(user.id, now)?,
        _ => write.user_failed(user.id, now)?,
    })
}

/// Adds that the device which answered must not be revoked.
pub fn by_active_device(write: Write, user: UserId, device: DeviceId) -> Result<Write, Refusal> {
    Ok(write.require_state("device", &keys::device(user, device), "active")?)
}
