//! `PATCH /admin/api/companies/{company}/appSpaces/{appSpace}`: the settings of an App Space.

use countersign_crypto::authenticator::ProviderKey;
use countersign_domain::app_space::{AppProtocol, AppSpace};
use countersign_domain::authenticator_settings::AuthenticatorSettings;
use countersign_domain::changes::Changes;
use countersign_domain::cloud_settings::CloudSettings;
use countersign_domain::event::EventKind;
use countersign_domain::invalid::Invalid;
use countersign_domain::policy_change::PolicyChange;
use countersign_domain::role::Permission;
use countersign_domain::text;
use countersign_lambda::admin::AdminRead;
use countersign_lambda::guarded::{ROUNDS, Written};
use countersign_lambda::lenient::Flag;
use countersign_lambda::refusal::internal;
use countersign_lambda::setup::authenticator::{AuthenticatorChange, AuthenticatorWanted};
use countersign_lambda::setup::cloud::CloudChange;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::{Write, keys};
use serde::Deserialize;

use crate::brand_body::BrandBody;

/// What is not named stays.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    name: Option<String>,
    app_protocol: Option<String>,
    brand_info: Option<BrandBody>,
    use_universal_app: Option<Flag>,
    policy: Option<PolicyChange>,
    cloud: Option<CloudChange>,
    authenticator: Option<AuthenticatorChange>,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<()>, Refusal> {
    for _ in 0..ROUNDS {
        let mut read = AdminRead::of(app, &call, Permission::ManageAppSpaces)?;
        let tenant = read.tenant()?;
        let cloud = read.add::<CloudSettings>(keys::cloud_settings(tenant));
        let authenticator = read.add::<AuthenticatorSettings>(keys::authenticator_settings(tenant));
        let (caller, mut found) = read.authenticate(app, &call).await?;
        let old = caller.app_space()?;
        let (mut write, mut acts) = (Write::new(), Vec::new());
        let (app_space, changes) = app_space(&old.value, &call.body)?;
        let id = app_space.id;
        if !changes.is_empty() {
            write = write.replace("app space", old, &app_space)?;
            acts.push(caller.act(app, EventKind::AppSpaceUpdated, id, Some(changes.text())));
        }
        if let Some(change) = call.body.cloud.clone() {
            let (old, mut changes) = (found.take(cloud)?, Changes::default());
            let mut new = old.as_ref().map_or(CloudSettings::new(id), |old| old.value.clone());
            change.apply(&app_space.name, app.settings.loopback, &mut new, &mut changes)?;
            if !changes.is_empty() {
                write = write.insert_or_replace("cloud settings", old.as_ref(), &new)?;
                acts.push(caller.act(app, EventKind::AppSpaceCloudChanged, id, Some(changes.text())));
            }
        }
        if let Some(change) = call.body.authenticator.clone() {
            let wanted = change.read(app.settings.loopback)?;
            let old = found.take(authenticator)?;
            let (new, changed) = match &old {
                Some(old) => {
                    let (mut new, mut changes) = (old.value.clone(), Changes::default());
                    wanted.apply(&mut new, &mut changes);
                    (new, changes.text())
                }
                None => (first_authenticator(app, &app_space, wanted).await?, "authenticator".into()),
            };
            if !changed.is_empty() {
                write = write.insert_or_replace("authenticator settings", old.as_ref(), &new)?;
                acts.push(caller.act(app, EventKind::AppSpaceAuthenticatorChanged, id, Some(changed)));
            }
        }
        if acts.is_empty() {
            return Ok(Reply::empty());
        }
        match caller.write_all(app, write, &acts).await {
            Ok(()) => return Ok(Reply::empty()),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}

/// The App Space with what `body` says of it, and the names of what that changes.
fn app_space(old: &AppSpace, body: &Body) -> Result<(AppSpace, Changes), Invalid> {
    let (mut new, mut changes) = (old.clone(), Changes::default());
    let name = body.name.clone().map(|name| text::line("name", name, 100)).transpose()?;
    changes.set_given("name", &mut new.name, name);
    let protocol = body.app_protocol.as_deref().map(|text| AppProtocol::parse("appProtocol", text));
    changes.set_given("appProtocol", &mut new.app_protocol, protocol.transpose()?);
    let brand = body.brand_info.clone().map(|brand| brand.over(&old.brand)).transpose()?;
    changes.set_given("brandInfo", &mut new.brand, brand);
    let universal = body.use_universal_app.map(|Flag(flag)| flag);
    changes.set_given("useUniversalApp", &mut new.universal_app, universal);
    body.policy.clone().unwrap_or_default().apply(&mut new.policy, &mut changes)?;
    Ok((new, changes))
}

/// With these an App Space begins to speak the Authenticator API: it gets its own RSA key.
async fn first_authenticator(
    app: &App,
    app_space: &AppSpace,
    wanted: AuthenticatorWanted,
) -> Result<AuthenticatorSettings, Refusal> {
    let key = ProviderKey::generate().map_err(|_| internal("an RSA key cannot be made")())?;
    wanted.provision(app, &*app.keys.sealing().await?, app_space, &key)
}
