//! Attestation objects (section 6.5.4) and statements (section 8).

use coset::cbor::Value;
use countersign_crypto::certificate_path::{MAX_CERTIFICATES, certified_key};
use countersign_crypto::jwk::{Algorithm, PublicJwk};
use countersign_crypto::uaf_signature::{Form, KeyKind, Scheme};

use crate::algorithm::{self, cose_identifier};
use crate::cbor::{self, Members};
use crate::evidence::is_signature;
use crate::refused::Refused;

/// What a registration came with. None of it tells who made the authenticator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Attestation {
    /// The format `none` (section 8.7): nothing was attested.
    None,
    /// The format `packed` (section 8.2), signed by the credential itself.
    SelfSigned,
    /// The format `packed`, signed by the key of a certificate that nobody was asked to vouch for.
    Certificate,
}

pub(crate) struct AttestationObject {
    format: String,
    statement: Members,
    pub(crate) authenticator_data: Vec<u8>,
}

impl AttestationObject {
    /// Reads `fmt`, `attStmt` and `authData`; other members are ignored.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Refused> {
        Self::read(bytes).ok_or(Refused::AttestationObject)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut members = cbor::whole(bytes)?.into_map().ok()?;
        Some(Self {
            format: cbor::take(&mut members, "fmt")?.into_text().ok()?,
            statement: cbor::take(&mut members, "attStmt")?.into_map().ok()?,
            authenticator_data: cbor::take(&mut members, "authData")?.into_bytes().ok()?,
        })
    }

    /// Verifies the statement over `signed`, which are the bytes of the authenticator data and the hash of the client
    /// data, by the credential's `key` or a certificate's.
    pub(crate) fn verify(self, key: &PublicJwk, signed: &[u8]) -> Result<Attestation, Refused> {
        match self.format.as_str() {
            "none" if self.statement.is_empty() => Ok(Attestation::None),
            "none" => Err(Refused::AttestationStatement),
            "packed" => packed(self.statement, key, signed).ok_or(Refused::AttestationStatement),
            _ => Err(Refused::AttestationFormat),
        }
    }
}

fn packed(mut statement: Members, key: &PublicJwk, signed: &[u8]) -> Option<Attestation> {
    let algorithm = i64::try_from(cbor::take(&mut statement, "alg")?.into_integer().ok()?).ok()?;
    let signature = cbor::take(&mut statement, "sig")?.into_bytes().ok()?;
    if statement.is_empty() {
        let by_credential =
            algorithm == cose_identifier(key.algorithm()) && is_signature(key, signed, &signature);
        return by_credential.then_some(Attestation::SelfSigned);
    }
    let certificates = cbor::take(&mut statement, "x5c")?.into_array().ok()?;
    if !statement.is_empty() || certificates.len() > MAX_CERTIFICATES {
        return None;
    }
    let leaf = certificates.first().and_then(Value::as_bytes)?;
    let (kind, scheme, form) = match algorithm::offered(algorithm)? {
        Algorithm::Es256 => (KeyKind::P256, Scheme::EcdsaP256, Form::Der),
        Algorithm::Rs256 => (KeyKind::Rsa, Scheme::RsaPkcs1, Form::Raw),
        Algorithm::EdDsa => return None,
    };
    // Listed as its own root the certificate is taken as it stands: there is no trust path, and no time to judge one.
    let key = certified_key(&[leaf], &[leaf], 0, kind).ok()?;
    key.verify(scheme, form, signed, &signature).then_some(Attestation::Certificate)
}
