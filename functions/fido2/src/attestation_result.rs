//! `POST /_app/attestation/result`: a browser made a credential; it becomes a device of the user that the enrolment is for.

use countersign_domain::device::DeviceName;
use countersign_domain::enrolment::Enrolment;
use countersign_lambda::guesses::Guesses;
use countersign_lambda::transaction_token::Standing;
use countersign_lambda::{App, Call, Refusal, Reply, web_authn};
use countersign_store::{Read, Record, keys};
use countersign_webauthn::RegistrationResponse;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::ceremony_result::CeremonyResult;
use crate::credential::malformed_body;
use crate::registering::{self, ROUNDS};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    user_friendly_name: Option<String>,
    #[serde(flatten)]
    credential: Map<String, Value>,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<CeremonyResult>, Refusal> {
    let response =
        RegistrationResponse::parse(&Value::Object(call.body.credential.clone())).map_err(malformed_body)?;
    let name = call.body.user_friendly_name.clone();
    let name = name.map(|name| DeviceName::parse("userFriendlyName", name)).transpose()?;
    CeremonyResult::of(register(app, &call, &response, name.as_ref()).await)
}

async fn register(
    app: &App,
    call: &Call<Body>,
    response: &RegistrationResponse,
    name: Option<&DeviceName>,
) -> Result<String, Refusal> {
    for _ in 0..ROUNDS {
        let enrolment = find(app, call, response).await?;
        let app_space = app.app_space(enrolment.value.app_space).await?;
        let (write, redeemed) = registering::redeem(app, &app_space, &enrolment, response, name).await?;
        match app.store.write(write).await {
            Ok(()) => {
                let standing = Standing::of_enrolment(redeemed, app.now());
                return standing.token(app, &call.base_url(&app.settings)).await;
            }
            Err(error) if error.is_conflict() => {
                if let Some(refusal) = registering::known(&error) {
                    return Err(refusal);
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refusal::Conflict)
}

async fn find(
    app: &App,
    call: &Call<Body>,
    response: &RegistrationResponse,
) -> Result<Record<Enrolment>, Refusal> {
    let mut read = Read::new();
    let guesses = Guesses::of(call, &mut read);
    let token_hash =
        response.claimed_challenge().and_then(|challenge| web_authn::claimed_enrolment(&challenge));
    let slot = token_hash.map(|hash| read.add::<Enrolment>(keys::enrolment(&hash)));
    let mut found = app.store.read(read, app.now()).await?;
    guesses.check(app, &mut found)?;
    match slot.map(|slot| found.take(slot)).transpose()?.flatten() {
        Some(enrolment) => Ok(enrolment),
        None => Err(guesses.wrong(app, "enrolment").await?),
    }
}
