//! The Concat KDF (NIST SP 800-56A, section 5.8.1) as `ECDH-ES` uses it (RFC 7518, section 4.6.2).

use zeroize::Zeroizing;

use crate::digest::sha256;

/// `N` bytes of key for `algorithm`, at most the 32 of one round of SHA-256, out of the shared secret and what the two
/// parties are called.
pub(super) fn derive<const N: usize>(
    shared: &[u8],
    algorithm: &str,
    party_u: &[u8],
    party_v: &[u8],
) -> [u8; N] {
    const { assert!(N <= 32, "one round of SHA-256 gives no more") }
    const FIRST_ROUND: u32 = 1;
    let mut input = Zeroizing::new(FIRST_ROUND.to_be_bytes().to_vec());
    input.extend_from_slice(shared);
    for part in [algorithm.as_bytes(), party_u, party_v] {
        input.extend_from_slice(&(part.len() as u32).to_be_bytes());
        input.extend_from_slice(part);
    }
    input.extend_from_slice(&(N as u32 * 8).to_be_bytes());
    let round = Zeroizing::new(sha256(&input));
    let mut key = [0; N];
    key.copy_from_slice(&round[..N]);
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::base64url;

    /// RFC 7518, appendix C.
    #[test]
    fn the_key_of_the_rfc_is_derived() {
        let shared = [
            158, 86, 217, 29, 129, 113, 53, 211, 114, 131, 66, 131, 191, 132, 38, 156, 251, 49, 110, 163,
            218, 128, 106, 72, 246, 218, 167, 121, 140, 254, 144, 196,
        ];
        let key: [u8; 16] = derive(&shared, "A128GCM", b"Alice", b"Bob");
        assert_eq!(base64url(&key), "VqqN6vgjbSBcIijNcacQGg");
    }

    #[test]
    fn algorithm_and_parties_and_length_count() {
        let key: [u8; 32] = derive(b"shared", "A256GCM", b"", b"");
        assert_ne!(derive::<32>(b"shared", "A256GCN", b"", b""), key);
        assert_ne!(derive::<32>(b"shared", "A256GCM", b"u", b""), key);
        assert_ne!(derive::<32>(b"shared", "A256GCM", b"", b"v"), key);
        assert_ne!(derive::<32>(b"shareds", "A256GCM", b"", b""), key);
        assert_ne!(derive::<16>(b"shared", "A256GCM", b"", b""), key[..16]);
    }
}
