//! Which trail a call is about, in the place where the caller needs a permission for it.

use countersign_domain::act::Trail;
use countersign_domain::refused::Refused;
use countersign_domain::role::Permission;
use countersign_lambda::admin::{AdminRead, Place};
use countersign_lambda::{App, Call, Refusal};

/// The trail of the App Space that the query names, else of the path's company, for a caller who may read it.
pub(crate) async fn trail<B>(app: &App, call: &Call<B>, app_space: Option<&str>) -> Result<Trail, Refusal> {
    let company = Place::of(call)?.company;
    let app_space = app_space.map(str::parse).transpose().map_err(|_| Refused::Unknown("App Space"))?;
    let place = Place { company, app_space };
    AdminRead::at(app, call, place, Permission::ReadAuditTrail)?.authenticate(app, call).await?;
    Ok(app_space.map_or(Trail::Company(company), Trail::AppSpace))
}
