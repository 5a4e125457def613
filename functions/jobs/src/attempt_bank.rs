//! An attempt to tell a bank what its user did in an app; what the bank says is what the app is shown.

use countersign_domain::authenticator_settings::AuthenticatorSettings;
use countersign_domain::delivery::{AttemptResult, Delivery, DeliveryState, Subject};
use countersign_domain::id::UserId;
use countersign_domain::relayed::BankReply;
use countersign_lambda::bank_action;
use countersign_lambda::bank_call::{BankAnswer, BankLine};
use countersign_store::bank::BankAction;
use countersign_store::entities::Concluded;
use countersign_store::{Read, Record, Write, keys};
use serde::Deserialize;
use serde_json::Value;

use crate::Jobs;
use crate::error::JobError;

/// What the attempt needs to know.
pub(crate) struct BankAttempt {
    /// None once the App Space has no bank any more.
    line: Option<BankLine>,
    /// What an app that answered is shown meanwhile.
    relaying: Option<Record<Concluded>>,
}

/// What a bank may add to its answer.
#[derive(Deserialize)]
struct Taken {
    #[serde(default)]
    close_action: bool,
}

impl BankAttempt {
    /// Reads it. `user` did what the bank is told.
    pub(crate) async fn read(jobs: &Jobs, delivery: &Delivery, user: UserId) -> Result<Self, JobError> {
        let app = &jobs.app;
        let mut read = Read::new();
        let key = keys::authenticator_settings(delivery.app_space.tenant());
        let settings = read.add::<AuthenticatorSettings>(key);
        let relaying = match delivery.subject {
            Subject::Challenge(id) => Some(read.add::<Concluded>(keys::relaying(user, id))),
            Subject::Consent(_) | Subject::Device(_) => None,
        };
        let mut found = app.store.read(read, app.now()).await?;
        let line = match found.take(settings)? {
            Some(settings) => BankLine::open(app, &settings.value).await.map_err(JobError::refused)?,
            None => None,
        };
        Ok(Self { line, relaying: relaying.map(|slot| found.take(slot)).transpose()?.flatten() })
    }

    /// Calls the bank, and does what it adds to its answer.
    pub(crate) async fn make(&self, jobs: &Jobs, delivery: &Delivery) -> Result<AttemptResult, JobError> {
        let Some(line) = &self.line else {
            return Ok(AttemptResult::Unreachable("the App Space has no bank".into()));
        };
        let data: Value = serde_json::from_str(&delivery.body).map_err(JobError::unexpected)?;
        let answered = line.put(&jobs.app, &delivery.url, &data).await.map_err(JobError::refused)?;
        Ok(match answered {
            Ok(answer) => {
                // Before the attempt is ended: should this fail, the bank is told again, and says it again.
                self.close(jobs, &answer).await?;
                AttemptResult::Status(answer.status.as_u16())
            }
            Err(countersign_outbound::Unanswered::Forbidden) => AttemptResult::Forbidden,
            Err(problem) => AttemptResult::Unreachable(problem.to_string()),
        })
    }

    /// The bank may say that with this answer the whole action is over.
    async fn close(&self, jobs: &Jobs, answer: &BankAnswer) -> Result<(), JobError> {
        let relayed = self.relaying.as_ref().and_then(|relaying| relaying.value.challenge.relayed.as_ref());
        let closes = answer.is_success() && answer.data::<Taken>().is_some_and(|taken| taken.close_action);
        let (Some(relayed), Some(relaying), true) = (relayed, &self.relaying, closes) else {
            return Ok(());
        };
        let key = keys::bank_action(relaying.value.challenge.app_space.tenant(), &relayed.action_id);
        if let Some(action) = jobs.app.store.get::<BankAction>(key, jobs.app.now()).await? {
            bank_action::close(&jobs.app, &action.value).await?;
        }
        Ok(())
    }

    /// Adds what the app is shown once the delivery is over.
    pub(crate) fn end(&self, write: Write, ended: &Delivery) -> Result<Write, JobError> {
        let (Some(relaying), Some(reply)) = (&self.relaying, reply(&ended.state)) else { return Ok(write) };
        conclude(write, relaying, reply)
    }
}

/// Adds that nobody waits for the bank any more.
pub(crate) fn conclude(
    write: Write,
    relaying: &Record<Concluded>,
    reply: BankReply,
) -> Result<Write, JobError> {
    let concluded = relaying.value.clone().replied(reply);
    Ok(write.remove("relaying", relaying)?.put_mark("concluded", &concluded)?)
}

fn reply(state: &DeliveryState) -> Option<BankReply> {
    match *state {
        DeliveryState::Due { .. } => None,
        DeliveryState::Delivered { at } => Some(BankReply::Taken { at }),
        DeliveryState::Refused { at } | DeliveryState::Gone { at } => Some(BankReply::Refused { at }),
        DeliveryState::Exhausted { at } => Some(BankReply::Unreachable { at }),
    }
}
