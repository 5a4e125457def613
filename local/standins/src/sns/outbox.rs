//! What SNS took to deliver.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use countersign_domain::time::Timestamp;
use tokio::sync::broadcast;

use super::message::Attribute;

/// One message that SNS took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The `MessageId` of the answer.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// To whom.
    pub to: Recipient,
    /// `Message` as it came; with `structure` `json` it is a JSON object with an entry per platform.
    pub message: String,
    /// `MessageStructure`: `json` or nothing.
    pub structure: Option<String>,
    /// `Subject`.
    pub subject: Option<String>,
    /// `MessageAttributes` by name, e.g. `AWS.SNS.MOBILE.GCM.TTL`.
    pub attributes: BTreeMap<String, Attribute>,
    /// What the push service of an endpoint would be sent: JSON for FCM and APNs.
    pub payload: Option<String>,
}

/// Whom a message is for. The push token is not in its `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub enum Recipient {
    /// A platform endpoint.
    Endpoint {
        /// Its ARN.
        arn: String,
        /// The platform of its application, e.g. `GCM`.
        platform: String,
        /// The device's push token.
        token: String,
    },
    /// A topic.
    Topic {
        /// Its ARN.
        arn: String,
    },
    /// A phone, by text message.
    Phone {
        /// In E.164, e.g. `+43123456789`.
        number: String,
    },
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Endpoint { arn, .. } => f.debug_tuple("Endpoint").field(arn).finish(),
            Self::Topic { arn } => f.debug_tuple("Topic").field(arn).finish(),
            Self::Phone { .. } => f.write_str("Phone(…)"),
        }
    }
}

/// The messages of this run; the last 10,000.
pub(crate) struct Outbox {
    kept: Mutex<VecDeque<Published>>,
    listeners: broadcast::Sender<Published>,
}

const KEPT: usize = 10_000;
const LISTENERS_MAY_LAG: usize = 1024;

impl Default for Outbox {
    fn default() -> Self {
        Self { kept: Mutex::default(), listeners: broadcast::Sender::new(LISTENERS_MAY_LAG) }
    }
}

impl Outbox {
    pub(super) fn add(&self, published: Published) {
        // Under the lock, so that listeners and list agree on the order.
        let mut kept = self.kept();
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(published.clone());
        // Without a listener there is nobody to tell.
        let _ = self.listeners.send(published);
    }

    pub(crate) fn all(&self) -> Vec<Published> {
        self.kept().iter().cloned().collect()
    }

    pub(crate) fn take(&self) -> Vec<Published> {
        std::mem::take(&mut *self.kept()).into()
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Published> {
        self.listeners.subscribe()
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<Published>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
