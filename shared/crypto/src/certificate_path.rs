//! Certificate paths of attestation keys (RFC 5280, section 6), by rustls-webpki over the one backend.

use std::time::Duration;

use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use webpki::{
    EndEntityCert, Error, ExtendedKeyUsageValidator, KeyPurposeIdIter, VerifiedPath,
    anchor_from_trusted_cert, aws_lc_rs,
};

use crate::uaf_signature::{KeyKind, KeyRefused, UafPublicKey};

/// The most certificates that are looked at, roots not counted.
pub const MAX_CERTIFICATES: usize = 6;

/// Why a certificate path was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathRefused {
    /// No certificate, too many, or one that cannot be read.
    #[error("holds no readable certificate, or too many")]
    Malformed,
    /// No path leads from the first certificate through all the others to a root at this time.
    #[error("does not lead to a trusted root")]
    Path,
    /// The first certificate's key is not of the kind asked for.
    #[error("certifies a key that is not acceptable")]
    Key(#[from] KeyRefused),
}

/// Signatures that certificates may carry. SHA-1 is not among them.
static ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[
    aws_lc_rs::ECDSA_P256_SHA256,
    aws_lc_rs::ECDSA_P256_SHA384,
    aws_lc_rs::ECDSA_P384_SHA256,
    aws_lc_rs::ECDSA_P384_SHA384,
    aws_lc_rs::ED25519,
    aws_lc_rs::RSA_PKCS1_2048_8192_SHA256,
    aws_lc_rs::RSA_PKCS1_2048_8192_SHA384,
    aws_lc_rs::RSA_PKCS1_2048_8192_SHA512,
    aws_lc_rs::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
    aws_lc_rs::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
    aws_lc_rs::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
];

/// Attestation has no extended key usage of its own: whatever a certificate states, or nothing, will do.
struct AnyUsage;

impl ExtendedKeyUsageValidator for AnyUsage {
    fn validate(&self, mut usages: KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        usages.try_for_each(|usage| usage.map(|_| ()))
    }
}

/// The key of the first certificate of `chain` (DER, each certified by the next), where a path leads from it through
/// every other one to one of `roots` (DER) at `now_millis` (milliseconds since the epoch).
///
/// The chain may end with the root itself. A chain of one certificate that is listed among the roots byte for byte
/// is a path of no length: the list is then what vouches for it, and for how long.
///
/// # Errors
/// [`PathRefused`].
pub fn certified_key(
    chain: &[&[u8]],
    roots: &[&[u8]],
    now_millis: i64,
    kind: KeyKind,
) -> Result<UafPublicKey, PathRefused> {
    let (leaf, issuers) = chain.split_first().ok_or(PathRefused::Malformed)?;
    if chain.len() > MAX_CERTIFICATES {
        return Err(PathRefused::Malformed);
    }
    if issuers.is_empty() && roots.contains(leaf) {
        return listed_key(leaf, kind);
    }
    let issuers = match issuers.split_last() {
        Some((last, before)) if roots.contains(last) => before,
        _ => issuers,
    };

    let leaf = CertificateDer::from(*leaf);
    let roots: Vec<_> = roots.iter().map(|root| CertificateDer::from(*root)).collect();
    let issuers: Vec<_> = issuers.iter().map(|issuer| CertificateDer::from(*issuer)).collect();
    let anchors: Vec<TrustAnchor<'_>> =
        roots.iter().filter_map(|root| anchor_from_trusted_cert(root).ok()).collect();
    let certificate = EndEntityCert::try_from(&leaf).map_err(|_| PathRefused::Malformed)?;
    let now = u64::try_from(now_millis).map_err(|_| PathRefused::Path)?;
    let now = UnixTime::since_unix_epoch(Duration::from_millis(now));
    // A certificate that the path does not need was not checked, and has no business in what is stored as evidence.
    let uses_all = |path: &VerifiedPath<'_>| {
        let used = path.intermediate_certificates().map(|issuer| issuer.der());
        if used.eq(issuers.iter().cloned()) { Ok(()) } else { Err(Error::UnknownIssuer) }
    };
    certificate
        .verify_for_usage(ALGORITHMS, &anchors, &issuers, now, AnyUsage, None, Some(&uses_all))
        .map_err(|_| PathRefused::Path)?;
    Ok(UafPublicKey::from_spki(kind, &certificate.subject_public_key_info())?)
}

/// The key of a certificate that is trusted as it stands. Read as an anchor, for such a certificate may be of
/// version 1 or an authority.
fn listed_key(certificate: &[u8], kind: KeyKind) -> Result<UafPublicKey, PathRefused> {
    let der = CertificateDer::from(certificate);
    let anchor = anchor_from_trusted_cert(&der).map_err(|_| PathRefused::Malformed)?;
    Ok(UafPublicKey::from_spki(kind, &sequence(&anchor.subject_public_key_info))?)
}

/// Puts back the header of the SEQUENCE, which anchors come without.
fn sequence(content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let zeros = length.iter().take_while(|byte| **byte == 0).count();
    let mut der = vec![0x30];
    match u8::try_from(content.len()) {
        Ok(short @ 0..=0x7f) => der.push(short),
        _ => {
            der.push(0x80 | u8::try_from(length.len() - zeros).unwrap_or(u8::MAX));
            der.extend(&length[zeros..]);
        }
    }
    der.extend(content);
    der
}

#[cfg(test)]
#[path = "certificate_path_tests.rs"]
mod tests;
