//! `POST /api/request/webauthn/finishAuthentication`: a Request Origin hands in what its user's browser answered.

use countersign_domain::account::Account;
use countersign_domain::refused::Refused;
use countersign_domain::text::AccountId;
use countersign_lambda::origin::{OriginRead, ROUNDS, Written};
use countersign_lambda::web_authn::Claimed;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::keys;
use countersign_webauthn::AuthenticationResponse;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::answering::{Slots, try_again};
use crate::credential;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    account_id: String,
    credential: Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Finished {
    request_guid: String,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<Finished>, Refusal> {
    let account_id = AccountId::parse("accountId", call.body.account_id.clone())?;
    let credential = credential::object(&call.body.credential)?;
    let response = AuthenticationResponse::parse(&credential).map_err(credential::malformed)?;
    let claimed = response.claimed_challenge().and_then(|challenge| Claimed::of(&challenge));
    let base_url = call.base_url(&app.settings);
    for _ in 0..ROUNDS {
        let mut read = OriginRead::of(&call)?;
        let account = read.add::<Account>(keys::account(read.tenant(), &account_id));
        let slots = claimed.map(|claimed| (claimed, Slots::of(read.beside(), claimed, &response)));
        let (caller, mut found) = read.authenticate(app, &call).await?;
        let account = found.take(account)?.ok_or(Refused::Unknown("user"))?.value;
        // What another Request Origin asked, or another user, is as good as nothing.
        let answering = slots.map(|(claimed, slots)| slots.take(&mut found, claimed)).transpose()?.flatten();
        let answering = answering.filter(|answering| {
            let challenge = answering.challenge();
            challenge.origin == Some(caller.origin.id) && challenge.user() == Some(account.user)
        });
        let answering = answering.ok_or(Refused::Unknown("request"))?;
        let (write, decided) = answering.decide(app, &base_url, &response).await?;
        match caller.write(app, write).await {
            Ok(()) => return Ok(Reply::ok(Finished { request_guid: decided.id.to_string() })),
            Err(Written::Conflict(error)) => try_again(error)?,
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}
