//! Compact JSON Web Signatures (RFC 7515): read strictly, verified with one known key.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::encoding::from_base64url;
use crate::jwk::{Algorithm, PublicJwk, present};

/// The longest compact JWS that is read, in bytes.
pub const MAX_LENGTH: usize = 64 * 1024;

/// Why a JWS was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwsRefused {
    /// Longer than [`MAX_LENGTH`].
    #[error("is too long")]
    TooLong,
    /// Not three parts of base64url.
    #[error("is not a compact JWS")]
    Shape,
    /// The header is not a JSON object of the known members, or names a member twice.
    #[error("has a malformed header")]
    Header,
    /// `crit` is there: no extension is understood (RFC 7515 section 4.1.11).
    #[error("asks for an extension that is not supported")]
    Critical,
    /// `alg` is not ES256, EdDSA or RS256, or not the key's own.
    #[error("names an algorithm that is not accepted")]
    Algorithm,
    /// `typ` is not the one that is expected here.
    #[error("is of another type")]
    Type,
    /// No key of this `kid` is known.
    #[error("names a key that is not known")]
    UnknownKey,
    /// The signature is not the key's over this content.
    #[error("has a wrong signature")]
    Signature,
    /// The payload is signed but is not what this type holds.
    #[error("has a malformed payload")]
    Payload,
}

/// A compact JWS that was read but not verified: only what is needed to find the key can be seen.
#[derive(Debug)]
pub struct Unverified<'a> {
    signed: &'a str,
    algorithm: Algorithm,
    typ: Option<String>,
    kid: Option<String>,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: Option<String>,
    kid: Option<String>,
    #[serde(default, deserialize_with = "present")]
    crit: bool,
}

impl<'a> Unverified<'a> {
    /// Reads a compact JWS.
    ///
    /// # Errors
    /// [`JwsRefused`] for anything but three parts of strict base64url with a plain header and an accepted
    /// algorithm.
    pub fn parse(compact: &'a str) -> Result<Self, JwsRefused> {
        if compact.len() > MAX_LENGTH {
            return Err(JwsRefused::TooLong);
        }
        let (signed, signature) = compact.rsplit_once('.').ok_or(JwsRefused::Shape)?;
        // A fourth part leaves a dot in the payload, which is no base64url.
        let (header, payload) = signed.split_once('.').ok_or(JwsRefused::Shape)?;
        let [header, payload, signature] = [header, payload, signature].map(from_base64url);
        let header: Header = json(&header.map_err(|_| JwsRefused::Shape)?).ok_or(JwsRefused::Header)?;
        if header.crit {
            return Err(JwsRefused::Critical);
        }
        Ok(Self {
            signed,
            algorithm: algorithm(&header.alg)?,
            typ: header.typ,
            kid: header.kid,
            payload: payload.map_err(|_| JwsRefused::Shape)?,
            signature: signature.map_err(|_| JwsRefused::Shape)?,
        })
    }

    /// The header's `typ`, not yet verified.
    pub fn typ(&self) -> Option<&str> {
        self.typ.as_deref()
    }

    /// The header's `kid`, not yet verified.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The header's `alg`, not yet verified.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The payload, NOT verified: only for finding the key.
    pub(crate) fn unverified_payload(&self) -> &[u8] {
        &self.payload
    }

    /// The payload, once type, algorithm and signature are right.
    ///
    /// # Errors
    /// [`JwsRefused::Type`], [`JwsRefused::Algorithm`] when `alg` is not the key's own,
    /// [`JwsRefused::Signature`].
    pub fn verify(&self, key: &PublicJwk, expected_typ: &str) -> Result<&[u8], JwsRefused> {
        if self.typ() != Some(expected_typ) {
            return Err(JwsRefused::Type);
        }
        // The key decides; a header that disagrees is refused and never followed (RFC 8725 section 3.1).
        if self.algorithm != key.algorithm() {
            return Err(JwsRefused::Algorithm);
        }
        if key.verify(self.signed.as_bytes(), &self.signature) {
            Ok(&self.payload)
        } else {
            Err(JwsRefused::Signature)
        }
    }

    /// The payload as `T`, once type, algorithm and signature are right.
    ///
    /// # Errors
    /// As [`Unverified::verify`], and [`JwsRefused::Payload`].
    pub fn claims<T: DeserializeOwned>(&self, key: &PublicJwk, expected_typ: &str) -> Result<T, JwsRefused> {
        json(self.verify(key, expected_typ)?).ok_or(JwsRefused::Payload)
    }
}

fn algorithm(name: &str) -> Result<Algorithm, JwsRefused> {
    [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256]
        .into_iter()
        .find(|known| known.name() == name)
        .ok_or(JwsRefused::Algorithm)
}

/// Reads a JSON object; serde would also take its members' values in an array. JSON is UTF-8 (RFC 7515, section 5.2), in
/// members that nobody reads too: there `from_slice` does not look.
pub(crate) fn json<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let text = std::str::from_utf8(bytes).ok()?;
    text.trim_ascii_start().starts_with('{').then(|| serde_json::from_str(text).ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::encoding::base64url;
    use crate::signing_key::SigningKey;
    use crate::system::SystemRandom;

    const TYP: &str = "test+jwt";

    fn key(algorithm: Algorithm) -> SigningKey {
        SigningKey::generate(algorithm, &SystemRandom).unwrap()
    }

    /// A JWS of any header, signed by `key` whatever the header says.
    fn signed(key: &SigningKey, header: &str, payload: &[u8]) -> String {
        let input = format!("{}.{}", base64url(header.as_bytes()), base64url(payload));
        let signature = key.sign(input.as_bytes()).unwrap();
        format!("{input}.{}", base64url(&signature))
    }

    #[test]
    fn what_is_signed_verifies_and_shows_its_header() {
        for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256] {
            let key = key(algorithm);
            let compact = key.sign_jws(TYP, "device", &json!({ "a": 1 })).unwrap();
            let read = Unverified::parse(&compact).unwrap();
            assert_eq!((read.typ(), read.kid(), read.algorithm()), (Some(TYP), Some("device"), algorithm));
            assert_eq!(read.verify(key.public(), TYP), Ok(&br#"{"a":1}"#[..]));
            assert_eq!(read.claims::<Value>(key.public(), TYP), Ok(json!({ "a": 1 })));
            assert_eq!(read.claims::<String>(key.public(), TYP), Err(JwsRefused::Payload));
            assert_eq!(read.verify(key.public(), "other+jwt"), Err(JwsRefused::Type));
            assert_eq!(read.verify(self::key(algorithm).public(), TYP), Err(JwsRefused::Signature));
        }
    }

    /// RFC 7515 appendix A.3: no `typ`, so of no type that is expected anywhere here.
    #[test]
    fn a_jws_without_type_is_of_no_type() {
        let compact = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        let key = PublicJwk::parse(
            r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
        )
        .unwrap();
        let read = Unverified::parse(compact).unwrap();
        assert_eq!(read.typ(), None);
        assert_eq!(read.verify(&key, "JWT"), Err(JwsRefused::Type));
    }

    #[test]
    fn a_header_cannot_choose_another_algorithm_than_the_keys() {
        let keys = [key(Algorithm::Es256), key(Algorithm::EdDsa), key(Algorithm::Rs256)];
        for signer in &keys {
            for named in &keys {
                let header = json!({ "alg": named.algorithm(), "typ": TYP }).to_string();
                let compact = signed(signer, &header, b"{}");
                let read = Unverified::parse(&compact).unwrap();
                for verifier in &keys {
                    let expected = if verifier.algorithm() != named.algorithm() {
                        Err(JwsRefused::Algorithm)
                    } else if verifier.algorithm() != signer.algorithm() {
                        Err(JwsRefused::Signature)
                    } else {
                        Ok(&b"{}"[..])
                    };
                    assert_eq!(read.verify(verifier.public(), TYP), expected);
                }
            }
        }
    }

    /// RFC 8725 section 2.1: `none`, and HMAC with the public key as its secret.
    #[test]
    fn unsigned_and_symmetric_tokens_are_refused() {
        let key = key(Algorithm::Rs256);
        for alg in [
            "none", "None", "NONE", "", "HS256", "HS384", "HS512", "es256", "ES384", "PS256", "RS512",
            "Ed25519",
        ] {
            let header = json!({ "alg": alg, "typ": TYP }).to_string();
            assert_eq!(
                Unverified::parse(&signed(&key, &header, b"{}")).err(),
                Some(JwsRefused::Algorithm),
                "{alg}"
            );
        }
        let input = format!("{}.{}", base64url(br#"{"alg":"HS256","typ":"test+jwt"}"#), base64url(b"{}"));
        let public = serde_json::to_string(key.public()).unwrap();
        let hmac_key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, public.as_bytes());
        let tag = aws_lc_rs::hmac::sign(&hmac_key, input.as_bytes());
        let compact = format!("{input}.{}", base64url(tag.as_ref()));
        assert_eq!(Unverified::parse(&compact).err(), Some(JwsRefused::Algorithm));
        // The right name and no signature.
        let input = input.replace(
            &base64url(br#"{"alg":"HS256","typ":"test+jwt"}"#),
            &base64url(br#"{"alg":"RS256","typ":"test+jwt"}"#),
        );
        let compact = format!("{input}.");
        assert_eq!(
            Unverified::parse(&compact).unwrap().verify(key.public(), TYP),
            Err(JwsRefused::Signature)
        );
    }

    #[test]
    fn malformed_headers_are_refused() {
        let key = key(Algorithm::EdDsa);
        for (header, refused) in [
            (r#"{"alg":"EdDSA","typ":"test+jwt","crit":["exp"]}"#, JwsRefused::Critical),
            (r#"{"alg":"EdDSA","typ":"test+jwt","crit":[]}"#, JwsRefused::Critical),
            (r#"{"alg":"EdDSA","typ":"test+jwt","crit":null}"#, JwsRefused::Critical),
            (r#"{"alg":"EdDSA","alg":"EdDSA","typ":"test+jwt"}"#, JwsRefused::Header),
            (r#"{"alg":"EdDSA","typ":"test+jwt","typ":"test+jwt"}"#, JwsRefused::Header),
            (r#"{"alg":"EdDSA","typ":"test+jwt","kid":"a","kid":"a"}"#, JwsRefused::Header),
            (r#"{"alg":"EdDSA","typ":"test+jwt"} x"#, JwsRefused::Header),
            (r#"{"alg":"EdDSA","typ":7}"#, JwsRefused::Header),
            (r#"{"typ":"test+jwt"}"#, JwsRefused::Header),
            (r#"{"alg":null}"#, JwsRefused::Header),
            ("", JwsRefused::Header),
            ("[]", JwsRefused::Header),
            ("\"EdDSA\"", JwsRefused::Header),
        ] {
            assert_eq!(Unverified::parse(&signed(&key, header, b"{}")).err(), Some(refused), "{header}");
        }
        let unknown = signed(&key, r#"{"alg":"EdDSA","typ":"test+jwt","x":1,"jwk":{"kty":"oct"}}"#, b"{}");
        assert!(Unverified::parse(&unknown).unwrap().verify(key.public(), TYP).is_ok());
    }

    #[test]
    fn other_shapes_are_refused() {
        let good = key(Algorithm::EdDsa).sign_jws(TYP, "k", &json!({})).unwrap();
        let header = good.split('.').next().unwrap();
        for compact in [
            String::new(),
            "..".to_owned(),
            header.to_owned(),
            format!("{header}."),
            format!("{good}."),
            format!(".{good}"),
            format!("{good}="),
            format!(" {good}"),
            format!("{good}\n"),
            format!("{header}.e30=.AAAA"),
            format!("{header}.e3 0.AAAA"),
            format!("{header}.e30.AA+A"),
            format!("{header}.e31.AAAA"),
            json!({ "payload": "e30", "protected": header, "signature": "AAAA" }).to_string(),
        ] {
            assert!(
                matches!(Unverified::parse(&compact).err(), Some(JwsRefused::Shape | JwsRefused::Header)),
                "{compact}"
            );
        }
        assert_eq!(Unverified::parse(&"a".repeat(MAX_LENGTH + 1)).err(), Some(JwsRefused::TooLong));
    }

    #[test]
    fn a_header_that_is_not_utf_8_is_refused_in_members_that_nobody_reads_too() {
        let header = base64url(b"{\"alg\":\"ES256\",\"typ\":\"test+jwt\",\"other\":\"\x84\"}");
        let refused = Unverified::parse(&format!("{header}.e30.AAAA")).err();
        assert_eq!(refused, Some(JwsRefused::Header));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,80}|[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}") {
            let _ = Unverified::parse(&text);
        }

        #[test]
        fn no_header_panics(header in ".{0,60}") {
            let _ = Unverified::parse(&format!("{}.e30.AAAA", base64url(header.as_bytes())));
        }

        #[test]
        fn any_flipped_byte_fails(place in any::<proptest::sample::Index>(), bit in 0u8..8, ed in any::<bool>()) {
            let key = key(if ed { Algorithm::EdDsa } else { Algorithm::Es256 });
            let mut bytes = key.sign_jws(TYP, "device", &json!({ "amount": "120 EUR" })).unwrap().into_bytes();
            let at = place.index(bytes.len());
            bytes[at] ^= 1 << bit;
            if let Ok(text) = String::from_utf8(bytes) {
                let verified = Unverified::parse(&text).and_then(|read| read.claims::<Value>(key.public(), TYP));
                prop_assert!(verified.is_err());
            }
        }
    }
}
