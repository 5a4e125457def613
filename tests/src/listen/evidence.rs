//! Whether the evidence of an event holds: the service's receipt and the device's own signature.

use std::fmt;

use countersign_crypto::answer::{self, AnswerClaims};
use countersign_crypto::jwk::PublicJwk;
use countersign_crypto::jws::Unverified;
use countersign_crypto::receipt;
use serde_json::Value;

use super::event::{Event, Evidence};

/// What became of the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// There is none.
    Absent,
    /// It holds.
    Holds,
    /// It cannot be checked now; why.
    Unchecked(String),
    /// It does not hold; why. Nobody may rely on this event.
    Bad(String),
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("none"),
            Self::Holds => f.write_str("verified; challenge, digest, key and answer match"),
            Self::Unchecked(why) => write!(f, "not checked: {why}"),
            Self::Bad(why) => write!(f, "BAD: {why}"),
        }
    }
}

/// Checks the receipt with the key set `jwks`, and everything that the receipt and the event both say.
pub(crate) fn check(event: &Event, jwks: Result<&str, &str>) -> Verdict {
    let Some((evidence, compact)) = event.evidence.as_ref().and_then(|e| Some((e, e.receipt.as_deref()?)))
    else {
        return Verdict::Absent;
    };
    match jwks {
        Err(why) => Verdict::Unchecked(why.to_owned()),
        Ok(jwks) => match holds(event, evidence, compact, jwks) {
            Ok(()) => Verdict::Holds,
            Err(why) => Verdict::Bad(why),
        },
    }
}

/// Whether the receipt names a key that the set does not have: then a fresh set may have it.
pub(crate) fn key_is_unknown(event: &Event, jwks: &str) -> bool {
    use countersign_crypto::jws::JwsRefused::UnknownKey;
    let compact = event.evidence.as_ref().and_then(|evidence| evidence.receipt.as_deref());
    compact.is_some_and(|compact| {
        matches!(receipt::verify(jwks, compact), Err(receipt::ReceiptRefused::Jws(UnknownKey)))
    })
}

fn holds(event: &Event, evidence: &Evidence, compact: &str, jwks: &str) -> Result<(), String> {
    let receipt = receipt::verify(jwks, compact).map_err(|why| why.to_string())?;
    let same = |what: &str, a: &str, b: Option<&str>| match b == Some(a) {
        true => Ok(()),
        false => Err(format!("the receipt is for another {what}")),
    };
    let thumbprint = receipt.device_key_thumbprint.to_string();
    same("challenge", &receipt.challenge, Some(event.guid.as_str()))?;
    same("document", &receipt.document_digest.to_string(), event.document_digest.as_deref())?;
    same("device", &receipt.device, evidence.device_guid.as_deref())?;
    same("key", &thumbprint, evidence.key_thumbprint.as_deref())?;
    same("answer", &receipt.device_signature, evidence.answer.as_deref())?;

    // The device's own signature: with it the outcome stands even against the service.
    let key = match &evidence.key {
        Some(Value::String(text)) => PublicJwk::parse(text),
        Some(jwk) => PublicJwk::parse(&jwk.to_string()),
        None => return Err("the device's key is missing".to_owned()),
    };
    let key = key.map_err(|why| format!("the device's key {why}"))?;
    if key.thumbprint().to_string() != thumbprint {
        return Err("the device's key is not the one of the receipt".to_owned());
    }
    let answer: AnswerClaims = Unverified::parse(&receipt.device_signature)
        .and_then(|jws| jws.claims(&key, answer::TYP))
        .map_err(|why| format!("the device's answer {why}"))?;
    if answer.challenge != receipt.challenge
        || answer.digest != receipt.document_digest
        || answer.answer != receipt.answer
        || answer.decline_reason != receipt.decline_reason
    {
        return Err("the device signed something else than the receipt says".to_owned());
    }
    Ok(())
}
