//! A claimable challenge becomes that of the user who scanned its code, whichever API the app speaks.

use countersign_domain::challenge::Challenge;
use countersign_domain::id::DeviceId;
use countersign_domain::refused::Refused;
use countersign_domain::user::User;
use countersign_store::entities::Claim;
use countersign_store::{Record, Write, keys};

use crate::app::App;
use crate::outcome;
use crate::refusal::Refusal;

/// What a claim token led to.
#[derive(Debug)]
pub enum Claimable {
    /// Open: whoever comes first.
    Open(Record<Challenge>),
    /// The user's own already: the app did not hear of it.
    Own(Challenge),
    /// Nobody claimed it in time.
    Expired,
}

/// Finds what `claim` is for, as `user` may know it. Of somebody else's there is none.
pub async fn find(
    app: &App,
    user: &User,
    device: DeviceId,
    claim: Option<Record<Claim>>,
) -> Result<Option<Claimable>, Refusal> {
    let claim = claim.filter(|claim| claim.value.device.is_none_or(|only| only == device));
    let Some(claim) = claim else { return Ok(None) };
    let challenge = app.store.get::<Challenge>(keys::challenge(claim.value.challenge), app.now()).await?;
    let Some(challenge) = challenge.filter(|record| record.value.app_space == user.app_space) else {
        return Ok(None);
    };
    let now = challenge.value.clone().at(app.now());
    Ok(match now.user() {
        Some(owner) if owner == user.id => Some(Claimable::Own(now)),
        Some(_) => None,
        None if now.state.is_open() => Some(Claimable::Open(challenge)),
        None if now.state.name() == "expired" => Some(Claimable::Expired),
        None => None,
    })
}

/// The challenge is the user's from now on, and waits for the answer. The token stays until it expires, so that the same
/// device may ask again; it claims nothing more.
pub fn claim(
    app: &App,
    user: &User,
    device: DeviceId,
    open: &Record<Challenge>,
    claimed: &Challenge,
) -> Result<Write, Refusal> {
    let write = Write::new()
        .replace_live("challenge", open, claimed, app.now())?
        .into_inbox(user.id, claimed, open.version + 1)?
        .user_acted(user.id, app.now())?;
    outcome::by_active_device(write, user.id, device)
}

/// The challenge as `user`'s.
pub fn claimed_by(app: &App, user: &User, open: &Record<Challenge>) -> Result<Challenge, Refused> {
    open.try_map(|open| open.claim(user.id, user.account_id.clone(), app.now()))
}
