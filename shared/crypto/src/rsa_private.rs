//! The numbers of an RSA private key, for its JWK: the backend gives and takes DER only.

use zeroize::Zeroizing;

/// RSAPrivateKey of RFC 8017 appendix A.1.2: n, e, d, p, q, dP, dQ, qInv, big-endian without leading zeros.
pub(crate) type Numbers = [Zeroizing<Vec<u8>>; 8];

/// Takes the numbers out of a PKCS#8 document (RFC 5208) that the backend has written.
pub(crate) fn numbers(pkcs8: &[u8]) -> Option<Numbers> {
    const INTEGER: u8 = 0x02;
    const OCTET_STRING: u8 = 0x04;
    const SEQUENCE: u8 = 0x30;
    let (info, _) = element(SEQUENCE, pkcs8)?;
    let (_version, rest) = element(INTEGER, info)?;
    let (_algorithm, rest) = element(SEQUENCE, rest)?;
    let (key, _) = element(OCTET_STRING, rest)?;
    let (key, _) = element(SEQUENCE, key)?;
    let (_version, mut rest) = element(INTEGER, key)?;
    let mut numbers = Numbers::default();
    for number in &mut numbers {
        let (content, after) = element(INTEGER, rest)?;
        let zeros = content.iter().take_while(|byte| **byte == 0).count();
        *number = Zeroizing::new(content[zeros..].to_vec());
        rest = after;
    }
    Some(numbers)
}

/// The content of the DER element of this tag at the start of `der`, and what follows it.
fn element(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&[found, length], rest) = der.split_first_chunk::<2>()?;
    if found != tag {
        return None;
    }
    let (length, rest) = match length {
        short @ 0..=0x7f => (usize::from(short), rest),
        0x81 => rest.split_first().map(|(length, rest)| (usize::from(*length), rest))?,
        0x82 => rest
            .split_first_chunk::<2>()
            .map(|(length, rest)| (usize::from(u16::from_be_bytes(*length)), rest))?,
        _ => return None,
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_input_panics(der in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = numbers(&der);
        }

        #[test]
        fn a_cut_document_is_refused(length in 0usize..16) {
            let whole = [0x30, 0x10, 0x02, 1, 0, 0x30, 0, 0x04, 0x09, 0x30, 7, 2, 1, 0, 2, 2, 0, 1];
            prop_assert!(numbers(&whole[..length]).is_none());
        }
    }
}
