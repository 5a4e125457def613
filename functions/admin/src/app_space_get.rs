//! `GET /admin/api/companies/{company}/appSpaces/{appSpace}`: an App Space at a glance, and its settings for those who may see
//! them.

use countersign_domain::administrator::{Administrator, AdministratorState};
use countersign_domain::app_space::AppSpace;
use countersign_domain::authenticator_settings::AuthenticatorSettings;
use countersign_domain::cloud_settings::CloudSettings;
use countersign_domain::day::Day;
use countersign_domain::figures::active_users;
use countersign_domain::id::AppSpaceId;
use countersign_domain::role::{self, Permission, Role};
use countersign_lambda::admin::AdminRead;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};
use countersign_store::keys;
use serde::Serialize;

use crate::settings_view::SettingsView;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AppSpaceView {
    guid: String,
    name: String,
    company: String,
    /// `simple`, `oidc` or `oauth2`.
    idp_type: &'static str,
    idp_name: Option<String>,
    /// The caller's here.
    roles: Vec<&'static str>,
    counts: Counts,
    /// For those who may see them.
    administrators: Option<Vec<AdministratorSummary>>,
    /// Likewise.
    settings: Option<SettingsView>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    /// Those that have a credential.
    request_origins: usize,
    /// Users who acted on a challenge within the last days.
    active_users: u64,
    administrators: usize,
}

#[derive(Serialize)]
struct AdministratorSummary {
    guid: String,
    name: String,
    state: &'static str,
    /// In this App Space.
    roles: Vec<&'static str>,
}

/// Within how many days a user must have acted to be an active one.
const ACTIVE_WITHIN: u32 = 30;

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<AppSpaceView>, Refusal> {
    let mut read = AdminRead::of(app, &call, Permission::ReadAppSpace)?;
    let tenant = read.tenant()?;
    let cloud = read.add::<CloudSettings>(keys::cloud_settings(tenant));
    let authenticator = read.add::<AuthenticatorSettings>(keys::authenticator_settings(tenant));
    let (caller, mut found) = read.authenticate(app, &call).await?;
    let AppSpace { id, name, company, identity_provider, .. } = caller.app_space()?.value.clone();
    let today = Day::of(app.now());
    let figures = app.store.figures(id, today.back(ACTIVE_WITHIN - 1), today).await?;
    let origins = app.store.request_origins(tenant).await?;
    let administrators = app.store.administrators(company).await?;
    let administrators = administrators.into_iter().filter_map(|record| summary(record.value, id));
    let administrators: Vec<AdministratorSummary> = administrators.collect();
    let settings = if caller.may(Permission::ReadSettings) {
        let (cloud, authenticator) = (found.take(cloud)?, found.take(authenticator)?);
        let (cloud, authenticator) =
            (cloud.map(|record| record.value), authenticator.map(|record| record.value));
        let app_space = caller.app_space()?.value.clone();
        Some(SettingsView::of(&caller.base_url, app_space, cloud, authenticator)?)
    } else {
        None
    };
    Ok(Reply::ok(AppSpaceView {
        guid: id.to_string(),
        name,
        company: company.to_string(),
        idp_type: identity_provider.as_ref().map_or("simple", |provider| provider.protocol.name()),
        idp_name: identity_provider.map(|provider| provider.name),
        roles: titles(role::roles_in(&caller.grants, Some(id))),
        counts: Counts {
            request_origins: origins.iter().filter(|record| record.value.is_active()).count(),
            active_users: active_users(&figures),
            administrators: administrators.len(),
        },
        administrators: caller.may(Permission::ReadAdministrators).then_some(administrators),
        settings,
    }))
}

/// Of somebody who has a role there.
fn summary(administrator: Administrator, app_space: AppSpaceId) -> Option<AdministratorSummary> {
    let roles = titles(role::roles_in(&administrator.grants, Some(app_space)));
    let removed = matches!(administrator.state, AdministratorState::Removed);
    (!removed && !roles.is_empty()).then(|| AdministratorSummary {
        guid: administrator.id.to_string(),
        state: administrator.state.name(),
        name: administrator.name,
        roles,
    })
}

fn titles(roles: impl Iterator<Item = Role>) -> Vec<&'static str> {
    roles.map(Role::title).collect()
}
