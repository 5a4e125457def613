//! Who administers the demo's company, and how they get in.

use countersign_domain::actor::Actor;
use countersign_domain::administrator::{Administrator, AdministratorState};
use countersign_domain::company::Company;
use countersign_domain::id::{AdministratorId, CompanyId};
use countersign_domain::invitation::Purpose;
use countersign_domain::role::Grant;
use countersign_lambda::App;
use countersign_lambda::admin::NewLink;
use countersign_store::{Write, keys};
use serde::{Deserialize, Serialize};

use crate::demo::{DemoFailed, refused};

/// The demo's Company Admin, as scripts read it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DemoAdmin {
    /// The company.
    pub company: String,
    /// The administrator.
    pub administrator: String,
    /// A link to join, made anew at each start; none once somebody joined.
    pub link: Option<String>,
}

impl DemoAdmin {
    /// Somebody who is to follow a link, in the demo's company.
    pub(crate) fn new(app: &App, company: &Company) -> (Administrator, Self) {
        let id = AdministratorId::new(app.now(), app.random());
        let grants = vec![Grant::CompanyAdmin];
        let administrator = Administrator::new(id, company.id, "Demo Admin".into(), grants, app.now());
        let demo =
            Self { company: company.id.to_string(), administrator: administrator.id.to_string(), link: None };
        (administrator, demo)
    }

    /// With a fresh link, as long as nobody joined.
    pub(crate) async fn invited(self, app: &App, base_url: &str) -> Result<Self, DemoFailed> {
        let company = self.company.parse::<CompanyId>().map_err(refused)?;
        let id = self.administrator.parse::<AdministratorId>().map_err(refused)?;
        let found = app.store.get::<Administrator>(keys::administrator(company, id), app.now()).await;
        let invited = found.map_err(refused)?.map(|record| record.value);
        let invited = invited.filter(|found| found.state == AdministratorState::Invited);
        let Some(administrator) = invited else { return Ok(Self { link: None, ..self }) };
        let link = NewLink::new(app, &administrator, Purpose::Join, Actor::Operator);
        let write = Write::new().insert("invitation", &link.invitation).map_err(refused)?;
        app.store.write(write).await.map_err(refused)?;
        Ok(Self { link: Some(link.url(&page_address(base_url))), ..self })
    }
}

/// Where a browser goes: to a name, for passkeys are made for names. The service knows itself by both.
pub fn page_address(base_url: &str) -> String {
    base_url.replacen("http://127.0.0.1:", "http://localhost:", 1)
}
