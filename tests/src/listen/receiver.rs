//! One webhook: verified, told, and answered with a status.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use countersign_crypto::webhook::WebhookHeaders;
use countersign_domain::time::{Clock, Timestamp};
use hyper::HeaderMap;

use super::event::Event;
use super::evidence::{self, Verdict};
use super::keys::{KeySet, Keys};
use super::signatures::{Check, Signatures};
use crate::plain;

/// How many events are remembered, to tell those that come again.
const REMEMBERED: usize = 1000;

/// Takes a text to print.
pub(crate) type Print = Box<dyn Fn(&str) + Send + Sync>;

/// Verifies webhooks and prints them.
pub(crate) struct Receiver {
    keys: Keys,
    clock: Arc<dyn Clock>,
    /// How many more are to be answered with 500.
    failures: AtomicU32,
    /// The ids of the last good events, oldest first.
    seen: Mutex<VecDeque<String>>,
    print: Print,
}

/// How a webhook is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// 204: it verified.
    Good,
    /// 401: it did not.
    Bad,
    /// 500, as `--fail` asked.
    Failed,
}

impl Outcome {
    /// The HTTP status.
    pub(crate) const fn status(self) -> u16 {
        match self {
            Self::Good => 204,
            Self::Bad => 401,
            Self::Failed => 500,
        }
    }
}

impl Receiver {
    /// A receiver that fails the first `failures` events.
    pub(crate) fn new(keys: Keys, clock: Arc<dyn Clock>, failures: u32, print: Print) -> Self {
        let failures = AtomicU32::new(failures);
        Self { keys, clock, failures, seen: Mutex::default(), print }
    }

    /// Takes one webhook.
    pub(crate) async fn receive(&self, headers: &HeaderMap, body: &[u8]) -> Outcome {
        let now = self.clock.now();
        let Some(headers) = webhook_headers(headers) else {
            (self.print)(&format!("{now}  401: the headers of a webhook are missing"));
            return Outcome::Bad;
        };
        let (signatures, set) = self.check_signatures(&headers, body, now).await;
        let event = Event::parse(body);
        let verdict = match &event {
            Some(event) => self.check_evidence(event, set, now).await,
            None => Verdict::Absent,
        };
        let good = signatures.is_good() && event.is_some() && !matches!(verdict, Verdict::Bad(_));
        let outcome = match good {
            true if self.is_to_fail() => Outcome::Failed,
            true => Outcome::Good,
            false => Outcome::Bad,
        };
        // What an unverified body says is not worth telling: anybody may have sent it.
        let told = if signatures.is_good() { event.as_ref() } else { None };
        let name = told.map_or("-".to_owned(), |event| plain::cut(&event.event, 40));
        let again = if outcome == Outcome::Good && !self.is_new(headers.id) { "  (again)" } else { "" };
        let id = plain::cut(headers.id, 60);
        let mut text =
            format!("{now}  {}  {name}  {id}{again}\n  signatures  {signatures}", outcome.status());
        match told {
            Some(event) => {
                text.push_str(&format!("\n  challenge   {}\n  receipt     {verdict}", event.summary()));
            }
            None if signatures.is_good() => text.push_str("\n  the body is not an event"),
            None => {}
        }
        (self.print)(&text);
        outcome
    }

    async fn check_signatures(
        &self,
        headers: &WebhookHeaders<'_>,
        body: &[u8],
        now: Timestamp,
    ) -> (Signatures, Result<KeySet, String>) {
        let check = |keys: &[_]| Signatures::check(headers, body, now, &self.keys.secrets, keys);
        let Some(published) = &self.keys.published else {
            return (check(&[]), Err("no key set was given".to_owned()));
        };
        match published.get(now).await {
            Ok(set) => {
                let signatures = check(&set.ed25519);
                if let Check::Refused(_) = signatures.v1a
                    && let Some(set) = published.renewed(now).await
                {
                    return (check(&set.ed25519), Ok(set));
                }
                (signatures, Ok(set))
            }
            Err(why) => (check(&[]), Err(why)),
        }
    }

    async fn check_evidence(&self, event: &Event, set: Result<KeySet, String>, now: Timestamp) -> Verdict {
        if let (Ok(set), Some(published)) = (&set, &self.keys.published)
            && evidence::key_is_unknown(event, &set.text)
            && let Some(set) = published.renewed(now).await
        {
            return evidence::check(event, Ok(&set.text));
        }
        evidence::check(event, set.as_ref().map(|set| set.text.as_str()).map_err(String::as_str))
    }

    fn is_to_fail(&self) -> bool {
        self.failures.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }

    /// Whether this good event has not come before. Remembers it.
    fn is_new(&self, id: &str) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.iter().any(|known| known == id) {
            return false;
        }
        if seen.len() == REMEMBERED {
            seen.pop_front();
        }
        seen.push_back(id.to_owned());
        true
    }
}

/// The headers of a webhook, each of them there once.
fn webhook_headers(headers: &HeaderMap) -> Option<WebhookHeaders<'_>> {
    let single = |name: &str| {
        let mut values = headers.get_all(name).iter();
        values.next().filter(|_| values.next().is_none())?.to_str().ok()
    };
    Some(WebhookHeaders {
        id: single("webhook-id")?,
        timestamp: single("webhook-timestamp")?,
        signature: single("webhook-signature")?,
    })
}
