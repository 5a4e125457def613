//! `GET /api/idp/oidc/verify`: an OpenID Connect provider sends a user back.

use countersign_lambda::{App, Call, Refusal, Reply};

use crate::login_end::{self, Brought};

pub(crate) async fn handle(app: &App, call: Call<Brought>) -> Result<Reply<()>, Refusal> {
    login_end::end(app, &call, "oidc").await
}
