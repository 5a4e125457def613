//! `PATCH /api/account/update`: a user gets another account id or other user info.

use countersign_domain::invalid::Invalid;
use countersign_domain::text::AccountId;
use countersign_domain::user::UserInfo;
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::Deserialize;

use crate::account_change::change;
use crate::account_view::AccountView;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    account_id: String,
    new_account_id: Option<String>,
    new_user_info: Option<String>,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<AccountView>, Refusal> {
    let account_id = call.body.account_id.clone();
    match (call.body.new_account_id.clone(), call.body.new_user_info.clone()) {
        (Some(id), None) => {
            let id = AccountId::parse("newAccountId", id)?;
            change(app, &call, account_id, |user, by, now| Ok(user.rename(id.clone(), by, now)?)).await
        }
        (None, Some(info)) => {
            let info = UserInfo::parse("newUserInfo", info)?;
            change(app, &call, account_id, |user, by, now| Ok(user.set_info(Some(info.clone()), by, now)?))
                .await
        }
        _ => Err(Invalid::new("newAccountId", "or newUserInfo must be given, and only one of them").into()),
    }
}
