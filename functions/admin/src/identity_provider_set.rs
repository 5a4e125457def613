//! `PUT /admin/api/companies/{company}/appSpaces/{appSpace}/identityProvider`: where the users of an App Space log in.

use countersign_domain::app_space::AppSpace;
use countersign_domain::event::EventKind;
use countersign_domain::identity_provider::IdentityProvider;
use countersign_domain::invalid::Invalid;
use countersign_domain::role::Permission;
use countersign_lambda::admin::AdminRead;
use countersign_lambda::call::read;
use countersign_lambda::guarded::{ROUNDS, Written};
use countersign_lambda::setup::identity_provider::accept;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::Write;
use serde::Deserialize;
use serde_json::Value;

use crate::provider_body::ProviderBody;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    /// `simple`, and nothing else; or `oidc` or `oauth2` with their settings.
    idp_type: String,
    /// Read only where there are any.
    #[serde(flatten)]
    settings: Value,
}

/// In use from the next call on: whoever needs a provider reads it from the table.
pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<()>, Refusal> {
    for _ in 0..ROUNDS {
        let place = AdminRead::of(app, &call, Permission::ManageIdentityProvider)?;
        let (caller, _) = place.authenticate(app, &call).await?;
        let old = caller.app_space()?;
        let identity_provider = wanted(app, &old.value, &call.body).await?;
        if identity_provider.is_none() && old.value.identity_provider.is_none() {
            return Ok(Reply::empty());
        }
        let detail = call.body.idp_type.clone();
        let new = AppSpace { identity_provider, ..old.value.clone() };
        let write = Write::new().replace("app space", old, &new)?;
        let act = caller.act(app, EventKind::AppSpaceIdentityProviderChanged, new.id, Some(detail));
        match caller.write(app, write, &act).await {
            Ok(()) => return Ok(Reply::empty()),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}

async fn wanted(app: &App, old: &AppSpace, body: &Body) -> Result<Option<IdentityProvider>, Refusal> {
    match body.idp_type.as_str() {
        "simple" => Ok(None),
        idp_type @ ("oidc" | "oauth2") => {
            let given: ProviderBody = read(body.settings.clone())?;
            let (proposal, secret) = given.chosen(idp_type);
            let accepted = accept(app, old.id, proposal, &secret, old.identity_provider.as_ref()).await;
            accepted.map(Some).map_err(|error| error.refusal(""))
        }
        _ => Err(Invalid::new("idpType", "is neither simple, oidc nor oauth2").into()),
    }
}
