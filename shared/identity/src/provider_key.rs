//! Keys that providers sign id tokens with: those of `openidconnect`, verified by our own crypto backend.

use countersign_crypto::jwk::PublicJwk;
use openidconnect::core::{CoreJsonWebKeyType, CoreJsonWebKeyUse, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKey, JsonWebKeyAlgorithm, JsonWebKeyId, SignatureVerificationError};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Map, Value};

/// What id tokens may be signed with. Nothing symmetric: a client secret is no signature key of ours.
pub(crate) const ALGORITHMS: [CoreJwsSigningAlgorithm; 8] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// A key of a provider's JWK set. Keys of other kinds fail to parse, and the set goes on without them.
#[derive(Debug, Clone)]
pub(crate) struct ProviderKey {
    key: Option<PublicJwk>,
    id: Option<JsonWebKeyId>,
    algorithm: Option<CoreJwsSigningAlgorithm>,
    kind: CoreJsonWebKeyType,
}

impl<'de> Deserialize<'de> for ProviderKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Map::deserialize(deserializer)?;
        // A key may be meant for another algorithm of its kind than the one that devices use it with.
        let algorithm =
            members.remove("alg").map(serde_json::from_value).transpose().map_err(de::Error::custom)?;
        let id = members.get("kid").and_then(Value::as_str).map(|id| JsonWebKeyId::new(id.to_owned()));
        let key: PublicJwk = serde_json::from_value(Value::Object(members)).map_err(de::Error::custom)?;
        let kind = match key {
            PublicJwk::P256(_) => CoreJsonWebKeyType::EllipticCurve,
            PublicJwk::Ed25519(_) => CoreJsonWebKeyType::OctetKeyPair,
            PublicJwk::Rsa(_) => CoreJsonWebKeyType::RSA,
        };
        Ok(Self { key: Some(key), id, algorithm, kind })
    }
}

impl Serialize for ProviderKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.key.serialize(serializer)
    }
}

impl JsonWebKey for ProviderKey {
    type KeyUse = CoreJsonWebKeyUse;
    type SigningAlgorithm = CoreJwsSigningAlgorithm;

    fn key_id(&self) -> Option<&JsonWebKeyId> {
        self.id.as_ref()
    }

    fn key_type(&self) -> &CoreJsonWebKeyType {
        &self.kind
    }

    fn key_use(&self) -> Option<&CoreJsonWebKeyUse> {
        // Keys for anything but signatures were not read.
        None
    }

    fn signing_alg(&self) -> JsonWebKeyAlgorithm<&CoreJwsSigningAlgorithm> {
        match &self.algorithm {
            Some(algorithm) => JsonWebKeyAlgorithm::Algorithm(algorithm),
            None => JsonWebKeyAlgorithm::Unspecified,
        }
    }

    fn new_symmetric(_: Vec<u8>) -> Self {
        Self { key: None, id: None, algorithm: None, kind: CoreJsonWebKeyType::Symmetric }
    }

    fn verify_signature(
        &self,
        algorithm: &CoreJwsSigningAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureVerificationError> {
        let name = serde_json::to_value(algorithm).ok();
        let name = name.as_ref().and_then(Value::as_str).unwrap_or_default();
        match &self.key {
            Some(key) if key.verify_as(name, message, signature) => Ok(()),
            _ => Err(SignatureVerificationError::CryptoError("bad signature".into())),
        }
    }

    fn hash_bytes(&self, _: &[u8], _: &CoreJwsSigningAlgorithm) -> Result<Vec<u8>, String> {
        Err("`at_hash` and `c_hash` are not asked for: the tokens came from the token endpoint itself".into())
    }
}

#[cfg(test)]
mod tests {
    use countersign_crypto::jwk::Algorithm;
    use countersign_crypto::signing_key::SigningKey;
    use countersign_crypto::system::SystemRandom;
    use openidconnect::JsonWebKeySet;
    use serde_json::{Value, json};

    use super::*;

    fn jwk(algorithm: Algorithm) -> (SigningKey, Value) {
        let key = SigningKey::generate(algorithm, &SystemRandom).unwrap();
        let mut jwk = key.public().published();
        jwk["kid"] = "k1".into();
        (key, jwk)
    }

    #[test]
    fn keys_that_cannot_sign_or_are_of_other_kinds_are_passed_over() {
        let (_, good) = jwk(Algorithm::Es256);
        let mut encrypts = good.clone();
        encrypts["use"] = "enc".into();
        let mut unknown = good.clone();
        unknown["alg"] = json!(7);
        let symmetric = json!({"kty": "oct", "k": "c2VjcmV0"});
        let set = json!({"keys": [encrypts, unknown, symmetric, {"kty": "EC", "crv": "P-521"}, {}, good]});
        let set: JsonWebKeySet<ProviderKey> = serde_json::from_value(set).unwrap();
        let ids: Vec<_> = set.keys().iter().map(|key| key.key_id().unwrap().as_str()).collect();
        assert_eq!(ids, ["k1"]);
    }

    #[test]
    fn a_signature_holds_for_its_own_key_message_and_algorithm() {
        for (algorithm, name) in [
            (Algorithm::Es256, CoreJwsSigningAlgorithm::EcdsaP256Sha256),
            (Algorithm::EdDsa, CoreJwsSigningAlgorithm::EdDsa),
        ] {
            let (signing, jwk) = jwk(algorithm);
            let key: ProviderKey = serde_json::from_value(jwk).unwrap();
            let signature = signing.sign(b"message").unwrap();
            assert!(key.verify_signature(&name, b"message", &signature).is_ok());
            assert!(key.verify_signature(&name, b"massage", &signature).is_err());
            let other = CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256;
            assert!(key.verify_signature(&other, b"message", &signature).is_err());
            let symmetric = ProviderKey::new_symmetric(b"secret".to_vec());
            assert!(symmetric.verify_signature(&CoreJwsSigningAlgorithm::HmacSha256, b"", b"").is_err());
        }
    }
}
