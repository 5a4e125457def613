//! Items that keep things from happening twice, or too often.

use countersign_domain::id::RequestOriginId;
use countersign_domain::idempotency::{Idempotency, REMEMBERED};
use countersign_domain::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::{StoreError, explain};
use crate::item::{Stored, key_item, number};
use crate::keys::{self, Key};
use crate::store::Store;

/// What a request made, under the caller's key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Remembered {
    /// SHA-256 of the `Idempotency-Key` stands in the item's key; this is needed to build it.
    key: String,
    /// What was made.
    #[serde(flatten)]
    pub idempotency: Idempotency,
}

impl Remembered {
    /// Under `key` of the caller.
    pub fn new(key: &str, idempotency: Idempotency) -> Self {
        Self { key: key.to_owned(), idempotency }
    }
}

impl Stored for Remembered {
    const KIND: &'static str = "idempotency";

    fn key(&self) -> Key {
        keys::idempotency(self.idempotency.by, &self.key)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.idempotency.at + REMEMBERED)
    }
}

/// A signature or proof that was used, and is not taken again as long as it would be fresh.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Seen {
    purpose: String,
    what: String,
    until: Timestamp,
}

impl Seen {
    /// `what` was used for `purpose`; remembered until `until`.
    pub fn new(purpose: &str, what: &str, until: Timestamp) -> Self {
        // Only the digest of a signature is kept.
        let what = countersign_crypto::digest::Digest::of(what.as_bytes()).to_string();
        Self { purpose: purpose.into(), what, until }
    }
}

impl Stored for Seen {
    const KIND: &'static str = "seen";

    fn key(&self) -> Key {
        keys::seen(&self.purpose, &self.what)
    }

    fn ttl(&self) -> Option<Timestamp> {
        // TTLs are whole seconds: round up, so that nothing is forgotten a moment too early.
        Some(self.until + Span::secs(1))
    }
}

/// A callback whose receiver answered 410 and gets nothing until a replay asks for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GoneEndpoint {
    /// Whose callback.
    pub origin: RequestOriginId,
    /// Which.
    pub url: String,
    /// Since when.
    pub at: Timestamp,
}

impl Stored for GoneEndpoint {
    const KIND: &'static str = "gone_endpoint";

    fn key(&self) -> Key {
        keys::endpoint(self.origin, &self.url)
    }
}

/// How many failures a window holds, and how long it is.
#[derive(Debug, Clone, Copy)]
pub struct Attempts {
    /// Failures until callers must wait.
    pub max: u32,
    /// How long failures are remembered, from the first one on.
    pub window: Span,
}

/// Failures of one kind from one side within a window.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Failures {
    purpose: String,
    who: String,
    count: u32,
    until: Timestamp,
}

impl Stored for Failures {
    const KIND: &'static str = "failures";

    fn key(&self) -> Key {
        keys::attempts(&self.purpose, &self.who)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.until)
    }
}

impl Failures {
    /// How long the caller must wait, if the limit is reached.
    pub fn wait(&self, limit: Attempts, now: Timestamp) -> Option<Span> {
        (self.count >= limit.max && now < self.until).then(|| self.until - now)
    }
}

impl Store {
    /// Counts one more failure of `who`. A window that is over begins anew.
    pub async fn count_failure(
        &self,
        purpose: &'static str,
        who: &str,
        limit: Attempts,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let first =
            Failures { purpose: purpose.into(), who: who.into(), count: 1, until: now + limit.window };
        let key = first.key();
        let counted = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key_item(&key)))
            .update_expression("ADD body.#count :one, version :one")
            .condition_expression("attribute_exists(pk) AND body.#until > :now")
            .expression_attribute_names("#count", "count")
            .expression_attribute_names("#until", "until")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":now", number(now.millis()))
            .send()
            .await;
        match counted {
            Ok(_) => Ok(()),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|error| error.is_conditional_check_failed_exception()) =>
            {
                // Two first failures at once count as one: the limit is no sharper than that.
                self.client
                    .put_item()
                    .table_name(&self.table)
                    .set_item(Some(crate::item::pack(&first, 1)?))
                    .condition_expression("attribute_not_exists(pk) OR body.#until <= :now")
                    .expression_attribute_names("#until", "until")
                    .expression_attribute_values(":now", number(now.millis()))
                    .send()
                    .await
                    .map(drop)
                    .or_else(|error| match error.as_service_error() {
                        Some(service) if service.is_conditional_check_failed_exception() => Ok(()),
                        _ => Err(explain(&self.table, &error)),
                    })
            }
            Err(error) => Err(explain(&self.table, &error)),
        }
    }
}
