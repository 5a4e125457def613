//! What a call of the administration API reads, all at once.

use countersign_domain::actor::Actor;
use countersign_domain::administrator::Administrator;
use countersign_domain::app_space::AppSpace;
use countersign_domain::company::Company;
use countersign_domain::id::Tenant;
use countersign_domain::refused::Refused;
use countersign_domain::role::{self, Grant, Permission};
use countersign_domain::session::Session;
use countersign_domain::time::Span;
use countersign_store::guards::{Attempts, Failures, Seen};
use countersign_store::keys::{self, Key};
use countersign_store::{Found, Read, Record, Slot, Stored, Write};

use super::caller::AdminCaller;
use super::place::Place;
use super::presented::{Presented, verify_key};
use super::same_site;
use crate::app::App;
use crate::call::Call;
use crate::once::Once;
use crate::refusal::Refusal;

/// Failed signatures in the name of one company from one address before it must wait.
const FAILURES: Attempts = Attempts { max: 10, window: Span::minutes(5) };
const FAILURES_PURPOSE: &str = "company";

/// The caller, the place, and what else is wanted.
pub struct AdminRead {
    /// None for calls that concern the caller alone.
    place: Option<Place>,
    /// None where any role in the place will do.
    permission: Option<Permission>,
    presented: Presented,
    base_url: String,
    read: Read,
    slots: Slots,
    side: String,
}

/// Where the caller's own items stand.
struct Slots {
    /// Of a session.
    session: Option<(Slot<Session>, Slot<Administrator>)>,
    /// Of the place, or of a session without one; and of whoever signed, where that is another.
    company: Slot<Company>,
    holder: Option<Slot<Company>>,
    app_space: Option<Slot<AppSpace>>,
    failures: Slot<Failures>,
}

impl AdminRead {
    /// For what needs `permission` where the path says.
    pub fn of<B>(app: &App, call: &Call<B>, permission: Permission) -> Result<Self, Refusal> {
        Self::new(app, call, Some(Place::of(call)?), Some(permission))
    }

    /// Likewise, where the operation itself says.
    pub fn at<B>(app: &App, call: &Call<B>, place: Place, permission: Permission) -> Result<Self, Refusal> {
        Self::new(app, call, Some(place), Some(permission))
    }

    /// For whoever has any role where the path says.
    pub fn of_anyone<B>(app: &App, call: &Call<B>) -> Result<Self, Refusal> {
        Self::new(app, call, Some(Place::of(call)?), None)
    }

    /// For what concerns the caller alone.
    pub fn of_self<B>(app: &App, call: &Call<B>) -> Result<Self, Refusal> {
        Self::new(app, call, None, None)
    }

    fn new<B>(
        app: &App,
        call: &Call<B>,
        place: Option<Place>,
        permission: Option<Permission>,
    ) -> Result<Self, Refusal> {
        let base_url = call.base_url(&app.settings);
        let presented = Presented::of(call.parts(), &base_url)?;
        let mut read = Read::new();
        let (home, session) = match &presented {
            Presented::Session(token) => {
                let session = read.add(keys::session(&token.hash()));
                (
                    token.company,
                    Some((session, read.add(keys::administrator(token.company, token.administrator)))),
                )
            }
            Presented::Key(holder, _) => (*holder, None),
        };
        let meant = place.map_or(home, |place| place.company);
        let company = read.add(keys::company(meant));
        let signs = matches!(presented, Presented::Key(..));
        let holder = (signs && meant != home).then(|| read.add(keys::company(home)));
        let app_space = place.and_then(Place::tenant).map(|tenant| read.add(keys::app_space(tenant)));
        let side = format!("{home} {}", call.source_ip());
        let failures = read.add(keys::attempts(FAILURES_PURPOSE, &side));
        let slots = Slots { session, company, holder, app_space, failures };
        Ok(Self { place, permission, presented, base_url, read, slots, side })
    }

    /// Who the caller says it is.
    pub fn claimed(&self) -> Actor {
        match &self.presented {
            Presented::Session(token) => Actor::Administrator(token.administrator),
            Presented::Key(holder, _) => Actor::Company(*holder),
        }
    }

    /// The tenant of the place's App Space.
    pub fn tenant(&self) -> Result<Tenant, Refusal> {
        let tenant = self.place.and_then(Place::tenant);
        tenant.ok_or_else(|| Refused::Unknown("App Space").into())
    }

    /// Reads one more item.
    pub fn add<T: Stored>(&mut self, key: Key) -> Slot<T> {
        self.read.add(key)
    }

    /// What is read beside the caller.
    pub fn beside(&mut self) -> &mut Read {
        &mut self.read
    }

    /// Reads with everything else what the call's `Idempotency-Key` led to before.
    pub fn once<B>(&mut self, call: &Call<B>) -> Result<Once, Refusal> {
        Once::by(self.claimed(), call, &mut self.read)
    }

    /// Reads everything, and finds out whether this caller may do this here. Only then is there anything to take.
    pub async fn authenticate<B>(self, app: &App, call: &Call<B>) -> Result<(AdminCaller, Found), Refusal> {
        let now = app.now();
        let mut found = app.store.read(self.read, now).await?;
        if let Some(failures) = found.take(self.slots.failures)?
            && let Some(retry_after) = failures.value.wait(FAILURES, now)
        {
            return Err(Refused::TooMany { limit: "too many failed signatures", retry_after }.into());
        }
        let company = found.take(self.slots.company)?;
        let app_space = match self.slots.app_space {
            Some(slot) => found.take(slot)?,
            None => None,
        };
        let who = match &self.presented {
            Presented::Session(_) => {
                let Some((session, administrator)) = self.slots.session else {
                    return Err(Refusal::Unauthorized);
                };
                let who = in_session(app, found.take(session)?, found.take(administrator)?)?;
                same_site::check(call.parts(), &self.base_url)?;
                who
            }
            Presented::Key(holder, credential) => {
                let holding = match self.slots.holder {
                    Some(slot) => found.take(slot)?.map(|record| record.value),
                    None => company.as_ref().map(|record| record.value.clone()),
                };
                match verify_key(app, call.parts(), credential, holding.as_ref()).await {
                    Ok(seen) => Who::key(*holder, seen),
                    Err(Refusal::Unauthorized) => {
                        app.store.count_failure(FAILURES_PURPOSE, &self.side, FAILURES, now).await?;
                        return Err(Refusal::Unauthorized);
                    }
                    Err(refusal) => return Err(refusal),
                }
            }
        };
        let unknown = || self.place.map_or(Refusal::Unauthorized, Place::unknown);
        let company = company.filter(|record| who.belongs(&record.value)).ok_or_else(unknown)?;
        if let Some(place) = self.place {
            if !place.is(app_space.as_ref()) {
                return Err(place.unknown());
            }
            let here = role::roles_in(&who.grants, place.app_space).next().is_some();
            // Whoever has a role in one of its App Spaces knows the company.
            if !here && (place.app_space.is_some() || who.grants.is_empty()) {
                return Err(place.unknown());
            }
            let allowed = |permission| role::allowed(&who.grants, permission, place.app_space);
            if self.permission.is_some_and(|permission| !allowed(permission)) {
                return Err(Refusal::Forbidden);
            }
        }
        note(app, who.session.as_ref()).await;
        let Who { actor, grants, session, administrator, signature } = who;
        let base_url = self.base_url;
        Ok((
            AdminCaller { actor, grants, company, app_space, session, administrator, base_url, signature },
            found,
        ))
    }
}

/// A caller whose session or signature was verified.
struct Who {
    actor: Actor,
    grants: Vec<Grant>,
    session: Option<Record<Session>>,
    administrator: Option<Record<Administrator>>,
    signature: Option<Seen>,
}

impl Who {
    fn key(holder: countersign_domain::id::CompanyId, seen: Seen) -> Self {
        Self {
            actor: Actor::Company(holder),
            grants: vec![Grant::CompanyAdmin],
            session: None,
            administrator: None,
            signature: Some(seen),
        }
    }

    /// Whether the caller has anything to do with `company`.
    fn belongs(&self, company: &Company) -> bool {
        match (self.actor, &self.administrator) {
            (Actor::Company(holder), _) => Place::is_of(company, holder),
            (_, Some(administrator)) => administrator.value.company == company.id,
            _ => false,
        }
    }
}

fn in_session(
    app: &App,
    session: Option<Record<Session>>,
    administrator: Option<Record<Administrator>>,
) -> Result<Who, Refusal> {
    let (Some(session), Some(administrator)) = (session, administrator) else {
        return Err(Refusal::Unauthorized);
    };
    if !session.value.is_live(&administrator.value, app.now()) {
        return Err(Refusal::Unauthorized);
    }
    Ok(Who {
        actor: Actor::Administrator(administrator.value.id),
        grants: administrator.value.grants.clone(),
        session: Some(session),
        administrator: Some(administrator),
        signature: None,
    })
}

/// Notes that something is done in the session, now and then. One that was ended meanwhile stays ended.
async fn note(app: &App, session: Option<&Record<Session>>) {
    let Some((session, noted)) = session.and_then(|record| Some((record, record.value.noted(app.now())?)))
    else {
        return;
    };
    let written = match Write::new().replace("session", session, &noted) {
        Ok(write) => app.store.write(write).await,
        Err(error) => Err(error),
    };
    if let Err(error) = written
        && !error.is_conflict()
    {
        tracing::warn!(%error, "a session's activity was not noted");
    }
}
