//! Creates that are sent twice have one effect.

use countersign_domain::actor::Actor;
use countersign_domain::idempotency::{Idempotency, IdempotencyKey, Made};
use countersign_store::guards::Remembered;
use countersign_store::{Found, Read, Slot, StoreError, Write, keys};

use crate::app::App;
use crate::call::Call;
use crate::origin::OriginRead;
use crate::refusal::Refusal;

/// The `Idempotency-Key` of a create, if the caller gave one, and what is remembered under it.
pub struct Once {
    key: Option<IdempotencyKey>,
    slot: Option<Slot<Remembered>>,
    by: Actor,
    request_digest: String,
}

impl Once {
    /// Reads with everything else what the key led to before.
    pub fn of<B>(call: &Call<B>, read: &mut OriginRead) -> Result<Self, Refusal> {
        Self::by(Actor::RequestOrigin(read.id()), call, read.beside())
    }

    /// Likewise, of any caller.
    pub fn by<B>(by: Actor, call: &Call<B>, read: &mut Read) -> Result<Self, Refusal> {
        let key = call.idempotency_key()?;
        let slot = key.as_ref().map(|key| read.add(keys::idempotency(by, key.as_str())));
        Ok(Self { key, slot, by, request_digest: call.digest() })
    }

    /// What the same request made before.
    pub fn repeated(&self, found: &mut Found) -> Result<Option<Made>, Refusal> {
        let Some(slot) = self.slot else { return Ok(None) };
        let remembered = found.take(slot)?;
        remembered
            .map(|record| record.value.idempotency.repeated(&self.request_digest).map_err(Refusal::from))
            .transpose()
    }

    /// Adds to a write that this request made `made`.
    pub fn remember(&self, app: &App, write: Write, made: Made) -> Result<Write, StoreError> {
        let Some(key) = &self.key else { return Ok(write) };
        let idempotency =
            Idempotency { by: self.by, request_digest: self.request_digest.clone(), made, at: app.now() };
        write.insert_over_expired("idempotency", &Remembered::new(key.as_str(), idempotency), app.now())
    }
}
