//! What an app reads of the tokens that it is given: their kind, and who it is. Only the service verifies them.

use std::fmt;

use countersign_crypto::encoding::from_base64url;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A token of a reply. Never printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Token {
    /// `JWT`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The token itself.
    pub value: String,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Who the app is, as its device token says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Who {
    /// The user.
    pub(crate) sub: String,
    /// The device.
    pub(crate) device: String,
    /// The App Space.
    pub(crate) aud: String,
}

impl Token {
    /// `typ` of its header.
    pub fn typ(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Header {
            typ: String,
        }
        part::<Header>(&self.value, 0).map(|header| header.typ)
    }
}

/// Who the app is, where this is a device token.
pub(crate) fn who(token: &str) -> Option<Who> {
    part(token, 1)
}

fn part<T: DeserializeOwned>(token: &str, at: usize) -> Option<T> {
    let json = token.split('.').nth(at).and_then(|part| from_base64url(part).ok())?;
    serde_json::from_slice(&json).ok()
}

/// The kind of the token with which an app that has just proved its key may set its dispatch target.
pub(crate) const DEVICE: &str = "device+jwt";
/// The kind of the token that tells a backend how an operation ended.
pub(crate) const TRANSACTION: &str = "transaction+jwt";

/// The first token of a kind.
pub(crate) fn of_type<'a>(tokens: &'a [Token], typ: &str) -> Option<&'a Token> {
    tokens.iter().find(|token| token.kind == "JWT" && token.typ().as_deref() == Some(typ))
}

#[cfg(test)]
mod tests {
    use countersign_crypto::encoding::base64url;

    use super::*;

    fn token(header: &str, payload: &str) -> Token {
        let value = format!("{}.{}.AAAA", base64url(header.as_bytes()), base64url(payload.as_bytes()));
        Token { kind: "JWT".into(), value }
    }

    #[test]
    fn tokens_are_told_apart_by_their_header() {
        let device = token(r#"{"typ":"device+jwt"}"#, r#"{"sub":"u","device":"d","aud":"a","x":1}"#);
        let other = token(r#"{"typ":"transaction+jwt"}"#, "{}");
        let tokens = [other.clone(), device.clone()];
        assert_eq!(of_type(&tokens, DEVICE), Some(&device));
        assert_eq!(of_type(&tokens, TRANSACTION), Some(&other));
        assert_eq!(of_type(&tokens, "status+jwt"), None);
        let expected = Who { sub: "u".into(), device: "d".into(), aud: "a".into() };
        assert_eq!((who(&device.value), who(&other.value)), (Some(expected), None));
        assert!(!format!("{device:?}").contains(&device.value));
        let torn = Token { kind: "JWT".into(), value: "a".into() };
        assert_eq!((torn.typ(), who(&torn.value)), (None, None));
    }
}
