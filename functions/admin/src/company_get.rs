//! `GET /admin/api/companies/{company}`: a company, and the App Spaces of it that the caller has a say in.

use countersign_domain::app_space::AppSpace;
use countersign_domain::id::AppSpaceId;
use countersign_domain::role::{self, Grant};
use countersign_lambda::admin::{AdminCaller, AdminRead};
use countersign_lambda::refusal::Timestamp3339;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};
use countersign_store::{Read, keys};
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CompanyView {
    guid: String,
    name: String,
    created_at: Timestamp3339,
    /// Whether it has a provisioning key.
    has_key: bool,
    /// What the caller is.
    grants: Vec<Grant>,
    /// What the caller may do in the company as a whole.
    permissions: Vec<&'static str>,
    app_spaces: Vec<AppSpaceSummary>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AppSpaceSummary {
    guid: String,
    name: String,
    /// The caller's roles in it.
    roles: Vec<&'static str>,
    /// What the caller may do in it.
    permissions: Vec<&'static str>,
}

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<CompanyView>, Refusal> {
    let read = AdminRead::of_anyone(app, &call)?;
    let (caller, _) = read.authenticate(app, &call).await?;
    let app_spaces = app_spaces(app, &caller).await?;
    let company = &caller.company.value;
    Ok(Reply::ok(CompanyView {
        guid: company.id.to_string(),
        name: company.name.clone(),
        created_at: Timestamp3339(company.created_at),
        has_key: company.provisioning_secret.is_some(),
        app_spaces,
        permissions: permissions(&caller.grants, None),
        grants: caller.grants,
    }))
}

/// By name. A Company Admin sees all of them, others those that they have a role in.
async fn app_spaces(app: &App, caller: &AdminCaller) -> Result<Vec<AppSpaceSummary>, Refusal> {
    let ids: Vec<AppSpaceId> = if caller.grants.contains(&Grant::CompanyAdmin) {
        app.store.app_spaces(caller.company.value.id).await?
    } else {
        let mut ids: Vec<_> = caller.grants.iter().filter_map(|grant| grant.app_space()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let mut summaries = Vec::with_capacity(ids.len());
    // BatchGetItem takes 100 keys.
    for ids in ids.chunks(100) {
        let mut read = Read::new();
        let slots: Vec<_> = ids.iter().map(|id| read.add::<AppSpace>(keys::app_space(id.tenant()))).collect();
        let mut found = app.store.read(read, app.now()).await?;
        for slot in slots {
            let Some(record) = found.take(slot)? else { continue };
            let AppSpace { id, name, .. } = record.value;
            let roles = role::roles_in(&caller.grants, Some(id)).map(role::Role::title).collect();
            let permissions = permissions(&caller.grants, Some(id));
            summaries.push(AppSpaceSummary { guid: id.to_string(), name, roles, permissions });
        }
    }
    summaries.sort_by(|a, b| (&a.name, &a.guid).cmp(&(&b.name, &b.guid)));
    Ok(summaries)
}

fn permissions(grants: &[Grant], app_space: Option<AppSpaceId>) -> Vec<&'static str> {
    role::permissions_in(grants, app_space).map(role::Permission::name).collect()
}
