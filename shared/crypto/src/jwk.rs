//! Public keys as JSON Web Keys (RFC 7517, 7518 section 6, 8037 section 2), checked when they are read.

use rsa::traits::PublicKeyParts;
use rsa::{BigUint, RsaPublicKey};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::digest::Digest;
use crate::ed25519_point;
use crate::encoding::{base64url, from_base64url, from_base64url_exact};

/// The signature algorithms that Countersign knows (RFC 7518 section 3.1, RFC 8037 section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
}

impl Algorithm {
    /// The name in `alg`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Rs256 => "RS256",
        }
    }
}

/// Why a JSON Web Key was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwkRefused {
    /// Not a JSON object with the members of a JWK.
    #[error("is not a JSON Web Key")]
    NotAJwk,
    /// It holds private or symmetric key material.
    #[error("holds a private key where a public one belongs")]
    Private,
    /// `kty` or `crv` is none of EC P-256, OKP Ed25519, RSA.
    #[error("is of a key type or curve that is not supported")]
    KeyType,
    /// `alg` is not the key's own algorithm.
    #[error("names an algorithm that is not the key's own")]
    Algorithm,
    /// `use` or `key_ops` says the key is for something else: encryption where signatures are verified, or the
    /// other way round.
    #[error("is meant for another use")]
    Purpose,
    /// A member is missing, not base64url, or of the wrong length.
    #[error("has a missing or malformed member")]
    Member,
    /// The point is not on the curve, or of small order.
    #[error("is not a point on its curve")]
    Point,
    /// An RSA modulus of fewer than 2048 or more than 4096 bits, or an even one.
    #[error("has an RSA modulus that is not odd and of 2048 to 4096 bits")]
    Modulus,
    /// An RSA exponent other than 65537.
    #[error("has an RSA exponent other than 65537")]
    Exponent,
}

/// A public key that signatures are verified with. Every value of this type has passed the checks of
/// [`JwkRefused`].
///
/// Serde reads and writes the JWK object with the members that denote the key and no others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicJwk {
    /// EC P-256, verifies ES256.
    P256(P256Key),
    /// OKP Ed25519, verifies EdDSA.
    Ed25519(Ed25519Key),
    /// RSA, verifies RS256.
    Rsa(RsaKey),
}

/// A point on P-256, as SEC 1 writes it uncompressed: 4, then x and y of 32 bytes each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct P256Key([u8; 65]);

/// A point of Ed25519, encoded by RFC 8032 section 5.1.2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ed25519Key([u8; 32]);

/// An RSA modulus of 2048 to 4096 bits, big-endian; the exponent is 65537.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RsaKey(Vec<u8>);

const RSA_EXPONENT: u32 = 65537;

impl P256Key {
    /// From the uncompressed SEC 1 form.
    pub(crate) fn from_sec1(point: &[u8]) -> Result<Self, JwkRefused> {
        let point: [u8; 65] = point.try_into().map_err(|_| JwkRefused::Point)?;
        if point[0] != 4 {
            return Err(JwkRefused::Point);
        }
        aws_lc_rs::signature::ParsedPublicKey::new(&aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED, point)
            .map_err(|_| JwkRefused::Point)?;
        Ok(Self(point))
    }

    /// The uncompressed SEC 1 form, 65 bytes.
    pub fn sec1(&self) -> &[u8] {
        &self.0
    }
}

impl Ed25519Key {
    /// From the 32 bytes of the encoded point.
    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Result<Self, JwkRefused> {
        if ed25519_point::is_good(&bytes) { Ok(Self(bytes)) } else { Err(JwkRefused::Point) }
    }

    /// The 32 bytes of the encoded point.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl RsaKey {
    /// From modulus and exponent, big-endian without leading zeros (RFC 7518 section 6.3.1).
    pub(crate) fn from_components(n: Vec<u8>, e: &[u8]) -> Result<Self, JwkRefused> {
        if n.first().is_none_or(|first| *first == 0) || e.first().is_none_or(|first| *first == 0) {
            return Err(JwkRefused::Member);
        }
        if n.len() > RsaPublicKey::MAX_SIZE / 8 {
            return Err(JwkRefused::Modulus);
        }
        if BigUint::from_bytes_be(e) != BigUint::from(RSA_EXPONENT) {
            return Err(JwkRefused::Exponent);
        }
        let key = RsaPublicKey::new(BigUint::from_bytes_be(&n), BigUint::from(RSA_EXPONENT))
            .map_err(|_| JwkRefused::Modulus)?;
        let odd = n.last().is_some_and(|last| last % 2 == 1);
        if key.n().bits() < 2048 || !odd {
            return Err(JwkRefused::Modulus);
        }
        Ok(Self(n))
    }

    /// The modulus, big-endian.
    pub fn modulus(&self) -> &[u8] {
        &self.0
    }

    /// The exponent, big-endian: 65537.
    pub const fn exponent(&self) -> &'static [u8] {
        &[1, 0, 1]
    }
}

impl PublicJwk {
    /// Reads a public JWK from JSON text.
    ///
    /// # Errors
    /// [`JwkRefused`], the first reason that applies.
    pub fn parse(json: &str) -> Result<Self, JwkRefused> {
        serde_json::from_str::<Members>(json).map_err(|_| JwkRefused::NotAJwk)?.public_only()
    }

    /// A P-256 key from its uncompressed SEC 1 point (65 bytes).
    ///
    /// # Errors
    /// [`JwkRefused::Point`].
    pub fn p256(point: &[u8]) -> Result<Self, JwkRefused> {
        P256Key::from_sec1(point).map(Self::P256)
    }

    /// An Ed25519 key from its 32 bytes.
    ///
    /// # Errors
    /// [`JwkRefused::Point`].
    pub fn ed25519(bytes: [u8; 32]) -> Result<Self, JwkRefused> {
        Ed25519Key::from_bytes(bytes).map(Self::Ed25519)
    }

    /// The one algorithm that this key verifies.
    pub const fn algorithm(&self) -> Algorithm {
        match self {
            Self::P256(_) => Algorithm::Es256,
            Self::Ed25519(_) => Algorithm::EdDsa,
            Self::Rsa(_) => Algorithm::Rs256,
        }
    }

    /// SHA-256 over the required members (RFC 7638 section 3).
    pub fn thumbprint(&self) -> Digest {
        // RFC 7638 asks for the members in order of their names, which is the order of `Written`'s fields.
        let json = serde_json::to_vec(&Written::of(self)).expect("a struct of strings always becomes JSON");
        Digest::of(&json)
    }

    /// Whether `signature` (ES256: r and s of 32 bytes each, RFC 7518 section 3.4) is this key's over
    /// `message`.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        use jsonwebtoken::Algorithm as Jwa;
        let algorithm = match self {
            Self::P256(_) => Jwa::ES256,
            Self::Ed25519(_) => Jwa::EdDSA,
            Self::Rsa(_) => Jwa::RS256,
        };
        self.verify_by(algorithm, message, signature)
    }

    /// Whether `signature` is this key's over `message` by the algorithm named `alg` (RFC 7518, section 3.1), which need
    /// not be the one that devices use such a key with: RSA keys verify RS256 to RS512 and PS256 to PS512.
    pub fn verify_as(&self, alg: &str, message: &[u8], signature: &[u8]) -> bool {
        use jsonwebtoken::Algorithm as Jwa;
        let algorithm = match (self, alg) {
            (Self::Rsa(_), "RS384") => Jwa::RS384,
            (Self::Rsa(_), "RS512") => Jwa::RS512,
            (Self::Rsa(_), "PS256") => Jwa::PS256,
            (Self::Rsa(_), "PS384") => Jwa::PS384,
            (Self::Rsa(_), "PS512") => Jwa::PS512,
            (key, alg) if alg == key.algorithm().name() => return self.verify(message, signature),
            _ => return false,
        };
        self.verify_by(algorithm, message, signature)
    }

    fn verify_by(&self, algorithm: jsonwebtoken::Algorithm, message: &[u8], signature: &[u8]) -> bool {
        use jsonwebtoken::{DecodingKey, crypto};
        let key = match self {
            Self::P256(key) => DecodingKey::from_ec_der(key.sec1()),
            Self::Ed25519(key) => DecodingKey::from_ed_der(key.bytes()),
            Self::Rsa(key) => DecodingKey::from_rsa_raw_components(key.modulus(), key.exponent()),
        };
        crypto::verify(&base64url(signature), message, &key, algorithm).unwrap_or(false)
    }

    /// The JWK as a published set shows it: with `kid` (the RFC 7638 thumbprint), `use` and `alg`.
    pub fn published(&self) -> serde_json::Value {
        let written = Written {
            alg: Some(self.algorithm()),
            kid: Some(self.thumbprint()),
            usage: Some("sig"),
            ..Written::of(self)
        };
        serde_json::to_value(written).expect("a struct of strings always becomes JSON")
    }
}

impl Serialize for PublicJwk {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written::of(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PublicJwk {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Members::deserialize(deserializer)?.public_only().map_err(serde::de::Error::custom)
    }
}

/// The members of a JWK that matter, as they came; any others are ignored (RFC 7517 section 4).
#[derive(Deserialize)]
pub(crate) struct Members {
    kty: String,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    // Private members, of which only the presence counts (RFC 7518 sections 6.2.2, 6.3.2, 6.4.1).
    #[serde(default, deserialize_with = "present")]
    d: bool,
    #[serde(default, deserialize_with = "present")]
    p: bool,
    #[serde(default, deserialize_with = "present")]
    q: bool,
    #[serde(default, deserialize_with = "present")]
    dp: bool,
    #[serde(default, deserialize_with = "present")]
    dq: bool,
    #[serde(default, deserialize_with = "present")]
    qi: bool,
    #[serde(default, deserialize_with = "present")]
    oth: bool,
    #[serde(default, deserialize_with = "present")]
    k: bool,
}

/// A member that must not be there counts as there whatever its value, `null` too.
pub(crate) fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| true)
}

impl Members {
    fn public_only(self) -> Result<PublicJwk, JwkRefused> {
        if self.is_private() {
            return Err(JwkRefused::Private);
        }
        if self.key_ops.as_ref().is_some_and(|ops| ops.as_slice() != ["verify"]) {
            return Err(JwkRefused::Purpose);
        }
        self.public_part()
    }

    fn is_private(&self) -> bool {
        [self.d, self.p, self.q, self.dp, self.dq, self.qi, self.oth, self.k].contains(&true)
    }

    /// The public key in a JWK, private or public.
    pub(crate) fn public_part(self) -> Result<PublicJwk, JwkRefused> {
        if self.usage.as_deref().is_some_and(|usage| usage != "sig") {
            return Err(JwkRefused::Purpose);
        }
        let (key, alg) = self.denoted()?;
        if alg.is_some_and(|alg| alg != key.algorithm().name()) {
            return Err(JwkRefused::Algorithm);
        }
        Ok(key)
    }

    /// The key of a public JWK that is not meant for anything but encryption, and its `alg`.
    pub(crate) fn for_encryption(self) -> Result<(PublicJwk, Option<String>), JwkRefused> {
        if self.is_private() {
            return Err(JwkRefused::Private);
        }
        if self.usage.as_deref().is_some_and(|usage| usage != "enc") {
            return Err(JwkRefused::Purpose);
        }
        // RFC 7517, section 4.3. A browser exports the public half of a key agreement with an empty list.
        let encrypts = |op: &String| ["encrypt", "wrapKey", "deriveKey", "deriveBits"].contains(&op.as_str());
        if self.key_ops.as_ref().is_some_and(|ops| !ops.iter().all(encrypts)) {
            return Err(JwkRefused::Purpose);
        }
        self.denoted()
    }

    /// The key that the members denote, whatever it is meant for, and its `alg`.
    fn denoted(self) -> Result<(PublicJwk, Option<String>), JwkRefused> {
        let key = match (self.kty.as_str(), self.crv.as_deref()) {
            ("EC", Some("P-256")) => {
                let mut point = [4; 65];
                point[1..33].copy_from_slice(&exact(self.x)?);
                point[33..].copy_from_slice(&exact(self.y)?);
                PublicJwk::P256(P256Key::from_sec1(&point)?)
            }
            ("OKP", Some("Ed25519")) => PublicJwk::Ed25519(Ed25519Key::from_bytes(exact(self.x)?)?),
            ("RSA", None) => {
                PublicJwk::Rsa(RsaKey::from_components(any_length(self.n)?, &any_length(self.e)?)?)
            }
            _ => return Err(JwkRefused::KeyType),
        };
        Ok((key, self.alg))
    }
}

fn exact(member: Option<String>) -> Result<[u8; 32], JwkRefused> {
    from_base64url_exact(&member.ok_or(JwkRefused::Member)?).map_err(|_| JwkRefused::Member)
}

fn any_length(member: Option<String>) -> Result<Vec<u8>, JwkRefused> {
    from_base64url(&member.ok_or(JwkRefused::Member)?).map_err(|_| JwkRefused::Member)
}

/// A JWK as it is written. The required members stand in the order of their names, see
/// [`PublicJwk::thumbprint`].
#[derive(Serialize)]
struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    crv: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    e: Option<String>,
    kty: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    y: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alg: Option<Algorithm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<Digest>,
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    usage: Option<&'static str>,
}

impl Written {
    fn of(key: &PublicJwk) -> Self {
        let none = Self {
            crv: None,
            e: None,
            kty: "",
            n: None,
            x: None,
            y: None,
            alg: None,
            kid: None,
            usage: None,
        };
        match key {
            PublicJwk::P256(P256Key(point)) => Self {
                kty: "EC",
                crv: Some("P-256"),
                x: Some(base64url(&point[1..33])),
                y: Some(base64url(&point[33..])),
                ..none
            },
            PublicJwk::Ed25519(key) => {
                Self { kty: "OKP", crv: Some("Ed25519"), x: Some(base64url(key.bytes())), ..none }
            }
            PublicJwk::Rsa(key) => Self {
                kty: "RSA",
                n: Some(base64url(key.modulus())),
                e: Some(base64url(key.exponent())),
                ..none
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::signing_key::SigningKey;
    use crate::system::SystemRandom;

    /// RFC 7515 appendix A.3.1, public part.
    const EC: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
    /// RFC 8037 appendix A.2.
    const OKP: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    /// RFC 7638 section 3.1.
    const RSA: &str = r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#;

    fn with(json: &str, member: &str, value: Value) -> Result<PublicJwk, JwkRefused> {
        let mut object: Value = serde_json::from_str(json).unwrap();
        object[member] = value;
        PublicJwk::parse(&object.to_string())
    }

    #[test]
    fn the_keys_and_thumbprints_of_the_rfcs_hold() {
        let rsa = PublicJwk::parse(RSA).unwrap();
        assert_eq!(rsa.algorithm(), Algorithm::Rs256);
        assert_eq!(rsa.thumbprint().to_string(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
        // RFC 8037 appendix A.3.
        let okp = PublicJwk::parse(OKP).unwrap();
        assert_eq!(okp.algorithm(), Algorithm::EdDsa);
        assert_eq!(okp.thumbprint().to_string(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(PublicJwk::parse(EC).unwrap().algorithm(), Algorithm::Es256);
    }

    #[test]
    fn serde_writes_the_key_and_nothing_else() {
        for json in [EC, OKP, RSA] {
            let key = PublicJwk::parse(json).unwrap();
            let written = serde_json::to_value(&key).unwrap();
            assert!(written.get("kid").is_none() && written.get("alg").is_none());
            assert_eq!(serde_json::from_value::<PublicJwk>(written).unwrap(), key);
            let published = key.published();
            assert_eq!(published["kid"], json!(key.thumbprint()));
            assert_eq!((&published["use"], &published["alg"]), (&json!("sig"), &json!(key.algorithm())));
            assert_eq!(PublicJwk::parse(&published.to_string()), Ok(key));
        }
    }

    /// RFC 7515 appendix A.3.1 and A.2.1 and RFC 8037 appendix A.4 and A.5: signatures made by others.
    #[test]
    fn the_signatures_of_the_rfcs_verify() {
        let payload =
            "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let ec_signature =
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        let rsa = r#"{"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}"#;
        let rsa_signature = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
        let okp_signature =
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        for (key, message, signature) in [
            (EC, format!("eyJhbGciOiJFUzI1NiJ9.{payload}"), ec_signature),
            (rsa, format!("eyJhbGciOiJSUzI1NiJ9.{payload}"), rsa_signature),
            (OKP, "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc".to_owned(), okp_signature),
        ] {
            let key = PublicJwk::parse(key).unwrap();
            let mut signature = from_base64url(signature).unwrap();
            assert!(key.verify(message.as_bytes(), &signature));
            assert!(!key.verify(b"other", &signature));
            assert!(!key.verify(message.as_bytes(), &[]));
            signature[10] ^= 1;
            assert!(!key.verify(message.as_bytes(), &signature));
        }
    }

    #[test]
    fn private_and_symmetric_keys_are_refused() {
        for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256] {
            let key = SigningKey::generate(algorithm, &SystemRandom).unwrap().to_jwk_private().unwrap();
            assert_eq!(PublicJwk::parse(key.expose()), Err(JwkRefused::Private));
            assert!(serde_json::from_str::<PublicJwk>(key.expose()).is_err());
        }
        for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            for value in [json!("AAAA"), json!(null), json!([])] {
                assert_eq!(with(RSA, member, value), Err(JwkRefused::Private), "{member}");
            }
        }
        assert_eq!(PublicJwk::parse(r#"{"kty":"oct"}"#), Err(JwkRefused::KeyType));
    }

    #[test]
    fn members_that_contradict_the_key_are_refused() {
        assert_eq!(with(EC, "alg", json!("ES256")), PublicJwk::parse(EC));
        for alg in ["RS256", "EdDSA", "HS256", "none", "es256", ""] {
            assert_eq!(with(EC, "alg", json!(alg)), Err(JwkRefused::Algorithm), "{alg}");
        }
        assert_eq!(with(RSA, "alg", json!("PS256")), Err(JwkRefused::Algorithm));
        assert_eq!(with(EC, "use", json!("sig")), PublicJwk::parse(EC));
        assert_eq!(with(EC, "use", json!("enc")), Err(JwkRefused::Purpose));
        assert_eq!(with(EC, "key_ops", json!(["verify"])), PublicJwk::parse(EC));
        for ops in [json!([]), json!(["sign"]), json!(["verify", "sign"]), json!(["deriveKey"])] {
            assert_eq!(with(EC, "key_ops", ops), Err(JwkRefused::Purpose));
        }
    }

    #[test]
    fn other_key_types_and_curves_are_refused() {
        for (json, member, value) in [
            (EC, "crv", "P-384"),
            (EC, "crv", "secp256k1"),
            (EC, "crv", "Ed25519"),
            (EC, "kty", "ec"),
            (EC, "kty", "OKP"),
            (OKP, "crv", "X25519"),
            (OKP, "crv", "Ed448"),
            (RSA, "crv", "P-256"),
        ] {
            assert_eq!(with(json, member, json!(value)), Err(JwkRefused::KeyType), "{member} {value}");
        }
    }

    #[test]
    fn points_that_are_not_on_the_curve_are_refused() {
        let mut x = from_base64url("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU").unwrap();
        x[31] ^= 1;
        assert_eq!(with(EC, "x", json!(base64url(&x))), Err(JwkRefused::Point));
        let zero = base64url(&[0; 32]);
        assert_eq!(with(&with_value(EC, "x", &zero), "y", json!(zero)), Err(JwkRefused::Point));
        assert_eq!(with(OKP, "x", json!(zero)), Err(JwkRefused::Point));
        let mut two = [0; 32];
        two[0] = 2;
        assert_eq!(with(OKP, "x", json!(base64url(&two))), Err(JwkRefused::Point));
        // Leading zeros must not be left away (RFC 7518 section 6.2.1.2).
        assert_eq!(with(EC, "x", json!(base64url(&[1; 31]))), Err(JwkRefused::Member));
        assert_eq!(with(EC, "x", json!(base64url(&[0; 33]))), Err(JwkRefused::Member));
        assert!(PublicJwk::p256(&[4; 64]).is_err() && PublicJwk::p256(&[2; 65]).is_err());
    }

    fn with_value(json: &str, member: &str, value: &str) -> String {
        let mut object: Value = serde_json::from_str(json).unwrap();
        object[member] = json!(value);
        object.to_string()
    }

    #[test]
    fn rsa_keys_of_other_sizes_or_exponents_are_refused() {
        let modulus = |bits: usize| {
            let mut n = vec![0xff; bits / 8];
            n[0] = 0x80;
            base64url(&n)
        };
        for bits in [512, 1024, 2040, 4104, 8192] {
            assert_eq!(with(RSA, "n", json!(modulus(bits))), Err(JwkRefused::Modulus), "{bits}");
        }
        for bits in [2048, 3072, 4096] {
            assert!(with(RSA, "n", json!(modulus(bits))).is_ok(), "{bits}");
        }
        // 2047 bits in 256 bytes.
        let mut n = vec![0xff; 256];
        n[0] = 0x7f;
        assert_eq!(with(RSA, "n", json!(base64url(&n))), Err(JwkRefused::Modulus));
        (n[0], n[255]) = (0xff, 0xfe);
        assert_eq!(with(RSA, "n", json!(base64url(&n))), Err(JwkRefused::Modulus));
        n.insert(0, 0);
        for member in [json!(""), json!(base64url(&n)), json!(null), json!("A+B/")] {
            assert_eq!(with(RSA, "n", member), Err(JwkRefused::Member));
        }
        for e in ["Aw", "AQ", "AAEAAA", "AQAC", "AQABAQABAQAB"] {
            assert!(
                matches!(with(RSA, "e", json!(e)), Err(JwkRefused::Exponent | JwkRefused::Member)),
                "{e}"
            );
        }
        assert_eq!(with(RSA, "e", json!("AAEAAQ")), Err(JwkRefused::Member));
    }

    #[test]
    fn what_is_no_jwk_is_refused() {
        let double = EC.replace(r#""kty":"EC""#, r#""kty":"EC","kty":"EC""#);
        for json in ["", "null", "[]", "{}", "\"EC\"", r#"{"kty":1}"#, &double, &format!("{EC}x")] {
            assert_eq!(PublicJwk::parse(json), Err(JwkRefused::NotAJwk), "{json}");
        }
        assert_eq!(PublicJwk::parse(r#"{"kty":"EC","crv":"P-256"}"#), Err(JwkRefused::Member));
        assert_eq!(PublicJwk::parse(r#"{"kty":"RSA"}"#), Err(JwkRefused::Member));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,80}") {
            let _ = PublicJwk::parse(&text);
        }

        #[test]
        fn no_member_panics(json in prop_oneof![Just(EC), Just(OKP), Just(RSA)],
            member in "kty|crv|x|y|n|e|alg|use", value in "[A-Za-z0-9_-]{0,50}") {
            let _ = with(json, &member, json!(value));
        }

        #[test]
        fn every_byte_of_32_is_a_key_or_refused(bytes in any::<[u8; 32]>()) {
            if let Ok(key) = PublicJwk::ed25519(bytes) {
                prop_assert!(!key.verify(b"message", &[0; 64]));
            }
        }
    }
}
