//! `POST /_app/assertion/result`: a browser's credential answers an approval.

use countersign_lambda::guesses::Guesses;
use countersign_lambda::origin::ROUNDS;
use countersign_lambda::transaction_token::Standing;
use countersign_lambda::web_authn::Claimed;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::Read;
use countersign_webauthn::AuthenticationResponse;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::answering::{Answering, Slots, try_again};
use crate::ceremony_result::CeremonyResult;
use crate::credential::malformed_body;

#[derive(Deserialize)]
pub(crate) struct Body {
    #[serde(flatten)]
    credential: Map<String, Value>,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<CeremonyResult>, Refusal> {
    let response = AuthenticationResponse::parse(&Value::Object(call.body.credential.clone()))
        .map_err(malformed_body)?;
    CeremonyResult::of(authenticate(app, &call, &response).await)
}

async fn authenticate(
    app: &App,
    call: &Call<Body>,
    response: &AuthenticationResponse,
) -> Result<String, Refusal> {
    let base_url = call.base_url(&app.settings);
    for _ in 0..ROUNDS {
        let answering = find(app, call, response).await?;
        let (write, decided) = answering.decide(app, &base_url, response).await?;
        match app.store.write(write).await {
            Ok(()) => return Standing::of_challenge(decided, app.now()).token(app, &base_url).await,
            Err(error) => try_again(error)?,
        }
    }
    Err(Refusal::Conflict)
}

async fn find(app: &App, call: &Call<Body>, response: &AuthenticationResponse) -> Result<Answering, Refusal> {
    let mut read = Read::new();
    let guesses = Guesses::of(call, &mut read);
    let claimed = response.claimed_challenge().and_then(|challenge| Claimed::of(&challenge));
    let slots = claimed.map(|claimed| (claimed, Slots::of(&mut read, claimed, response)));
    let mut found = app.store.read(read, app.now()).await?;
    guesses.check(app, &mut found)?;
    let answering = slots.map(|(claimed, slots)| slots.take(&mut found, claimed)).transpose()?.flatten();
    match answering {
        Some(answering) => Ok(answering),
        None => Err(guesses.wrong(app, "request").await?),
    }
}
