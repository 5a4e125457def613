//! `GET /api/idp/oauth2/verify`: an OAuth2 provider sends a user back.

use countersign_lambda::{App, Call, Refusal, Reply};

use crate::login_end::{self, Brought};

pub(crate) async fn handle(app: &App, call: Call<Brought>) -> Result<Reply<()>, Refusal> {
    login_end::end(app, &call, "oauth2").await
}
