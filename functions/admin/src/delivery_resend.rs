//! `POST …/deliveries/replay`: webhooks are sent again, with the same ids.

use countersign_domain::delivery::Subject;
use countersign_domain::event::EventKind;
use countersign_domain::id::Malformed;
use countersign_domain::invalid::Invalid;
use countersign_domain::refused::Refused;
use countersign_domain::role::Permission;
use countersign_lambda::admin::AdminRead;
use countersign_lambda::guarded::{ROUNDS, Written};
use countersign_lambda::replaying::replay;
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::{Deserialize, Serialize};

use crate::delivery_entry::DeliveryEntry;
use crate::found;

/// What the webhooks are about, and which of them.
#[derive(Deserialize)]
pub(crate) struct Body {
    challenge: Option<String>,
    consent: Option<String>,
    /// One of them alone.
    id: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct Replayed {
    items: Vec<DeliveryEntry>,
}

impl Body {
    fn subject(&self) -> Result<Subject, Invalid> {
        match (&self.challenge, &self.consent) {
            (Some(id), None) => guid("challenge", id).map(Subject::Challenge),
            (None, Some(id)) => guid("consent", id).map(Subject::Consent),
            (None, None) => Err(Invalid::new("challenge", "is missing")),
            (Some(_), Some(_)) => Err(Invalid::new("consent", "excludes challenge")),
        }
    }
}

fn guid<T: std::str::FromStr<Err = Malformed>>(field: &'static str, text: &str) -> Result<T, Invalid> {
    text.parse().map_err(|error: Malformed| Invalid::new(field, error.to_string()))
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<Replayed>, Refusal> {
    let subject = call.body.subject()?;
    for _ in 0..ROUNDS {
        let read = AdminRead::of(app, &call, Permission::ManageDeliveries)?;
        let (caller, _) = read.authenticate(app, &call).await?;
        let all = app.store.deliveries(subject).await?;
        let mut deliveries = found::deliveries_of(all, caller.app_space()?.value.id);
        deliveries.retain(|record| call.body.id.as_ref().is_none_or(|id| *id == record.value.id));
        let (write, replayed) = replay(&deliveries, app.now())?;
        if replayed.is_empty() {
            return Err(Refused::Unknown("delivery").into());
        }
        let events: Vec<&str> = replayed.iter().map(|delivery| delivery.event.name()).collect();
        let act = caller.act(app, EventKind::DeliveryReplayed, subject, Some(events.join(", ")));
        match caller.write(app, write, &act).await {
            Ok(()) => {
                let items = replayed.iter().map(DeliveryEntry::of).collect();
                return Ok(Reply::accepted(Replayed { items }));
            }
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}
