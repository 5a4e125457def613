//! `{"data": …}`: what every body and every reply of the Authenticator API has around it.

use countersign_domain::id::{Malformed, Number};
use countersign_domain::time::Timestamp;
use countersign_lambda::Reply;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The outermost member.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Data<T> {
    pub(crate) data: T,
}

/// 200 with `data`.
pub(crate) fn reply<T: Serialize>(data: T) -> Reply<Data<T>> {
    Reply::ok(Data { data })
}

/// A time, RFC 3339 to the second: the iOS app of version 1 reads no fractions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Second(pub(crate) Timestamp);

impl Serialize for Second {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.rfc3339_secs())
    }
}

/// A number of version 2 as apps send it: as JSON number or as text. Malformed ones are none of anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SaidNumber(pub(crate) Option<Number>);

impl<'de> Deserialize<'de> for SaidNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Said {
            Number(u64),
            Text(String),
        }
        let number: Result<Number, Malformed> = match Said::deserialize(deserializer)? {
            Said::Number(number) => number.to_string().parse(),
            Said::Text(text) => text.parse(),
        };
        Ok(Self(number.ok()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_as_such_or_as_text() {
        let read = |text| serde_json::from_str::<SaidNumber>(text).ok().map(|said| said.0);
        assert_eq!(read("12"), Some("12".parse().ok()));
        assert_eq!(read("\"12\""), Some("12".parse().ok()));
        assert_eq!((read("\"x\""), read("9007199254740992")), (Some(None), Some(None)));
        assert_eq!((read("1.5"), read("null")), (None, None));
    }
}
