//! Which signatures of a webhook verify (Standard Webhooks).

use std::fmt;

use countersign_crypto::jwk::PublicJwk;
use countersign_crypto::webhook::{WebhookHeaders, WebhookRefused, WebhookSecret, verify_v1, verify_v1a};
use countersign_domain::time::Timestamp;

/// What became of the signatures of one version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    /// One of them is by a key that is known.
    Verified,
    /// None of them is.
    Refused(WebhookRefused),
    /// There is none, or no key to verify it with.
    NotTried,
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verified => f.write_str("verified"),
            Self::Refused(why) => write!(f, "refused: {why}"),
            Self::NotTried => f.write_str("not tried"),
        }
    }
}

/// What became of all signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signatures {
    /// HMAC with a shared secret.
    pub(crate) v1: Check,
    /// Ed25519 with a published key.
    pub(crate) v1a: Check,
}

impl Signatures {
    /// Tries all keys.
    pub(crate) fn check(
        headers: &WebhookHeaders<'_>,
        body: &[u8],
        now: Timestamp,
        secrets: &[WebhookSecret],
        ed25519: &[PublicJwk],
    ) -> Self {
        let has = |version: &str| {
            headers.signature.split(' ').any(|one| one.split_once(',').is_some_and(|(of, _)| of == version))
        };
        let v1 = secrets.iter().map(|secret| verify_v1(secret, headers, body, now));
        let v1a = ed25519.iter().map(|key| verify_v1a(key, headers, body, now));
        Self {
            v1: if has("v1") { best(v1) } else { Check::NotTried },
            v1a: if has("v1a") { best(v1a) } else { Check::NotTried },
        }
    }

    /// Whether the event is the service's: one good signature is enough, for others may be by keys of other
    /// receivers or of tomorrow.
    pub(crate) fn is_good(self) -> bool {
        self.v1 == Check::Verified || self.v1a == Check::Verified
    }
}

fn best(results: impl Iterator<Item = Result<(), WebhookRefused>>) -> Check {
    results.fold(Check::NotTried, |best, result| match (best, result) {
        (Check::Verified, _) | (_, Ok(())) => Check::Verified,
        (_, Err(why)) => Check::Refused(why),
    })
}

impl fmt::Display for Signatures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v1 {}; v1a {}", self.v1, self.v1a)
    }
}
