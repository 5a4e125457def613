//! `POST /admin/api/session`: an administrator signs in with a passkey.

use countersign_domain::administrator::Administrator;
use countersign_domain::company::Company;
use countersign_domain::event::EventKind;
use countersign_lambda::admin::{acting, ceremony, check_page};
use countersign_lambda::guarded::ROUNDS;
use countersign_lambda::guesses::Guesses;
use countersign_lambda::refusal::internal;
use countersign_lambda::{App, Call, Refusal, Reply, web_authn};
use countersign_store::guards::Seen;
use countersign_store::{Read, Record, Write, keys};
use countersign_webauthn::{
    AuthenticationResponse, Expected, RelyingParty, StoredCredential, UserVerification, verify_authentication,
};
use serde::Deserialize;
use serde_json::Value;

use crate::beginning::Begun;
use crate::session_view::SessionView;

#[derive(Deserialize)]
pub(crate) struct Body {
    credential: Value,
}

/// Whom a credential says that it is of, as they were read.
struct Claimed {
    administrator: Record<Administrator>,
    company: Record<Company>,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<SessionView>, Refusal> {
    check_page(app, &call)?;
    let response = AuthenticationResponse::parse(&call.body.credential).map_err(web_authn::malformed)?;
    let base_url = call.base_url(&app.settings);
    let rp = ceremony::relying_party(&base_url)?;
    for _ in 0..ROUNDS {
        let (guesses, claimed) = read(app, &call, &response).await?;
        let Some((claimed, signed_in, seen)) = verify(app, &rp, &response, claimed).await? else {
            guesses.count(app).await?;
            return Err(Refusal::Unauthorized);
        };
        let passkey = response.credential_id().to_string();
        let begun = Begun::new(app, &signed_in, &passkey);
        let name = signed_in.passkey(&passkey).map(|passkey| passkey.name.clone());
        let act = acting::own_act(app, &signed_in, EventKind::AdministratorSignedIn, name);
        let write = Write::new()
            .replace("administrator", &claimed.administrator, &signed_in)?
            .insert("session", &begun.session)?
            .insert_over_expired("ceremony", &seen, app.now())?
            .insert("act", &act)?;
        match app.store.write(write).await {
            Ok(()) => return Ok(begun.reply(&signed_in, &claimed.company.value, &base_url)),
            Err(error) if error.is_conflict_of("ceremony") => return Err(Refusal::Replayed),
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refusal::Conflict)
}

async fn read(
    app: &App,
    call: &Call<Body>,
    response: &AuthenticationResponse,
) -> Result<(Guesses, Option<Claimed>), Refusal> {
    let mut read = Read::new();
    let guesses = Guesses::of(call, &mut read);
    let slots = response.claimed_user().and_then(ceremony::of_user_handle).map(|(company, administrator)| {
        (
            read.add::<Administrator>(keys::administrator(company, administrator)),
            read.add::<Company>(keys::company(company)),
        )
    });
    let mut found = app.store.read(read, app.now()).await?;
    guesses.check(app, &mut found)?;
    let Some((administrator, company)) = slots else { return Ok((guesses, None)) };
    let claimed = match (found.take(administrator)?, found.take(company)?) {
        (Some(administrator), Some(company)) => Some(Claimed { administrator, company }),
        _ => None,
    };
    Ok((guesses, claimed))
}

/// The administrator as they sign in, if all of it is in order. None tells nobody what was not.
async fn verify(
    app: &App,
    rp: &RelyingParty,
    response: &AuthenticationResponse,
    claimed: Option<Claimed>,
) -> Result<Option<(Claimed, Administrator, Seen)>, Refusal> {
    let Some(challenge) = response.claimed_challenge() else { return Ok(None) };
    let Some(seen) = ceremony::taken(app, &challenge).await? else { return Ok(None) };
    let Some(claimed) = claimed else { return Ok(None) };
    let administrator = &claimed.administrator.value;
    let id = response.credential_id().to_string();
    let Some(passkey) = administrator.passkey(&id) else { return Ok(None) };
    let stored: StoredCredential =
        serde_json::from_str(&passkey.credential).map_err(|_| internal("a passkey that cannot be read")())?;
    let handle = ceremony::user_handle(administrator.company, administrator.id);
    let expected = Expected { challenge: &challenge, user_verification: UserVerification::Required };
    let authenticated = match verify_authentication(rp, expected, &handle, response, &stored) {
        Ok(authenticated) => authenticated,
        Err(refused) => {
            tracing::warn!(%refused, administrator = %administrator.id, "a sign-in was refused");
            return Ok(None);
        }
    };
    let stored = serde_json::to_string(&stored.after(&authenticated))
        .map_err(|_| internal("a passkey that cannot be kept")())?;
    let signed_in = administrator.clone().signed_in(&id, stored, app.now())?;
    Ok(Some((claimed, signed_in, seen)))
}
