//! SNS: mobile push, text messages and topics, answered as AWS answers what Countersign calls.
//!
//! Nothing leaves the machine: what would be delivered is kept in the outbox. Error codes and statuses
//! are those of the API reference (2010-03-31); messages are AWS's own where they are publicly known.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_domain::time::Clock;
use serde::{Deserialize, Serialize};

use crate::ids::Ids;
use crate::reply::Reply;
use crate::{StartError, folder};

mod answer;
mod applications;
mod endpoints;
mod message;
mod outbox;
mod params;
mod platform;
mod publish;
mod topics;

pub use message::Attribute;
pub use outbox::{Published, Recipient};

pub(crate) use answer::Refused;
pub(crate) use params::Params;

use answer::Answer;
use applications::Application;
use endpoints::Endpoint;
use outbox::Outbox;
use topics::Topic;

/// Everything that outlives a restart, by ARN.
#[derive(Default, Clone, Serialize, Deserialize)]
struct State {
    #[serde(default)]
    applications: BTreeMap<String, Application>,
    #[serde(default)]
    endpoints: BTreeMap<String, Endpoint>,
    #[serde(default)]
    topics: BTreeMap<String, Topic>,
}

/// The service.
pub(crate) struct Sns {
    state: Mutex<State>,
    file: Option<PathBuf>,
    outbox: Outbox,
    ids: Arc<Ids>,
    clock: Arc<dyn Clock>,
}

/// What an action works on.
struct Context<'a> {
    params: &'a Params,
    region: &'a str,
    ids: &'a Ids,
}

impl Sns {
    pub(crate) fn open(
        data: Option<&Path>,
        clock: Arc<dyn Clock>,
        ids: Arc<Ids>,
    ) -> Result<Self, StartError> {
        let file = data.map(|folder| folder.join("sns.json"));
        let state = file.as_deref().map(folder::read).transpose()?.unwrap_or_default();
        Ok(Self { state: Mutex::new(state), file, outbox: Outbox::default(), ids, clock })
    }

    pub(crate) fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// Carries out one call that is signed for `region`.
    pub(crate) fn call(&self, params: &Params, region: &str, request_id: &str) -> Reply {
        match self.act(params, region) {
            Ok(answer) => answer.reply(params.action(), request_id),
            Err(refused) => refused.reply(request_id),
        }
    }

    fn act(&self, params: &Params, region: &str) -> Result<Answer, Refused> {
        let call = Context { params, region, ids: &self.ids };
        match params.action() {
            "CreatePlatformApplication" => self.change(|state| applications::create(state, &call)),
            "SetPlatformApplicationAttributes" => {
                self.change(|state| applications::set_attributes(state, &call))
            }
            "GetPlatformApplicationAttributes" => applications::attributes(&self.state(), &call),
            "ListPlatformApplications" => applications::list(&self.state(), &call),
            "DeletePlatformApplication" => self.change(|state| applications::delete(state, &call)),
            "CreatePlatformEndpoint" => self.change(|state| endpoints::create(state, &call)),
            "SetEndpointAttributes" => self.change(|state| endpoints::set_attributes(state, &call)),
            "GetEndpointAttributes" => endpoints::attributes(&self.state(), &call),
            "DeleteEndpoint" => self.change(|state| endpoints::delete(state, &call)),
            "ListEndpointsByPlatformApplication" => endpoints::list(&self.state(), &call),
            "CreateTopic" => self.change(|state| topics::create(state, &call)),
            "DeleteTopic" => self.change(|state| topics::delete(state, &call)),
            "Publish" => {
                let published = publish::publish(&self.state(), &call, self.clock.now())?;
                let answer = Answer::default().text("MessageId", &published.id);
                self.outbox.add(published);
                Ok(answer)
            }
            action => Err(Refused::invalid_action(action)),
        }
    }

    /// Disables an endpoint as a push service would; false when there is none.
    pub(crate) fn disable_endpoint(&self, arn: &str) -> io::Result<bool> {
        let mut state = self.state();
        let mut changed = state.clone();
        let Some(endpoint) = changed.endpoints.get_mut(arn) else { return Ok(false) };
        endpoint.disable();
        self.save(&changed)?;
        *state = changed;
        Ok(true)
    }

    /// A change counts only once it is written, so that a restart never knows less than a caller was told.
    fn change(&self, action: impl FnOnce(&mut State) -> Result<Answer, Refused>) -> Result<Answer, Refused> {
        let mut state = self.state();
        let mut changed = state.clone();
        let answer = action(&mut changed)?;
        self.save(&changed).map_err(|error| {
            tracing::error!(%error, "sns.json could not be written");
            Refused::internal()
        })?;
        *state = changed;
        Ok(answer)
    }

    fn save(&self, state: &State) -> io::Result<()> {
        self.file.as_deref().map_or(Ok(()), |file| folder::write(file, state))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
