//! The same request sent twice has one effect.

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::id::{ChallengeId, ConsentId, EnrolmentId, UserId};
use crate::invalid::Invalid;
use crate::refused::Refused;
use crate::text;
use crate::time::{Span, Timestamp};

/// How long a repeated request is recognised.
pub const REMEMBERED: Span = Span::hours(24);

/// The `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header): 1 to 255 characters, chosen by the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Takes the header's value.
    pub fn parse(value: &str) -> Result<Self, Invalid> {
        text::line("Idempotency-Key", value.to_owned(), 255).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a request with an `Idempotency-Key` led to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Idempotency {
    /// Whose key it is: keys of two callers never meet.
    pub by: Actor,
    /// SHA-256 of operation and body: another request under the same key is a mistake of the caller.
    pub request_digest: String,
    /// What was made.
    pub made: Made,
    /// When.
    pub at: Timestamp,
}

/// What a create made.
///
/// Tokens that were given out with it are not kept: they are derived again from its id and the sealing key of that time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Made {
    /// A challenge.
    Challenge {
        /// Its id.
        id: ChallengeId,
        /// Id of the sealing key from which the claim token of a claimable one comes.
        token_key: Option<String>,
    },
    /// An enrolment.
    Enrolment {
        /// Its id.
        id: EnrolmentId,
        /// Whether it made the user as well.
        new_user: bool,
        /// Id of the sealing key from which its token comes.
        token_key: String,
    },
    /// A consent.
    Consent {
        /// Whose it is.
        user: UserId,
        /// Its id.
        id: ConsentId,
    },
    /// Something of administration. A secret that was given out with it is not given out again.
    Administered {
        /// Its id, or of what it belongs to.
        id: String,
    },
}

impl Idempotency {
    /// What was made, if this is the same request again.
    pub fn repeated(&self, request_digest: &str) -> Result<Made, Refused> {
        if self.request_digest == request_digest {
            return Ok(self.made.clone());
        }
        Err(Refused::WrongState { what: "Idempotency-Key", state: "used for another request" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{at, challenge_id, origin_id};

    #[test]
    fn the_same_request_made_the_same_and_another_one_is_a_mistake() {
        let made = Made::Challenge { id: challenge_id(1), token_key: None };
        let known = Idempotency {
            by: Actor::RequestOrigin(origin_id()),
            request_digest: "digest".into(),
            made: made.clone(),
            at: at(0),
        };
        assert_eq!(known.repeated("digest"), Ok(made));
        let refused = Refused::WrongState { what: "Idempotency-Key", state: "used for another request" };
        assert_eq!(known.repeated("other"), Err(refused));
    }

    #[test]
    fn a_key_is_a_line_of_255_characters() {
        assert_eq!(IdempotencyKey::parse(&"k".repeat(255)).unwrap().as_str().len(), 255);
        for value in ["", "a\nb", &"k".repeat(256)] {
            assert_eq!(IdempotencyKey::parse(value).unwrap_err().field, "Idempotency-Key");
        }
    }
}
