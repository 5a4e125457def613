//! A bank's action is over: whoever was asked by it need not answer any more.

use countersign_domain::challenge::Challenge;
use countersign_domain::id::ChallengeId;
use countersign_store::bank::BankAction;
use countersign_store::{Store, StoreError, Write, keys};

use crate::app::App;
use crate::origin::ROUNDS;

/// Takes back what is open of `action`. Its challenges one by one, because they have one user, whose item can change but
/// once in a write.
pub async fn close(app: &App, action: &BankAction) -> Result<(), StoreError> {
    for challenge in &action.challenges {
        cancel(app, &app.store, *challenge).await?;
    }
    Ok(())
}

async fn cancel(app: &App, store: &Store, id: ChallengeId) -> Result<(), StoreError> {
    for _ in 0..ROUNDS {
        let now = app.now();
        let Some(challenge) = store.get::<Challenge>(keys::challenge(id), now).await? else { return Ok(()) };
        // Decided, or over: that is its outcome.
        let Ok(cancelled) = challenge.try_map(|challenge| challenge.cancel(now)) else { return Ok(()) };
        let write = Write::new().replace_live("challenge", &challenge, &cancelled, now)?;
        let write = store.release(write, &challenge.value, &cancelled, now).await?;
        match store.write(write).await {
            Err(error) if error.is_conflict() => {}
            done => return done,
        }
    }
    Err(StoreError::Conflict(vec!["challenge"]))
}
