//! The signature algorithms that are offered, by their COSE identifiers (RFC 9053, section 2; RFC 8812, section 2).

use countersign_crypto::jwk::Algorithm;

/// In order of preference.
pub(crate) const OFFERED: [Algorithm; 3] = [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256];

/// The COSE identifier. In WebAuthn -7 is ECDSA on P-256 and -8 is Ed25519 (section 5.8.5).
pub(crate) const fn cose_identifier(algorithm: Algorithm) -> i64 {
    match algorithm {
        Algorithm::Es256 => -7,
        Algorithm::EdDsa => -8,
        Algorithm::Rs256 => -257,
    }
}

/// The algorithm of this COSE identifier, where it is offered.
pub(crate) fn offered(cose: i64) -> Option<Algorithm> {
    OFFERED.into_iter().find(|algorithm| cose_identifier(*algorithm) == cose)
}
