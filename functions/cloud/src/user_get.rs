//! `GET /api/v1/users/{userId}`: a user with authenticators.

use countersign_lambda::origin::OriginRead;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};

use crate::user_lookup;
use crate::user_view::UserView;

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<UserView>, Refusal> {
    let id = user_lookup::id_of(&call)?;
    let (caller, _) = OriginRead::of(&call)?.authenticate(app, &call).await?;
    let (user, partition) = user_lookup::partition(app, &caller, id).await?;
    Ok(Reply::ok(UserView::of(&user.value, &partition.devices)))
}
