//! `POST /api/account/webauthn/register`: a Request Origin hands in the credential that its user's browser made.

use countersign_domain::account::Account;
use countersign_domain::enrolment::Enrolment;
use countersign_domain::refused::Refused;
use countersign_domain::text::AccountId;
use countersign_lambda::origin::{OriginRead, Written};
use countersign_lambda::{App, Call, Refusal, Reply, web_authn};
use countersign_store::{Record, keys};
use countersign_webauthn::RegistrationResponse;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::credential;
use crate::registering::{self, ROUNDS};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    account_id: String,
    credential: Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Registered {
    privakey_id: String,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<Registered>, Refusal> {
    let account_id = AccountId::parse("accountId", call.body.account_id.clone())?;
    let credential = credential::object(&call.body.credential)?;
    let response = RegistrationResponse::parse(&credential).map_err(credential::malformed)?;
    let token_hash =
        response.claimed_challenge().and_then(|challenge| web_authn::claimed_enrolment(&challenge));
    for _ in 0..ROUNDS {
        let mut read = OriginRead::of(&call)?;
        let account = read.add::<Account>(keys::account(read.tenant(), &account_id));
        let enrolment = token_hash.as_deref().map(|hash| read.add::<Enrolment>(keys::enrolment(hash)));
        let (caller, mut found) = read.authenticate(app, &call).await?;
        let account = found.take(account)?.ok_or(Refused::Unknown("user"))?.value;
        let enrolment = enrolment.map(|slot| found.take(slot)).transpose()?.flatten();
        // What another Request Origin began, or for another user, is as good as none.
        let is_callers = |record: &Record<Enrolment>| {
            record.value.origin == Some(caller.origin.id) && record.value.user == account.user
        };
        let enrolment = enrolment.filter(is_callers).ok_or(Refused::Unknown("enrolment"))?;
        let (write, _) = registering::redeem(app, &caller.app_space, &enrolment, &response, None).await?;
        match caller.write(app, write).await {
            Ok(()) => return Ok(Reply::ok(Registered { privakey_id: account.user.to_string() })),
            Err(Written::Conflict(error)) => {
                if let Some(refusal) = registering::known(&error) {
                    return Err(refusal);
                }
            }
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}
