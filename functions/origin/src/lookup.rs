//! What several operations look up for their caller.

use countersign_domain::account::Account;
use countersign_domain::challenge::Challenge;
use countersign_domain::id::ChallengeId;
use countersign_domain::refused::Refused;
use countersign_domain::text::AccountId;
use countersign_lambda::origin::{Caller, OriginRead};
use countersign_lambda::{App, Call, Refusal};
use countersign_store::keys;
use countersign_store::user_partition::UserPartition;

/// A user of the caller's App Space, with devices.
pub(crate) async fn user<B>(app: &App, call: &Call<B>, account_id: &str) -> Result<UserPartition, Refusal> {
    let account_id = AccountId::parse("accountId", account_id.to_owned())?;
    let mut read = OriginRead::of(call)?;
    let account = read.add::<Account>(keys::account(read.tenant(), &account_id));
    let (_, mut found) = read.authenticate(app, call).await?;
    let account = found.take(account)?.ok_or(Refused::Unknown("user"))?;
    Ok(app.store.user_partition(account.value.user, app.now()).await?)
}

/// The caller, if it is the one that made the challenge: deliveries are nobody else's.
pub(crate) async fn asker<B>(app: &App, call: &Call<B>, id: ChallengeId) -> Result<Caller, Refusal> {
    let mut read = OriginRead::of(call)?;
    let slot = read.add::<Challenge>(keys::challenge(id));
    let (caller, mut found) = read.authenticate(app, call).await?;
    match found.take(slot)? {
        Some(challenge) if challenge.value.origin == Some(caller.origin.id) => Ok(caller),
        _ => Err(Refused::Unknown("request").into()),
    }
}
