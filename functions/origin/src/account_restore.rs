//! `PATCH /api/account/restore`: a suspended user may act again.

use countersign_domain::user::User;
use countersign_lambda::{App, Call, Refusal, Reply};

use crate::account_change::{Body, change_state};
use crate::account_view::AccountView;

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<AccountView>, Refusal> {
    change_state(app, call, User::restore).await
}
