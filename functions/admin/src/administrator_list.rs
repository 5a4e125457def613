//! `GET /admin/api/companies/{company}/administrators`: who administers the company, or the App Space of the query.

use countersign_domain::administrator::Administrator;
use countersign_domain::refused::Refused;
use countersign_domain::role::{Grant, Permission};
use countersign_lambda::admin::{AdminRead, Place};
use countersign_lambda::refusal::Timestamp3339;
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::{Deserialize, Serialize};

use crate::grants;
use crate::page::{self, Page};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Query {
    app_space: Option<String>,
    limit: Option<String>,
    cursor: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AdministratorView {
    guid: String,
    name: String,
    state: &'static str,
    /// Those that the caller sees.
    grants: Vec<Grant>,
    created_at: Timestamp3339,
    signed_in_at: Option<Timestamp3339>,
    passkeys: usize,
}

pub(crate) async fn handle(app: &App, call: Call<Query>) -> Result<Reply<Page<AdministratorView>>, Refusal> {
    let Query { app_space, limit, cursor } = &call.body;
    let app_space =
        app_space.as_deref().map(str::parse).transpose().map_err(|_| Refused::Unknown("App Space"))?;
    let place = Place { company: Place::of(&call)?.company, app_space };
    let read = AdminRead::at(app, &call, place, Permission::ReadAdministrators)?;
    let (caller, _) = read.authenticate(app, &call).await?;
    let (limit, cursor) = (page::limit(limit.as_deref())?, page::cursor(cursor.as_deref())?);
    let listed = app.store.administrators_page(place.company, cursor.as_ref(), limit).await?;
    let here = |grant: &Grant| app_space.is_none() || grant.app_space() == app_space;
    let present = listed.items.into_iter().filter_map(|record| record.value.present());
    let items = present
        .filter(|administrator| administrator.grants.iter().any(here))
        .map(|administrator| AdministratorView::of(administrator, &caller.grants))
        .collect();
    Ok(Reply::ok(Page::of(items, listed.next.as_ref())))
}

impl AdministratorView {
    fn of(administrator: Administrator, held: &[Grant]) -> Self {
        let Administrator { id, name, mut grants, passkeys, state, created_at, signed_in_at, .. } =
            administrator;
        grants.retain(|grant| grants::sees(held, *grant));
        Self {
            guid: id.to_string(),
            name,
            state: state.name(),
            grants,
            created_at: Timestamp3339(created_at),
            signed_in_at: signed_in_at.map(Timestamp3339),
            passkeys: passkeys.len(),
        }
    }
}
