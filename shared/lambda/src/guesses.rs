//! Guessing tokens is limited per address.
//!
//! A token has 256 random bits, a dispatch token 122: neither can be guessed; the limit keeps those who try from costing anything.

use countersign_domain::refused::Refused;
use countersign_domain::time::Span;
use countersign_store::guards::{Attempts, Failures};
use countersign_store::{Found, Read, Slot, keys};

use crate::app::App;
use crate::call::Call;
use crate::refusal::Refusal;

const LIMIT: Attempts = Attempts { max: 20, window: Span::minutes(5) };
const PURPOSE: &str = "token";

/// The count of wrong tokens from the caller's address.
pub struct Guesses {
    slot: Slot<Failures>,
    side: String,
}

impl Guesses {
    /// Reads the count with everything else.
    pub fn of<B>(call: &Call<B>, read: &mut Read) -> Self {
        let side = call.source_ip().to_owned();
        Self { slot: read.add(keys::attempts(PURPOSE, &side)), side }
    }

    /// Refuses whoever guessed too often.
    pub fn check(&self, app: &App, found: &mut Found) -> Result<(), Refusal> {
        let wait = found.take(self.slot)?.and_then(|failures| failures.value.wait(LIMIT, app.now()));
        match wait {
            Some(retry_after) => Err(Refused::TooMany { limit: "too many wrong tokens", retry_after }.into()),
            None => Ok(()),
        }
    }

    /// Counts a wrong token; gives the refusal for it.
    pub async fn wrong(&self, app: &App, what: &'static str) -> Result<Refusal, Refusal> {
        self.count(app).await?;
        Ok(Refused::Unknown(what).into())
    }

    /// Counts something wrong for which there is another refusal.
    pub async fn count(&self, app: &App) -> Result<(), Refusal> {
        Ok(app.store.count_failure(PURPOSE, &self.side, LIMIT, app.now()).await?)
    }
}
