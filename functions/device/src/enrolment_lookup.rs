//! `POST /device/v1/enrolments/lookup`: an app asks what a token would bind it to, without using the token up.

use countersign_crypto::token::Token;
use countersign_domain::enrolment::Enrolment;
use countersign_lambda::guesses::Guesses;
use countersign_lambda::refusal::Timestamp3339;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::{Read, keys};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
pub(crate) struct Body {
    token: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EnrolmentView {
    nonce: String,
    app_space_guid: String,
    app_space_name: String,
    privakey_id: String,
    account_id: String,
    expires_at: Timestamp3339,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<EnrolmentView>, Refusal> {
    let (enrolment, guesses) = find(app, &call, &call.body.token).await?;
    let Some(enrolment) = enrolment.filter(|enrolment| enrolment.is_open(app.now())) else {
        return Err(guesses.wrong(app, "enrolment").await?);
    };
    let app_space = app.app_space(enrolment.app_space).await?;
    Ok(Reply::ok(EnrolmentView {
        nonce: enrolment.nonce,
        app_space_guid: app_space.id.to_string(),
        app_space_name: app_space.name,
        privakey_id: enrolment.user.to_string(),
        account_id: enrolment.account_id.to_string(),
        expires_at: Timestamp3339(enrolment.expires_at),
    }))
}

/// The enrolment of a token, whatever its state; what has not the shape of a token has none.
async fn find(app: &App, call: &Call<Body>, token: &str) -> Result<(Option<Enrolment>, Guesses), Refusal> {
    let mut read = Read::new();
    let guesses = Guesses::of(call, &mut read);
    let token: Option<Token> = token.parse().ok();
    let slot = token.map(|token| read.add::<Enrolment>(keys::enrolment(&token.hash().to_string())));
    let mut found = app.store.read(read, app.now()).await?;
    guesses.check(app, &mut found)?;
    let enrolment = slot.map(|slot| found.take(slot)).transpose()?.flatten();
    Ok((enrolment.map(|record| record.value), guesses))
}
