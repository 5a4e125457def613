//! What happens without a caller: after a change of the table, by the minute, at a rotation.
//!
//! Whatever hangs on the table's stream is done at least once, with ids that stay the same when it is done again.

mod admin_bootstrap;
mod attempt;
mod attempt_bank;
mod attempt_webhook;
mod audit;
mod bank_tell;
mod challenge_expire;
mod counted;
mod delivery_record;
mod delivery_retry;
mod delivery_send;
mod error;
mod happened;
mod key_rotate;
mod push_register;
mod push_send;
mod sms_send;
mod stream_batch;
mod transition_record;
mod webhook;

use std::sync::OnceLock;

use countersign_lambda::operation::Running;
use countersign_lambda::{App, Needs};
use serde_json::Value;

pub use error::JobError;

/// What jobs work with: the app, and a client for webhooks.
pub struct Jobs {
    pub(crate) app: App,
    webhooks: OnceLock<webhook::Sender>,
}

impl Jobs {
    /// Jobs over `app`.
    pub const fn new(app: App) -> Self {
        Self { app, webhooks: OnceLock::new() }
    }

    /// What posts webhooks. Made when first needed: it reads every root certificate, and most jobs never post.
    pub(crate) fn webhooks(&self) -> Result<&webhook::Sender, JobError> {
        if let Some(sender) = self.webhooks.get() {
            return Ok(sender);
        }
        let sender = webhook::Sender::new(self.app.settings.loopback)?;
        Ok(self.webhooks.get_or_init(|| sender))
    }

    /// The app beneath.
    pub const fn app(&self) -> &App {
        &self.app
    }
}

/// One job: a Lambda function of its own.
pub struct Job {
    /// Its name: the function's `Handler`, the folder of its events.
    pub name: &'static str,
    /// What must be ready before the first event.
    pub needs: Needs,
    /// Handles an event; the answer goes back to whatever sent it.
    pub run: for<'a> fn(&'a Jobs, Value) -> Running<'a, Result<Value, JobError>>,
}

macro_rules! jobs {
    ($($name:literal, $needs:ident => $module:ident;)+) => {
        &[$(Job {
            name: $name,
            needs: Needs::$needs,
            run: |jobs, event| Box::pin(async move {
                let event = serde_json::from_value(event).map_err(JobError::event)?;
                $module::handle(jobs, event).await
            }),
        }),+]
    };
}

/// Every job of this package.
pub const JOBS: &[Job] = jobs! {
    "transition-record", SEALING => transition_record;
    "delivery-send", ALL => delivery_send;
    "delivery-retry", ALL => delivery_retry;
    "challenge-expire", TABLE => challenge_expire;
    "key-rotate", NOTHING => key_rotate;
    "admin-bootstrap", TABLE => admin_bootstrap;
};
