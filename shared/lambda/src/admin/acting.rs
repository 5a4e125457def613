//! Acts of administration, where there is no caller of the API yet.

use countersign_domain::act::{Act, Trail};
use countersign_domain::actor::Actor;
use countersign_domain::administrator::Administrator;
use countersign_domain::event::EventKind;
use countersign_domain::id::ActId;

use crate::app::App;

/// What is written down of what `actor` does now.
pub fn act(
    app: &App,
    trail: Trail,
    actor: Actor,
    event: EventKind,
    subject: impl ToString,
    detail: Option<String>,
) -> Act {
    let (id, at) = (ActId::new(app.now(), app.random()), app.now());
    Act { id, trail, at, event, subject: subject.to_string(), actor, detail }
}

/// What is written down of what an administrator does to their own access.
pub fn own_act(app: &App, by: &Administrator, event: EventKind, detail: Option<String>) -> Act {
    act(app, Trail::Company(by.company), Actor::Administrator(by.id), event, by.id, detail)
}
