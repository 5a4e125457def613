//! Credential public keys: COSE_Key (RFC 9052, section 7) to JWK.

use coset::cbor::Value;
use coset::iana::{self, EnumI64};
use coset::{Algorithm as CoseAlgorithm, AsCborValue, CoseKey, KeyType, Label};
use countersign_crypto::encoding::base64url;
use countersign_crypto::jwk::{Algorithm, PublicJwk};
use serde_json::json;

use crate::algorithm;
use crate::refused::Refused;

/// The curve of EC2 and OKP keys, the modulus of RSA keys (RFC 9053, section 7; RFC 8230, section 4).
const FIRST: i64 = -1;
/// The x coordinate, or the exponent.
const SECOND: i64 = -2;
/// The y coordinate.
const THIRD: i64 = -3;

/// The COSE identifier of the key's `alg`, and the key.
fn read(value: Value) -> Option<(i64, CoseKey)> {
    let key = CoseKey::from_cbor_value(value).ok()?;
    let identifier = match key.alg.as_ref()? {
        CoseAlgorithm::Assigned(assigned) => assigned.to_i64(),
        CoseAlgorithm::PrivateUse(identifier) => *identifier,
        CoseAlgorithm::Text(_) => return None,
    };
    Some((identifier, key))
}

/// The key as a JWK, where its algorithm is offered and its members are what that algorithm asks for.
pub(crate) fn jwk(value: Value) -> Result<PublicJwk, Refused> {
    let (identifier, key) = read(value).ok_or(Refused::PublicKey)?;
    let algorithm = algorithm::offered(identifier).ok_or(Refused::Algorithm)?;
    match algorithm {
        Algorithm::Es256 => p256(&key),
        Algorithm::EdDsa => ed25519(&key),
        Algorithm::Rs256 => rsa(&key),
    }
    .ok_or(Refused::PublicKey)
}

fn p256(key: &CoseKey) -> Option<PublicJwk> {
    is(key, iana::KeyType::EC2, Some(iana::EllipticCurve::P_256))?;
    let x: [u8; 32] = bytes(key, SECOND)?.try_into().ok()?;
    let y: [u8; 32] = bytes(key, THIRD)?.try_into().ok()?;
    PublicJwk::p256(&[&[4], x.as_slice(), y.as_slice()].concat()).ok()
}

fn ed25519(key: &CoseKey) -> Option<PublicJwk> {
    is(key, iana::KeyType::OKP, Some(iana::EllipticCurve::Ed25519))?;
    PublicJwk::ed25519(bytes(key, SECOND)?.try_into().ok()?).ok()
}

fn rsa(key: &CoseKey) -> Option<PublicJwk> {
    is(key, iana::KeyType::RSA, None)?;
    let (n, e) = (base64url(bytes(key, FIRST)?), base64url(bytes(key, SECOND)?));
    PublicJwk::parse(&json!({"kty": "RSA", "n": n, "e": e}).to_string()).ok()
}

fn is(key: &CoseKey, kind: iana::KeyType, curve: Option<iana::EllipticCurve>) -> Option<()> {
    let right_kind = key.kty == KeyType::Assigned(kind);
    let right_curve = match curve {
        Some(curve) => *param(key, FIRST)? == Value::from(curve.to_i64()),
        None => true,
    };
    (right_kind && right_curve).then_some(())
}

fn param(key: &CoseKey, label: i64) -> Option<&Value> {
    key.params.iter().find(|(known, _)| *known == Label::Int(label)).map(|(_, value)| value)
}

fn bytes(key: &CoseKey, label: i64) -> Option<&[u8]> {
    param(key, label)?.as_bytes().map(Vec::as_slice)
}
