//! Private keys that sign: those of the service, and those of a simulated device.

use std::fmt;

use aws_lc_rs::agreement::{self, ECDH_P256};
use aws_lc_rs::encoding::{AsBigEndian, AsDer, EcPrivateKeyBin};
use aws_lc_rs::rand;
use aws_lc_rs::rsa::{KeyPairComponents, KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use countersign_domain::chance::{self, Random};
use countersign_domain::secret::Secret;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::{Zeroize, Zeroizing};

use crate::digest::sha256;
use crate::encoding::{base64url, from_base64url};
use crate::jwk::{Algorithm, JwkRefused, Members, PublicJwk, RsaKey};
use crate::jws::MAX_LENGTH;
use crate::rsa_private;

/// Why a private key was refused, or could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefused {
    /// The public part is refused.
    #[error("{0}")]
    Public(#[from] JwkRefused),
    /// `d` or another private member is missing or malformed.
    #[error("has a missing or malformed private member")]
    Private,
    /// The public part is not the one that belongs to the private part.
    #[error("has a public part that does not belong to its private part")]
    Mismatch,
    /// `key_ops` does not allow to sign.
    #[error("is not meant for signing")]
    Purpose,
    /// The document is not a PKCS#8 key of this algorithm.
    #[error("is not a PKCS#8 key of this algorithm")]
    Pkcs8,
    /// The backend could not make a key.
    #[error("could not be generated")]
    Generation,
}

/// Why something could not be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SigningFailed {
    /// The payload has no JSON form.
    #[error("the payload has no JSON form")]
    Payload,
    /// The JWS would be longer than any reader here takes.
    #[error("the signed document is too long")]
    TooLong,
    /// The key is of another kind than this signature needs.
    #[error("the key is of another kind")]
    WrongKey,
    /// The backend refused.
    #[error("the signature could not be made")]
    Backend,
}

/// A private key with its public part. Never printed, never cloned.
pub struct SigningKey {
    pair: Pair,
    public: PublicJwk,
}

enum Pair {
    Es256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rs256(RsaKeyPair),
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({} {})", self.algorithm().name(), self.public.thumbprint())
    }
}

impl SigningKey {
    /// A fresh key. An RSA key has 2048 bits, takes long, and draws on the backend's own randomness.
    ///
    /// # Errors
    /// [`KeyRefused::Generation`].
    pub fn generate(algorithm: Algorithm, random: &dyn Random) -> Result<Self, KeyRefused> {
        match algorithm {
            Algorithm::Es256 => Self::generate_es256(random),
            Algorithm::EdDsa => Self::from_seed(&Zeroizing::new(chance::bytes::<32>(random))),
            Algorithm::Rs256 => RsaKeyPair::generate(KeySize::Rsa2048)
                .map_err(|_| KeyRefused::Generation)
                .and_then(Self::from_rsa),
        }
    }

    /// A scalar must be below the group's order, so a candidate may be refused (about one in 2^32).
    /// Candidates are
    /// hashes of one draw and a counter, so that this ends whatever `random` yields.
    fn generate_es256(random: &dyn Random) -> Result<Self, KeyRefused> {
        let mut seed = Zeroizing::new([0; 33]);
        random.fill(&mut seed[..32]);
        for attempt in 0..=u8::MAX {
            seed[32] = attempt;
            if let Ok(key) = Self::from_scalar(&Zeroizing::new(sha256(&*seed))) {
                return Ok(key);
            }
        }
        Err(KeyRefused::Generation)
    }

    /// Reads a private JWK; `kid` and members of other meaning are ignored.
    ///
    /// # Errors
    /// [`KeyRefused`], also where the public part does not belong to the private one.
    pub fn parse_jwk(json: &str) -> Result<Self, KeyRefused> {
        let not_a_jwk = |_| KeyRefused::Public(JwkRefused::NotAJwk);
        let public = serde_json::from_str::<Members>(json).map_err(not_a_jwk)?.public_part()?;
        let private: Private = serde_json::from_str(json).map_err(|_| KeyRefused::Private)?;
        if private.key_ops.as_ref().is_some_and(|ops| !ops.iter().any(|op| op == "sign")) {
            return Err(KeyRefused::Purpose);
        }
        let key = match &public {
            PublicJwk::P256(_) => Self::from_scalar(&*private.exact()?)?,
            PublicJwk::Ed25519(_) => Self::from_seed(&*private.exact()?)?,
            PublicJwk::Rsa(key) => Self::from_rsa(private.rsa(key)?)?,
        };
        if key.public == public { Ok(key) } else { Err(KeyRefused::Mismatch) }
    }

    /// Reads an unencrypted PKCS#8 document in DER (RFC 5208, RFC 8410 for Ed25519).
    ///
    /// # Errors
    /// [`KeyRefused`].
    pub fn from_pkcs8(algorithm: Algorithm, der: &[u8]) -> Result<Self, KeyRefused> {
        let refused = |_| KeyRefused::Pkcs8;
        match algorithm {
            Algorithm::Es256 => {
                let pair =
                    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).map_err(refused)?;
                Self::from_es256(pair)
            }
            Algorithm::EdDsa => {
                Self::from_ed25519(Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map_err(refused)?)
            }
            Algorithm::Rs256 => Self::from_rsa(RsaKeyPair::from_pkcs8(der).map_err(refused)?),
        }
    }

    fn from_scalar(d: &[u8; 32]) -> Result<Self, KeyRefused> {
        let private =
            agreement::PrivateKey::from_private_key(&ECDH_P256, d).map_err(|_| KeyRefused::Private)?;
        let public = private.compute_public_key().map_err(|_| KeyRefused::Private)?;
        EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, d, public.as_ref())
            .map_err(|_| KeyRefused::Private)
            .and_then(Self::from_es256)
    }

    fn from_seed(seed: &[u8; 32]) -> Result<Self, KeyRefused> {
        Ed25519KeyPair::from_seed_unchecked(seed)
            .map_err(|_| KeyRefused::Private)
            .and_then(Self::from_ed25519)
    }

    fn from_es256(pair: EcdsaKeyPair) -> Result<Self, KeyRefused> {
        let public = PublicJwk::p256(pair.public_key().as_ref())?;
        Ok(Self { pair: Pair::Es256(pair), public })
    }

    fn from_ed25519(pair: Ed25519KeyPair) -> Result<Self, KeyRefused> {
        let bytes = pair.public_key().as_ref().try_into().map_err(|_| KeyRefused::Private)?;
        Ok(Self { public: PublicJwk::ed25519(bytes)?, pair: Pair::Ed25519(pair) })
    }

    fn from_rsa(pair: RsaKeyPair) -> Result<Self, KeyRefused> {
        let key = pair.public_key();
        let modulus = key.modulus().big_endian_without_leading_zero().to_vec();
        let public = RsaKey::from_components(modulus, key.exponent().big_endian_without_leading_zero())?;
        Ok(Self { public: PublicJwk::Rsa(public), pair: Pair::Rs256(pair) })
    }

    /// The public part.
    pub const fn public(&self) -> &PublicJwk {
        &self.public
    }

    /// The algorithm of its signatures.
    pub const fn algorithm(&self) -> Algorithm {
        self.public.algorithm()
    }

    /// The private JWK as JSON text.
    ///
    /// # Errors
    /// [`KeyRefused::Private`] when the backend does not give the key out.
    pub fn to_jwk_private(&self) -> Result<Secret<String>, KeyRefused> {
        Ok(Secret::new(Value::Object(self.private_members()?).to_string()))
    }

    /// The members of the private JWK.
    pub(crate) fn private_members(&self) -> Result<Map<String, Value>, KeyRefused> {
        let Ok(Value::Object(mut members)) = serde_json::to_value(&self.public) else {
            return Err(KeyRefused::Private);
        };
        let mut put = |name: &str, bytes: &[u8]| members.insert(name.to_owned(), base64url(bytes).into());
        match &self.pair {
            Pair::Es256(pair) => {
                let d: EcPrivateKeyBin<'_> =
                    pair.private_key().as_be_bytes().map_err(|_| KeyRefused::Private)?;
                put("d", d.as_ref());
            }
            Pair::Ed25519(pair) => {
                let seed = pair.seed().map_err(|_| KeyRefused::Private)?;
                put("d", seed.as_be_bytes().map_err(|_| KeyRefused::Private)?.as_ref());
            }
            Pair::Rs256(pair) => {
                let der = pair.as_der().map_err(|_| KeyRefused::Private)?;
                let [_n, _e, d, p, q, dp, dq, qi] =
                    rsa_private::numbers(der.as_ref()).ok_or(KeyRefused::Private)?;
                for (name, number) in [("d", d), ("p", p), ("q", q), ("dp", dp), ("dq", dq), ("qi", qi)] {
                    put(name, &number);
                }
            }
        }
        Ok(members)
    }

    /// The signature over `message`; ES256: r and s of 32 bytes each.
    ///
    /// # Errors
    /// [`SigningFailed::Backend`].
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningFailed> {
        // The backend takes a generator for its API's sake and draws its own nonces.
        let random = rand::SystemRandom::new();
        let failed = |_| SigningFailed::Backend;
        match &self.pair {
            Pair::Es256(pair) => Ok(pair.sign(&random, message).map_err(failed)?.as_ref().to_vec()),
            Pair::Ed25519(pair) => Ok(pair.try_sign(message).map_err(failed)?.as_ref().to_vec()),
            Pair::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).map_err(failed)?;
                Ok(signature)
            }
        }
    }

    /// A compact JWS over `payload` as JSON, with `alg`, `typ` and `kid` in its header.
    ///
    /// # Errors
    /// [`SigningFailed`].
    pub fn sign_jws(&self, typ: &str, kid: &str, payload: &impl Serialize) -> Result<String, SigningFailed> {
        let payload = serde_json::to_vec(payload).map_err(|_| SigningFailed::Payload)?;
        self.sign_jws_bytes(typ, kid, &payload)
    }

    /// A compact JWS over `payload` byte for byte, with `alg`, `typ` and `kid` in its header.
    ///
    /// # Errors
    /// [`SigningFailed`].
    pub fn sign_jws_bytes(&self, typ: &str, kid: &str, payload: &[u8]) -> Result<String, SigningFailed> {
        #[derive(Serialize)]
        struct Header<'a> {
            alg: Algorithm,
            typ: &'a str,
            kid: &'a str,
        }
        let header = serde_json::to_vec(&Header { alg: self.algorithm(), typ, kid })
            .map_err(|_| SigningFailed::Payload)?;
        let mut compact = format!("{}.{}", base64url(&header), base64url(payload));
        let signature = self.sign(compact.as_bytes())?;
        compact.push('.');
        compact.push_str(&base64url(&signature));
        if compact.len() > MAX_LENGTH { Err(SigningFailed::TooLong) } else { Ok(compact) }
    }
}

/// The private members of a JWK (RFC 7518 sections 6.2.2 and 6.3.2).
#[derive(Deserialize)]
struct Private {
    d: String,
    p: Option<String>,
    q: Option<String>,
    dp: Option<String>,
    dq: Option<String>,
    qi: Option<String>,
    key_ops: Option<Vec<String>>,
}

impl Drop for Private {
    fn drop(&mut self) {
        self.d.zeroize();
        for number in [&mut self.p, &mut self.q, &mut self.dp, &mut self.dq, &mut self.qi] {
            number.zeroize();
        }
    }
}

impl Private {
    fn exact(&self) -> Result<Zeroizing<[u8; 32]>, KeyRefused> {
        let bytes = Zeroizing::new(from_base64url(&self.d).map_err(|_| KeyRefused::Private)?);
        bytes.as_slice().try_into().map(Zeroizing::new).map_err(|_| KeyRefused::Private)
    }

    fn rsa(&self, public: &RsaKey) -> Result<RsaKeyPair, KeyRefused> {
        let number = |member: &Option<String>| {
            let text = member.as_deref().ok_or(KeyRefused::Private)?;
            from_base64url(text).map(Zeroizing::new).map_err(|_| KeyRefused::Private)
        };
        RsaKeyPair::from_components(&KeyPairComponents {
            public_key: PublicKeyComponents { n: public.modulus(), e: public.exponent() },
            d: Zeroizing::new(from_base64url(&self.d).map_err(|_| KeyRefused::Private)?).as_slice(),
            p: number(&self.p)?.as_slice(),
            q: number(&self.q)?.as_slice(),
            dP: number(&self.dp)?.as_slice(),
            dQ: number(&self.dq)?.as_slice(),
            qInv: number(&self.qi)?.as_slice(),
        })
        .map_err(|_| KeyRefused::Mismatch)
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation};
    use serde_json::json;

    use super::*;
    use crate::jws::Unverified;
    use crate::system::SystemRandom;

    const ALL: [Algorithm; 3] = [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256];

    /// The private key of RFC 7515 appendix A.3.1.
    const RFC_7515_A3: &str = r#"{"kty":"EC","crv":"P-256",
        "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;

    /// The private key of RFC 8037 appendix A.1.
    const RFC_8037_A1: &str = r#"{"kty":"OKP","crv":"Ed25519",
        "d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

    /// RFC 8037 appendix A.4: Ed25519 is deterministic, so the signature itself can be compared.
    #[test]
    fn an_ed25519_signature_is_the_one_of_the_rfc() {
        let key = SigningKey::parse_jwk(RFC_8037_A1).unwrap();
        let signature = key.sign(b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc").unwrap();
        assert_eq!(
            base64url(&signature),
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
        );
    }

    #[test]
    fn every_key_survives_its_jwk_and_signs_the_same_way() {
        for algorithm in ALL {
            let key = SigningKey::generate(algorithm, &SystemRandom).unwrap();
            assert_eq!(key.algorithm(), algorithm);
            let read = SigningKey::parse_jwk(key.to_jwk_private().unwrap().expose()).unwrap();
            assert_eq!(read.public(), key.public());
            assert!(key.public().verify(b"message", &read.sign(b"message").unwrap()));
            assert!(!key.public().verify(b"massage", &read.sign(b"message").unwrap()));
        }
    }

    #[test]
    fn pkcs8_is_read_for_its_own_algorithm_only() {
        let random = rand::SystemRandom::new();
        let documents = [
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
                .unwrap()
                .as_ref()
                .to_vec(),
            Ed25519KeyPair::generate_pkcs8(&random).unwrap().as_ref().to_vec(),
            RsaKeyPair::generate(KeySize::Rsa2048).unwrap().as_der().unwrap().as_ref().to_vec(),
        ];
        for (at, document) in documents.iter().enumerate() {
            for (of, algorithm) in ALL.into_iter().enumerate() {
                let read = SigningKey::from_pkcs8(algorithm, document);
                assert_eq!(read.as_ref().err(), if at == of { None } else { Some(&KeyRefused::Pkcs8) });
                if let Ok(key) = read {
                    assert!(key.public().verify(b"m", &key.sign(b"m").unwrap()));
                    assert!(SigningKey::parse_jwk(key.to_jwk_private().unwrap().expose()).is_ok());
                }
            }
        }
        assert!(SigningKey::from_pkcs8(Algorithm::Es256, b"").is_err());
    }

    /// The whole of the jsonwebtoken crate as the other side, in both directions.
    #[test]
    fn another_library_reads_and_writes_the_same_tokens() {
        let random = rand::SystemRandom::new();
        let ec = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let ed = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
        let cases = [
            (
                Algorithm::Es256,
                jsonwebtoken::Algorithm::ES256,
                ec.as_ref(),
                EncodingKey::from_ec_der(ec.as_ref()),
            ),
            (
                Algorithm::EdDsa,
                jsonwebtoken::Algorithm::EdDSA,
                ed.as_ref(),
                EncodingKey::from_ed_der(ed.as_ref()),
            ),
        ];
        let claims = json!({ "sub": "device", "exp": 1 });
        for (ours, theirs, der, encoding) in cases {
            let key = SigningKey::from_pkcs8(ours, der).unwrap();
            let header = Header { typ: Some("t+jwt".to_owned()), ..Header::new(theirs) };
            let token = jsonwebtoken::encode(&header, &claims, &encoding).unwrap();
            let read: Value = Unverified::parse(&token).unwrap().claims(key.public(), "t+jwt").unwrap();
            assert_eq!(read, claims);

            let jwk = serde_json::from_value(key.public().published()).unwrap();
            let mut validation = Validation::new(theirs);
            validation.validate_exp = false;
            let token = key.sign_jws("t+jwt", "kid", &claims).unwrap();
            let read =
                jsonwebtoken::decode::<Value>(&token, &DecodingKey::from_jwk(&jwk).unwrap(), &validation)
                    .unwrap();
            assert_eq!((read.claims, read.header.kid.as_deref()), (claims.clone(), Some("kid")));
        }
    }

    #[test]
    fn a_private_jwk_whose_parts_do_not_belong_together_is_refused() {
        let swap = |json: &str, member: &str, value: Value| {
            let mut object: Map<String, Value> = serde_json::from_str(json).unwrap();
            object.insert(member.to_owned(), value);
            SigningKey::parse_jwk(&Value::Object(object).to_string()).err()
        };
        let other = SigningKey::generate(Algorithm::Es256, &SystemRandom).unwrap().private_members().unwrap();
        assert_eq!(swap(RFC_7515_A3, "d", other["d"].clone()), Some(KeyRefused::Mismatch));
        assert_eq!(swap(RFC_8037_A1, "d", other["d"].clone()), Some(KeyRefused::Mismatch));
        let rsa = SigningKey::generate(Algorithm::Rs256, &SystemRandom).unwrap().to_jwk_private().unwrap();
        assert_eq!(swap(rsa.expose(), "d", other["d"].clone()), Some(KeyRefused::Mismatch));
        assert_eq!(swap(rsa.expose(), "p", json!(null)), Some(KeyRefused::Private));

        // Zero, and the order of the group, are no scalars.
        let order = "_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE";
        for d in ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", order, "", "AAAA", "=="] {
            assert_eq!(swap(RFC_7515_A3, "d", json!(d)), Some(KeyRefused::Private), "{d}");
        }
        assert_eq!(swap(RFC_7515_A3, "d", json!(null)), Some(KeyRefused::Private));
        assert_eq!(swap(RFC_7515_A3, "key_ops", json!(["verify"])), Some(KeyRefused::Purpose));
        assert_eq!(swap(RFC_7515_A3, "key_ops", json!(["sign"])), None);
        assert_eq!(swap(RFC_7515_A3, "use", json!("enc")), Some(KeyRefused::Public(JwkRefused::Purpose)));
        assert_eq!(SigningKey::parse_jwk("").err(), Some(KeyRefused::Public(JwkRefused::NotAJwk)));
    }

    /// A source that always says the same must not make an endless loop.
    #[test]
    fn generation_ends_with_any_randomness_and_follows_it() {
        struct Fixed(u8);
        impl Random for Fixed {
            fn fill(&self, bytes: &mut [u8]) {
                bytes.fill(self.0);
            }
        }
        for algorithm in [Algorithm::Es256, Algorithm::EdDsa] {
            let key = |byte| SigningKey::generate(algorithm, &Fixed(byte)).unwrap();
            assert_eq!(key(0xff).public(), key(0xff).public());
            assert_ne!(key(0xff).public(), key(0).public());
        }
    }

    #[test]
    fn debug_shows_no_private_part() {
        let key = SigningKey::parse_jwk(RFC_7515_A3).unwrap();
        assert!(!format!("{key:?}").contains("jpsQnnGQ"));
        assert!(!format!("{:?}", key.to_jwk_private()).contains("jpsQnnGQ"));
    }

    #[test]
    fn a_payload_that_no_reader_takes_is_not_signed() {
        let key = SigningKey::parse_jwk(RFC_8037_A1).unwrap();
        assert_eq!(key.sign_jws("t", "k", &"x".repeat(MAX_LENGTH)), Err(SigningFailed::TooLong));
        assert_eq!(
            key.sign_jws("t", "k", &std::collections::BTreeMap::from([(vec![1], 2)])),
            Err(SigningFailed::Payload)
        );
    }
}
