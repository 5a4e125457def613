//! What several operations look up for their caller.

use countersign_domain::account::Account;
use countersign_domain::challenge::Challenge;
use countersign_domain::consent::Consent;
use countersign_domain::delivery::{Delivery, Recipient, Subject};
use countersign_domain::id::{ConsentId, RequestOriginId};
use countersign_domain::refused::Refused;
use countersign_domain::text::AccountId;
use countersign_lambda::origin::{Caller, OriginRead};
use countersign_lambda::{App, Call, Refusal};
use countersign_store::entities::ConsentOwner;
use countersign_store::user_partition::UserPartition;
use countersign_store::{Record, keys};

/// A user of the caller's App Space, with devices.
pub(crate) async fn user<B>(app: &App, call: &Call<B>, account_id: &str) -> Result<UserPartition, Refusal> {
    let account_id = AccountId::parse("accountId", account_id.to_owned())?;
    let mut read = OriginRead::of(call)?;
    let account = read.add::<Account>(keys::account(read.tenant(), &account_id));
    let (_, mut found) = read.authenticate(app, call).await?;
    let account = found.take(account)?.ok_or(Refused::Unknown("user"))?;
    Ok(app.store.user_partition(account.value.user, app.now()).await?)
}

/// A consent of the caller's App Space.
pub(crate) async fn consent<B>(
    app: &App,
    call: &Call<B>,
    id: ConsentId,
) -> Result<(Caller, Record<Consent>), Refusal> {
    let mut read = OriginRead::of(call)?;
    let slot = read.add::<ConsentOwner>(keys::consent_owner(id));
    let (caller, mut found) = read.authenticate(app, call).await?;
    let owner = found.take(slot)?.filter(|record| record.value.app_space == caller.app_space.id);
    let owner = owner.ok_or(Refused::Unknown("consent"))?.value;
    let consent = app.store.get::<Consent>(keys::consent(owner.user, id), app.now()).await?;
    Ok((caller, consent.ok_or(Refused::Unknown("consent"))?))
}

/// The caller, if it is the one that made what webhooks are about: deliveries are nobody else's.
pub(crate) async fn asker<B>(app: &App, call: &Call<B>, subject: Subject) -> Result<Caller, Refusal> {
    let mut read = OriginRead::of(call)?;
    match subject {
        Subject::Challenge(id) => {
            let slot = read.add::<Challenge>(keys::challenge(id));
            let (caller, mut found) = read.authenticate(app, call).await?;
            let origin = found.take(slot)?.and_then(|record| record.value.origin);
            its_own(caller, origin).ok_or(Refused::Unknown("request"))
        }
        Subject::Consent(id) => {
            let slot = read.add::<ConsentOwner>(keys::consent_owner(id));
            let (caller, mut found) = read.authenticate(app, call).await?;
            let origin = found.take(slot)?.and_then(|record| record.value.origin);
            its_own(caller, origin).ok_or(Refused::Unknown("consent"))
        }
        // What is sent about devices is for banks.
        Subject::Device(_) => Err(Refused::Unknown("device")),
    }
    .map_err(Refusal::from)
}

/// The webhooks about `subject`; what a bank is told is not among them.
pub(crate) async fn webhooks(app: &App, subject: Subject) -> Result<Vec<Record<Delivery>>, Refusal> {
    let mut deliveries = app.store.deliveries(subject).await?;
    deliveries.retain(|record| matches!(record.value.recipient, Recipient::Origin(_)));
    Ok(deliveries)
}

fn its_own(caller: Caller, origin: Option<RequestOriginId>) -> Option<Caller> {
    (origin == Some(caller.origin.id)).then_some(caller)
}
