//! `POST /admin/api/invitation/options`: whom a link lets in, and what a browser makes the passkey with.

use countersign_domain::administrator::Administrator;
use countersign_domain::invitation::Purpose;
use countersign_lambda::admin::{ceremony, check_page};
use countersign_lambda::refusal::{Timestamp3339, internal};
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_webauthn::{
    CredentialId, CredentialUser, ResidentKey, Selection, UserVerification, creation_options,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::following::{Followed, follow};
use crate::session_view::CompanyName;

#[derive(Deserialize)]
pub(crate) struct Body {
    token: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InvitationView {
    /// `join`, `recover` or `addPasskey`.
    purpose: &'static str,
    administrator: AdministratorName,
    company: CompanyName,
    expires_at: Timestamp3339,
    public_key: Value,
}

#[derive(Serialize)]
struct AdministratorName {
    guid: String,
    name: String,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<InvitationView>, Refusal> {
    check_page(app, &call)?;
    let Followed { invitation, administrator, company } = follow(app, &call, &call.body.token).await?;
    let (invitation, administrator) = (invitation.value, administrator.value);
    let challenge = ceremony::link_challenge(&invitation)?;
    let (purpose, exclude) = match invitation.purpose {
        Purpose::Join => ("join", Vec::new()),
        // The former ones will be over: any authenticator may make the new one.
        Purpose::Recover => ("recover", Vec::new()),
        Purpose::AddPasskey => ("addPasskey", passkeys(&administrator)),
    };
    let rp = ceremony::relying_party(&call.base_url(&app.settings))?;
    let selection = Selection {
        resident_key: Some(ResidentKey::Required),
        user_verification: UserVerification::Required,
        ..Selection::default()
    };
    let public_key =
        creation_options(&rp, &user(&administrator)?, &challenge, selection, &exclude, ceremony::timeout());
    Ok(Reply::ok(InvitationView {
        purpose,
        administrator: AdministratorName {
            guid: administrator.id.to_string(),
            name: administrator.name.clone(),
        },
        company: (&company.value).into(),
        expires_at: Timestamp3339(invitation.expires_at),
        public_key,
    }))
}

fn user(administrator: &Administrator) -> Result<CredentialUser, Refusal> {
    let Administrator { company, id, name, .. } = administrator;
    CredentialUser::new(ceremony::user_handle(*company, *id), name, name)
        .map_err(|_| internal("an administrator without an id")())
}

fn passkeys(administrator: &Administrator) -> Vec<CredentialId> {
    let known = administrator.passkeys.iter();
    known.filter_map(|passkey| CredentialId::parse(&passkey.credential_id).ok()).collect()
}
