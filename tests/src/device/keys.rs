//! The key pairs of a device, and what they sign.

use std::fmt;

use countersign_crypto::encoding::base64url;
use countersign_crypto::jwk::{Algorithm, PublicJwk};
use countersign_crypto::signing_key::{KeyRefused, SigningFailed, SigningKey};
use countersign_domain::chance::Random;
use countersign_domain::secret::Secret;
use serde::Serialize;
use serde_json::{Value, json};

/// Which of a device's two keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRole {
    /// Signs proofs of calls, and answers that need no strong authentication. The unlocked device releases it.
    Auth,
    /// Signs answers to buttons with `strongAuth`. PIN or biometric releases it.
    Strong,
}

/// Both key pairs of a device. Every enrolment has its own.
#[derive(Debug)]
pub struct DeviceKeys {
    /// See [`KeyRole::Auth`].
    pub auth: KeyPair,
    /// See [`KeyRole::Strong`].
    pub strong: KeyPair,
}

impl DeviceKeys {
    /// Two fresh pairs of one algorithm.
    ///
    /// # Errors
    /// [`KeyRefused::Generation`].
    pub fn generate(algorithm: Algorithm, random: &dyn Random) -> Result<Self, KeyRefused> {
        Ok(Self {
            auth: KeyPair::generate(algorithm, random)?,
            strong: KeyPair::generate(algorithm, random)?,
        })
    }

    /// The pair of this role.
    pub const fn of(&self, role: KeyRole) -> &KeyPair {
        match role {
            KeyRole::Auth => &self.auth,
            KeyRole::Strong => &self.strong,
        }
    }
}

/// A key pair. Its private part is given out to be stored, and never printed.
pub struct KeyPair(SigningKey);

impl KeyPair {
    /// A fresh pair; ES256 is the default of the protocol.
    ///
    /// # Errors
    /// [`KeyRefused::Generation`].
    pub fn generate(algorithm: Algorithm, random: &dyn Random) -> Result<Self, KeyRefused> {
        SigningKey::generate(algorithm, random).map(Self)
    }

    /// From the private JWK that [`KeyPair::to_jwk`] gave.
    ///
    /// # Errors
    /// [`KeyRefused`].
    pub fn from_jwk(jwk: &str) -> Result<Self, KeyRefused> {
        SigningKey::parse_jwk(jwk).map(Self)
    }

    /// The private JWK as JSON text, to be stored.
    ///
    /// # Errors
    /// [`KeyRefused::Private`].
    pub fn to_jwk(&self) -> Result<Secret<String>, KeyRefused> {
        self.0.to_jwk_private()
    }

    /// The public key, as it travels: a JWK without private members.
    pub const fn public(&self) -> &PublicJwk {
        self.0.public()
    }

    /// The thumbprint of the public key (RFC 7638), base64url.
    pub fn thumbprint(&self) -> String {
        self.public().thumbprint().to_string()
    }

    /// The algorithm of its signatures.
    pub const fn algorithm(&self) -> Algorithm {
        self.0.algorithm()
    }

    /// A compact JWS (RFC 7515) over `claims`: header `alg`, `typ` and, where there is one, `kid`.
    ///
    /// # Errors
    /// [`SigningFailed`].
    pub fn sign(
        &self,
        typ: &str,
        kid: Option<&str>,
        claims: &impl Serialize,
    ) -> Result<String, SigningFailed> {
        let mut header = json!({"alg": self.algorithm().name(), "typ": typ});
        if let (Some(kid), Some(members)) = (kid, header.as_object_mut()) {
            members.insert("kid".to_owned(), kid.into());
        }
        let payload = serde_json::to_vec(claims).map_err(|_| SigningFailed::Payload)?;
        self.sign_raw(&header, &payload)
    }

    /// A compact JWS with this very header and payload, whatever they say.
    ///
    /// # Errors
    /// [`SigningFailed`].
    pub fn sign_raw(&self, header: &Value, payload: &[u8]) -> Result<String, SigningFailed> {
        let signed = format!("{}.{}", base64url(header.to_string().as_bytes()), base64url(payload));
        let signature = self.0.sign(signed.as_bytes())?;
        Ok(format!("{signed}.{}", base64url(&signature)))
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyPair({} {})", self.algorithm().name(), self.thumbprint())
    }
}

#[cfg(test)]
mod tests {
    use countersign_crypto::jws::Unverified;
    use countersign_crypto::system::SystemRandom;

    use super::*;

    #[test]
    fn what_a_pair_signs_verifies_by_its_public_key_of_every_algorithm() {
        for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256] {
            let pair = KeyPair::generate(algorithm, &SystemRandom).unwrap();
            let stored = KeyPair::from_jwk(pair.to_jwk().unwrap().expose()).unwrap();
            assert_eq!(stored.thumbprint(), pair.thumbprint());
            let jws = stored.sign("test+jwt", Some("me"), &json!({"a": 1})).unwrap();
            let read = Unverified::parse(&jws).unwrap();
            assert_eq!(read.kid(), Some("me"));
            assert_eq!(read.verify(pair.public(), "test+jwt"), Ok(br#"{"a":1}"#.as_slice()));
        }
    }

    #[test]
    fn the_two_keys_of_a_device_differ_and_are_not_shown() {
        let keys = DeviceKeys::generate(Algorithm::Es256, &SystemRandom).unwrap();
        assert_ne!(keys.auth.thumbprint(), keys.strong.thumbprint());
        let jwk: Value = serde_json::from_str(keys.auth.to_jwk().unwrap().expose()).unwrap();
        let private = jwk["d"].as_str().unwrap();
        assert!(!format!("{keys:?}").contains(private));
    }
}
