//! A published set of public keys (RFC 7517 section 5), as a verifier reads it.

use serde::Deserialize;
use serde_json::Value;

use crate::jwk::{JwkRefused, PublicJwk};

/// The keys of a set that Countersign can use, each with its `kid`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JwkSet(Vec<(String, PublicJwk)>);

impl JwkSet {
    /// Reads `{"keys":[…]}`. Keys without `kid` or of other kinds are passed over (RFC 7517 section 5).
    ///
    /// # Errors
    /// [`JwkRefused::NotAJwk`] when it is no such object, [`JwkRefused::Private`] when any key in it is a
    /// private one.
    pub fn parse(json: &str) -> Result<Self, JwkRefused> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = serde_json::from_str(json).map_err(|_| JwkRefused::NotAJwk)?;
        let mut keys = Vec::new();
        for key in set.keys {
            let kid = key.get("kid").and_then(Value::as_str).map(str::to_owned);
            match (kid, PublicJwk::parse(&key.to_string())) {
                (_, Err(JwkRefused::Private)) => return Err(JwkRefused::Private),
                (Some(kid), Ok(key)) => keys.push((kid, key)),
                _ => {}
            }
        }
        Ok(Self(keys))
    }

    /// The key of this id.
    pub fn find(&self, kid: &str) -> Option<&PublicJwk> {
        self.0.iter().find(|(id, _)| id == kid).map(|(_, key)| key)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::jwk::Algorithm;
    use crate::signing_key::SigningKey;
    use crate::system::SystemRandom;

    #[test]
    fn keys_of_other_kinds_are_passed_over_and_private_ones_refused() {
        let key = SigningKey::generate(Algorithm::Es256, &SystemRandom).unwrap();
        let unnamed = serde_json::to_value(key.public()).unwrap();
        let mut set = json!({ "keys": [{ "kty": "EC", "crv": "P-521", "kid": "a" }, 7, unnamed, key.public().published()] });
        let read = JwkSet::parse(&set.to_string()).unwrap();
        assert_eq!(read.find(&key.public().thumbprint().to_string()), Some(key.public()));
        assert_eq!(read.find("a"), None);
        set["keys"][0]["d"] = json!("AAAA");
        assert_eq!(JwkSet::parse(&set.to_string()), Err(JwkRefused::Private));
        for json in ["", "[]", "{}", r#"{"keys":7}"#] {
            assert_eq!(JwkSet::parse(json), Err(JwkRefused::NotAJwk));
        }
    }
}
