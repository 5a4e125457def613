//! A consent is recorded, by a Request Origin or by a bank.

use countersign_domain::consent::{CONSENTS_MAX, Consent};
use countersign_domain::id::UserId;
use countersign_domain::refused::Refused;
use countersign_domain::text::AccountId;
use countersign_store::entities::ConsentOwner;
use countersign_store::{StoreError, Write, keys};

use crate::app::App;
use crate::refusal::Refusal;

/// Refuses one more for a user who has as many in force as a user may have: a list without an end could not be shown. Of
/// several that are recorded at once a few more may get through.
pub async fn demand_room(app: &App, user: UserId) -> Result<(), Refusal> {
    let now = app.now();
    let consents = app.store.consents(user, now).await?;
    if consents.iter().filter(|record| record.value.is_active(now)).count() < CONSENTS_MAX {
        return Ok(());
    }
    let state = "one who has as many consents as a user may have";
    Err(Refused::WrongState { what: "user", state }.into())
}

/// The write that records `consent` of the user who is called `account_id` now, and must still be active.
pub fn record(consent: &Consent, account_id: &AccountId) -> Result<Write, StoreError> {
    let account = keys::account(consent.app_space.tenant(), account_id);
    let write = Write::new().insert("consent", consent)?.insert("owner", &ConsentOwner::of(consent))?;
    write.require_state("account", &account, "active")
}
