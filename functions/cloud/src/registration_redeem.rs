//! `POST /_app/token/redeem/registration`: an app fetches the registration that a link, QR code or push led it to.

use countersign_lambda::{App, Call, Refusal, Reply};
use serde::Deserialize;

use crate::registering::redeem;
use crate::uaf::messages::ReturnRequest;

#[derive(Deserialize)]
pub(crate) struct Body {
    token: String,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<ReturnRequest>, Refusal> {
    Ok(Reply::ok(redeem(app, &call, &call.body.token).await?))
}
