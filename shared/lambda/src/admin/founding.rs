//! Access that the operator of a stack gives, who needs none: the first Company Admin, and access again where nobody can give it.

use countersign_domain::act::{Act, Trail};
use countersign_domain::actor::Actor;
use countersign_domain::administrator::Administrator;
use countersign_domain::company::Company;
use countersign_domain::event::EventKind;
use countersign_domain::id::{AdministratorId, CompanyId};
use countersign_domain::invitation::Purpose;
use countersign_domain::refused::Refused;
use countersign_domain::role::Grant;
use countersign_domain::text;
use countersign_store::{Write, keys};

use super::acting;
use super::inviting::NewLink;
use crate::app::App;
use crate::refusal::Refusal;

/// Who got access, to what.
#[derive(Debug)]
pub struct Founded {
    /// The company.
    pub company: Company,
    /// The administrator, who is to follow the link.
    pub administrator: Administrator,
    /// The link.
    pub link: NewLink,
}

/// Gives `administrator` access to `company`. Either is the name of one that is made now, or the GUID of one that there is: a new
/// administrator becomes a Company Admin, one that there is gets a link to recover access.
pub async fn found(app: &App, company: &str, administrator: &str) -> Result<Founded, Refusal> {
    let (company, new_company) = match company.parse::<CompanyId>() {
        Ok(id) => (of_table(app, id).await?, false),
        Err(_) => {
            let name = text::line("company", company.to_owned(), 100)?;
            (Company::new(CompanyId::new(app.now(), app.random()), name, None, app.now()), true)
        }
    };
    let mut write = Write::new();
    if new_company {
        let act = act(app, &company, EventKind::CompanyCreated, company.id);
        write = write.insert("company", &company)?.insert("founding", &act)?;
    }
    let (administrator, purpose, event) = match administrator.parse::<AdministratorId>() {
        Ok(id) => {
            let known =
                app.store.get::<Administrator>(keys::administrator(company.id, id), app.now()).await?;
            let known = known.and_then(|record| record.value.present());
            let known = known.ok_or(Refused::Unknown("administrator"))?;
            (known, Purpose::Recover, EventKind::AdministratorRecovery)
        }
        Err(_) => {
            let name = text::line("administrator", administrator.to_owned(), 100)?;
            let id = AdministratorId::new(app.now(), app.random());
            let grants = vec![Grant::CompanyAdmin];
            let new = Administrator::new(id, company.id, name, grants, app.now());
            write = write.insert("administrator", &new)?;
            (new, Purpose::Join, EventKind::AdministratorInvited)
        }
    };
    let link = NewLink::new(app, &administrator, purpose, Actor::Operator);
    let act = act(app, &company, event, administrator.id);
    write = write.insert("invitation", &link.invitation)?.insert("act", &act)?;
    app.store.write(write).await?;
    Ok(Founded { company, administrator, link })
}

async fn of_table(app: &App, id: CompanyId) -> Result<Company, Refusal> {
    let found = app.store.get::<Company>(keys::company(id), app.now()).await?;
    Ok(found.ok_or(Refused::Unknown("company"))?.value)
}

fn act(app: &App, company: &Company, event: EventKind, subject: impl ToString) -> Act {
    acting::act(app, Trail::Company(company.id), Actor::Operator, event, subject, None)
}
