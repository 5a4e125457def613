//! `GET …/users/{user}`: a user with devices, history, and what they were asked of late.

use countersign_domain::role::Permission;
use countersign_lambda::admin::AdminRead;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};
use serde::Serialize;

use crate::challenge_view::ChallengeView;
use crate::found;
use crate::user_view::UserView;

#[derive(Serialize)]
pub(crate) struct Whole {
    #[serde(flatten)]
    user: UserView,
    /// The newest ones, newest first.
    challenges: Vec<ChallengeView>,
}

/// How many challenges are shown with their user.
const CHALLENGES: usize = 20;

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<Whole>, Refusal> {
    let (caller, _) = AdminRead::of(app, &call, Permission::ReadUsers)?.authenticate(app, &call).await?;
    let (now, id) = (app.now(), found::user_id(&call)?);
    let (user, partition) = found::user(app, caller.app_space()?.value.id, id).await?;
    let listed = app.store.challenge_ids_of(id, None, CHALLENGES).await?.items;
    let challenges = app.store.challenges(&listed, now).await?;
    let whole = caller.may(Permission::ReadChallenges);
    Ok(Reply::ok(Whole {
        user: UserView::of(&user.value, partition.devices.iter().map(|record| &record.value)),
        challenges: challenges
            .into_iter()
            .map(|record| ChallengeView::of(&record.value.at(now), whole))
            .collect(),
    }))
}
