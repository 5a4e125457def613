//! What was called, in order: so that a test can count.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use countersign_domain::time::Timestamp;

use crate::rights::Right;

/// Which service a call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// `DynamoDB_20120810`.
    DynamoDb,
    /// `DynamoDBStreams_20120810`.
    Streams,
    /// SNS 2010-03-31.
    Sns,
    /// `secretsmanager`.
    SecretsManager,
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DynamoDb => "dynamodb",
            Self::Streams => "streams.dynamodb",
            Self::Sns => "sns",
            Self::SecretsManager => "secretsmanager",
        })
    }
}

/// One call as it came, before any fault. Repeats by the SDK are calls of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// 1 for the first call since the start; never used again.
    pub number: u64,
    /// The service.
    pub service: Service,
    /// The action, e.g. `UpdateItem` or `Publish`.
    pub action: String,
    /// What it concerns: the table (a transaction's first), stream, secret, endpoint, topic or application,
    /// as the caller named it. Never a phone number.
    pub resource: Option<String>,
    /// What the caller's role would have to allow.
    pub rights: Vec<Right>,
    /// When.
    pub at: Timestamp,
}

/// The record of the calls; the last 100,000.
#[derive(Default)]
pub struct Calls(Mutex<Record>);

#[derive(Default)]
struct Record {
    kept: VecDeque<Call>,
    last: u64,
}

/// What a local run of days may hold.
const KEPT: usize = 100_000;

impl Calls {
    pub(crate) fn add(
        &self,
        service: Service,
        action: &str,
        resource: Option<String>,
        rights: Vec<Right>,
        at: Timestamp,
    ) -> Call {
        let mut record = self.record();
        record.last += 1;
        let call = Call { number: record.last, service, action: action.to_owned(), resource, rights, at };
        if record.kept.len() == KEPT {
            record.kept.pop_front();
        }
        record.kept.push_back(call.clone());
        call
    }

    /// All of them, oldest first.
    pub fn all(&self) -> Vec<Call> {
        self.record().kept.iter().cloned().collect()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.record().kept.len()
    }

    /// How many there are for one service.
    pub fn count_of(&self, service: Service) -> usize {
        self.record().kept.iter().filter(|call| call.service == service).count()
    }

    /// All of them, oldest first, and forgets them.
    pub fn take(&self) -> Vec<Call> {
        std::mem::take(&mut self.record().kept).into()
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
