//! A change of one Request Origin, with its act; again where somebody was faster.

use countersign_domain::act::Act;
use countersign_domain::event::EventKind;
use countersign_domain::id::RequestOriginId;
use countersign_domain::idempotency::Made;
use countersign_domain::refused::Refused;
use countersign_domain::request_origin::RequestOrigin;
use countersign_domain::role::Permission;
use countersign_lambda::admin::{AdminCaller, AdminRead};
use countersign_lambda::guarded::{ROUNDS, Written};
use countersign_lambda::{App, Call, Refusal};
use countersign_store::{Write, keys};

/// What is to be done with a Request Origin, and what the operation makes of it.
#[allow(clippy::large_enum_variant)] // one at a time, never in bulk
pub(crate) enum Change<T> {
    /// It is so already.
    Nothing(T),
    /// Another value. The subject is the Request Origin where none is named.
    To { new: RequestOrigin, event: EventKind, subject: Option<String>, detail: Option<String>, made: T },
    /// It goes.
    Remove(T),
}

impl<T> Change<T> {
    /// Another value, and nothing to be said of it but `detail`.
    pub(crate) const fn to(new: RequestOrigin, event: EventKind, detail: Option<String>, made: T) -> Self {
        Self::To { new, event, subject: None, detail, made }
    }
}

/// Changes the Request Origin that the path names. `shown` says what a repeated `Idempotency-Key` would show once more: that
/// is refused.
pub(crate) async fn change<B, T>(
    app: &App,
    call: &Call<B>,
    shown: Option<&'static str>,
    change: impl Fn(&AdminCaller, RequestOrigin) -> Result<Change<T>, Refusal>,
) -> Result<T, Refusal> {
    for _ in 0..ROUNDS {
        let mut read = AdminRead::of(app, call, Permission::ManageRequestOrigins)?;
        let (id, slot) = match call.path("requestOrigin").parse::<RequestOriginId>() {
            Ok(id) => (Some(id), Some(read.add::<RequestOrigin>(keys::request_origin(id)))),
            Err(_) => (None, None),
        };
        let once = if shown.is_some() { Some(read.once(call)?) } else { None };
        let (caller, mut found) = read.authenticate(app, call).await?;
        let app_space = caller.app_space()?.value.id;
        let old = slot.map(|slot| found.take(slot)).transpose()?.flatten();
        let old = old.filter(|old| old.value.app_space == app_space && Some(old.value.id) == id);
        let old = old.ok_or(Refused::Unknown("Request Origin"))?;
        if let (Some(what), Some(once)) = (shown, &once)
            && once.repeated(&mut found)?.is_some()
        {
            return Err(Refused::WrongState { what, state: "shown already" }.into());
        }
        let act = |event, subject: Option<String>, detail| -> Act {
            caller.act(app, event, subject.unwrap_or_else(|| old.value.id.to_string()), detail)
        };
        let (mut write, act, made) = match change(&caller, old.value.clone())? {
            Change::Nothing(made) => return Ok(made),
            Change::To { new, event, subject, detail, made } => {
                (Write::new().replace("request origin", &old, &new)?, act(event, subject, detail), made)
            }
            Change::Remove(made) => {
                let act = act(EventKind::RequestOriginRemoved, None, Some(old.value.name.clone()));
                (Write::new().remove("request origin", &old)?, act, made)
            }
        };
        if let Some(once) = once {
            write = once.remember(app, write, Made::Administered { id: act.subject.clone() })?;
        }
        match caller.write(app, write, &act).await {
            Ok(()) => return Ok(made),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}
