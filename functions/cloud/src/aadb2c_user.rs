//! `GET /api/v1/aadb2c/users?objectId=`: a user whose name is a UUID, for Azure AD B2C. It takes nothing but 200 for an
//! answer, and no lists in it.

use countersign_domain::account::Account;
use countersign_domain::id::UserId;
use countersign_domain::username::Username;
use countersign_lambda::origin::OriginRead;
use countersign_lambda::refusal::internal;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::keys;
use serde::{Deserialize, Serialize};

use crate::user_lookup;
use crate::user_view::{self, UserFacts};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Query {
    object_id: String,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Found {
    User(Flat),
    Nobody {
        /// JSON of an empty list.
        authenticators: &'static str,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Flat {
    #[serde(flatten)]
    user: UserFacts,
    /// JSON of the list.
    authenticators: String,
}

pub(crate) async fn handle(app: &App, call: Call<Query>) -> Result<Reply<Found>, Refusal> {
    let nobody = Found::Nobody { authenticators: "[]" };
    // Not a UUID: no such user, which is no error here.
    let username = Username::parse("objectId", call.body.object_id.clone()).ok();
    let username = username.filter(|name| name.as_str().parse::<UserId>().is_ok());
    let mut read = OriginRead::of(&call)?;
    let slot = username.map(|name| read.add::<Account>(keys::account(read.tenant(), name.account_id())));
    let (caller, mut found) = read.authenticate(app, &call).await?;
    let Some(account) = slot.map(|slot| found.take(slot)).transpose()?.flatten() else {
        return Ok(Reply::ok(nobody));
    };
    let partition = app.store.user_partition(account.value.user, app.now()).await?;
    let user = partition.user.filter(|record| user_lookup::is_there(&caller, &record.value));
    let Some(user) = user else { return Ok(Reply::ok(nobody)) };
    let authenticators = serde_json::to_string(&user_view::authenticators(&partition.devices))
        .map_err(|_| internal("authenticators that have no JSON")())?;
    Ok(Reply::ok(Found::User(Flat { user: UserFacts::of(&user.value, &partition.devices), authenticators })))
}
