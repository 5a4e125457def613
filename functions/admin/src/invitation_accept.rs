//! `POST /admin/api/invitation`: an administrator makes a passkey by a link, and is signed in with it.

use countersign_domain::administrator::Passkey;
use countersign_domain::event::EventKind;
use countersign_domain::invitation::{Invitation, Purpose};
use countersign_domain::text;
use countersign_lambda::admin::{acting, ceremony, check_page};
use countersign_lambda::guarded::ROUNDS;
use countersign_lambda::refusal::internal;
use countersign_lambda::{App, Call, Refusal, Reply, web_authn};
use countersign_store::Write;
use countersign_webauthn::{Expected, RegistrationResponse, UserVerification, verify_registration};
use serde::Deserialize;
use serde_json::Value;

use crate::beginning::Begun;
use crate::following::{Followed, follow};
use crate::session_view::SessionView;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    token: String,
    credential: Value,
    passkey_name: Option<String>,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<SessionView>, Refusal> {
    check_page(app, &call)?;
    let response = RegistrationResponse::parse(&call.body.credential).map_err(web_authn::malformed)?;
    let name = call.body.passkey_name.clone().unwrap_or_else(|| "Passkey".into());
    let name = text::line("passkeyName", name, 100)?;
    let base_url = call.base_url(&app.settings);
    for _ in 0..ROUNDS {
        let Followed { invitation, administrator, company } = follow(app, &call, &call.body.token).await?;
        let passkey = made(app, &base_url, &invitation.value, &response, name.clone())?;
        let begun = Begun::new(app, &administrator.value, &passkey.credential_id);
        let admitted = invitation.value.admit(administrator.value.clone(), passkey, app.now())?;
        let used = invitation.value.clone().take(app.now())?;
        let event = match used.purpose {
            Purpose::Join => EventKind::AdministratorJoined,
            Purpose::Recover | Purpose::AddPasskey => EventKind::PasskeyAdded,
        };
        let act = acting::own_act(app, &admitted, event, Some(detail(used.purpose, &name)));
        let write = Write::new()
            .replace_live("invitation", &invitation, &used, app.now())?
            .replace("administrator", &administrator, &admitted)?
            .insert("session", &begun.session)?
            .insert("act", &act)?;
        match app.store.write(write).await {
            Ok(()) => return Ok(begun.reply(&admitted, &company.value, &base_url)),
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refusal::Conflict)
}

fn detail(purpose: Purpose, name: &str) -> String {
    match purpose {
        Purpose::Recover => format!("{name}; the former passkeys and sessions are over"),
        Purpose::Join | Purpose::AddPasskey => name.to_owned(),
    }
}

fn made(
    app: &App,
    base_url: &str,
    invitation: &Invitation,
    response: &RegistrationResponse,
    name: String,
) -> Result<Passkey, Refusal> {
    let rp = ceremony::relying_party(base_url)?;
    let challenge = ceremony::link_challenge(invitation)?;
    let expected = Expected { challenge: &challenge, user_verification: UserVerification::Required };
    let new = verify_registration(&rp, expected, response).map_err(web_authn::refused)?;
    let credential =
        serde_json::to_string(&new.stored).map_err(|_| internal("a passkey that cannot be kept")())?;
    let credential_id = new.stored.credential_id.to_string();
    Ok(Passkey { credential_id, name, credential, created_at: app.now(), used_at: Some(app.now()) })
}
