//! UAF public keys as JSON Web Keys, for receipts and for whoever verifies a signature later with other tools.

use serde::Serialize;
use serde_json::Value;

use super::{Key, UafPublicKey};
use crate::digest::Digest;
use crate::encoding::base64url;
use crate::jwk::{P256Key, PublicJwk};

/// The members that denote a key on secp256k1 (RFC 8812, section 3.1), in the order of their names.
#[derive(Serialize)]
struct Secp256k1 {
    crv: &'static str,
    kty: &'static str,
    x: String,
    y: String,
}

impl UafPublicKey {
    /// The JWK, with `alg` `ES256` or `ES256K` for a point. An RSA key has none: it may verify both `PS256` and `RS256`.
    pub fn jwk(&self) -> Value {
        let mut jwk = match self.denoted() {
            Denoted::Known(key) => serde_json::to_value(key),
            Denoted::Secp256k1(key) => serde_json::to_value(key),
        }
        .expect("a struct of strings always becomes JSON");
        match self.0 {
            Key::P256(_) => jwk["alg"] = "ES256".into(),
            Key::Secp256k1(_) => jwk["alg"] = "ES256K".into(),
            Key::Rsa(_) => {}
        }
        jwk
    }

    /// SHA-256 over the required members (RFC 7638, section 3).
    pub fn thumbprint(&self) -> Digest {
        match self.denoted() {
            Denoted::Known(key) => key.thumbprint(),
            // RFC 7638 asks for the members in order of their names, which is the order of the fields.
            Denoted::Secp256k1(key) => {
                Digest::of(&serde_json::to_vec(&key).expect("a struct of strings always becomes JSON"))
            }
        }
    }

    fn denoted(&self) -> Denoted {
        match &self.0 {
            Key::P256(point) => {
                let key = P256Key::from_sec1(point).expect("the point was checked when it was read");
                Denoted::Known(PublicJwk::P256(key))
            }
            Key::Secp256k1(point) => Denoted::Secp256k1(Secp256k1 {
                crv: "secp256k1",
                kty: "EC",
                x: base64url(&point[1..33]),
                y: base64url(&point[33..]),
            }),
            Key::Rsa(key) => Denoted::Known(PublicJwk::Rsa(key.clone())),
        }
    }
}

/// A key of one of the kinds that devices with our own protocol have, or the one kind that only UAF has.
enum Denoted {
    Known(PublicJwk),
    Secp256k1(Secp256k1),
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rsa::KeySize;
    use aws_lc_rs::signature::{KeyPair, RsaKeyPair};
    use serde_json::json;

    use super::*;
    use crate::encoding::from_base64url;
    use crate::uaf_signature::{KeyForm, KeyKind};

    fn point(kind: KeyKind, x: &str, y: &str) -> UafPublicKey {
        let bytes = [&[4][..], &from_base64url(x).unwrap(), &from_base64url(y).unwrap()].concat();
        UafPublicKey::read(kind, KeyForm::EcRaw, &bytes).unwrap()
    }

    /// The generator of SEC 2, section 2.4.1. The thumbprint is also what the Python package jwcrypto 1.6 gives.
    #[test]
    fn a_secp256k1_key_is_written_as_in_rfc_8812() {
        let x = "eb5mfvncu6xVoGKVzocLBwKb_NstzijZWfKBWxb4F5g";
        let y = "SDradyajxGVdpPv8DhEIqP0XtEimhVQZnEfQj_sQ1Lg";
        let key = point(KeyKind::Secp256k1, x, y);
        assert_eq!(key.jwk(), json!({ "kty": "EC", "crv": "secp256k1", "x": x, "y": y, "alg": "ES256K" }));
        assert_eq!(key.thumbprint().to_string(), "2JF8vg9etJzjFwZwmkvhBLLZ0bfMVVOPivYR5lFtcec");
    }

    /// The key of RFC 6979, appendix A.2.5.
    #[test]
    fn a_p256_key_is_the_same_jwk_as_a_devices() {
        let x = "YP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y";
        let y = "eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk";
        let key = point(KeyKind::P256, x, y);
        assert_eq!(key.jwk(), json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "alg": "ES256" }));
        let read = PublicJwk::parse(&key.jwk().to_string()).unwrap();
        assert_eq!(key.thumbprint(), read.thumbprint());
        assert_eq!(key.thumbprint().to_string(), "DOvxvJiAdIqVWIkFt5hDtCunXLF0BV4-JGv4f-ALSm0");
    }

    #[test]
    fn an_rsa_key_names_no_algorithm() {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let der = pair.public_key().as_ref();
        let key = UafPublicKey::read(KeyKind::Rsa, KeyForm::RsaDer, der).unwrap();
        let jwk = key.jwk();
        let mut names: Vec<_> = jwk.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["e", "kty", "n"]);
        assert_eq!((&jwk["kty"], &jwk["e"]), (&json!("RSA"), &json!("AQAB")));
        let read = PublicJwk::parse(&jwk.to_string()).unwrap();
        assert_eq!(key.thumbprint(), read.thumbprint());
    }
}
