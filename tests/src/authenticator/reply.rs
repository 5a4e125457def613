//! Replies as an iOS app reads them: `{"data": …}`, and each member of its own type or none at all.

use countersign_domain::time::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, de};

use super::error::{AppError, accepted};
use crate::device::service::RawReply;

/// `data` of a reply that is no refusal.
pub(super) fn data<T: DeserializeOwned>(reply: RawReply) -> Result<T, AppError> {
    #[derive(Deserialize)]
    struct Reply<T> {
        data: T,
    }
    read::<Reply<T>>(&accepted(reply)?.body).map(|reply| reply.data)
}

/// JSON that came from the service, encrypted or not.
pub(super) fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T, AppError> {
    let mut json = serde_json::Deserializer::from_slice(json);
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        // What stands there may be a token, so that only its place is told.
        let missing = error.inner().to_string();
        let missing = missing.split(" at line").next().filter(|text| text.starts_with("missing field"));
        AppError::Unreadable(match missing {
            Some(missing) => format!("{}: {missing}", error.path()),
            None => error.path().to_string(),
        })
    })
}

/// A number that is not a text, as the text that requests say it with.
pub(super) fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    i64::deserialize(deserializer).map(|number| number.to_string())
}

/// ISO 8601 in UTC, with `Z`: iOS reads no other zone.
pub(super) fn utc<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    let read = text.parse().ok().filter(|_| text.ends_with('Z') && text.as_bytes().get(10) == Some(&b'T'));
    read.ok_or_else(|| de::Error::custom("it is not a time in UTC"))
}

/// As [`utc`], where there is one.
pub(super) fn optional_utc<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    #[derive(Deserialize)]
    struct At(#[serde(deserialize_with = "utc")] Timestamp);
    Option::<At>::deserialize(deserializer).map(|at| at.map(|At(at)| at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Item {
        #[serde(deserialize_with = "integer")]
        id: String,
        #[serde(deserialize_with = "utc")]
        at: Timestamp,
        #[serde(default, deserialize_with = "optional_utc")]
        end: Option<Timestamp>,
        token: String,
    }

    fn item(json: &str) -> Result<Item, String> {
        let body = format!("{{\"data\":{json}}}").into_bytes();
        data(RawReply { status: 200, retry_after: None, body }).map_err(|error| error.to_string())
    }

    #[test]
    fn every_member_has_its_type() {
        let good = r#"{"id":9007199254740991,"at":"2026-11-22T10:00:00Z","end":"2026-11-22T10:00:00.000Z","token":"t"}"#;
        let read = item(good).unwrap();
        assert_eq!((read.id.as_str(), read.token.as_str()), ("9007199254740991", "t"));
        assert_eq!((read.at, read.end), (Timestamp::from_secs(1_795_341_600), Some(read.at)));
        for (from, to, told) in [
            ("9007199254740991", "\"9007199254740991\"", "data.id"),
            ("9007199254740991", "9007199254740991.5", "data.id"),
            ("\"2026-11-22T10:00:00Z\"", "1795341600", "data.at"),
            ("10:00:00Z", "10:00:00+00:00", "data.at"),
            ("2026-11-22T10:00:00Z", "2026-11-22 10:00:00Z", "data.at"),
            ("10:00:00.000Z", "11:00:00.000+01:00", "data.end"),
            ("\"t\"", "[\"secret\"]", "data.token"),
            ("\"token\"", "\"other\"", "data: missing field `token`"),
        ] {
            let error = item(&good.replace(from, to)).unwrap_err();
            assert_eq!(error, format!("the reply is not as an app reads it: {told}"));
        }
    }
}
