//! AES-256 in CBC mode with PKCS#7 padding (NIST SP 800-38A, section 6.2; RFC 5652, section 6.3).

use aws_lc_rs::cipher::{
    AES_256, DecryptingKey, DecryptionContext, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use countersign_domain::secret::Secret;
use subtle::{Choice, ConstantTimeEq, ConstantTimeGreater, ConstantTimeLess};

use crate::jwe::EncryptionFailed;

/// The length of a key in bytes.
pub(super) const KEY: usize = 32;

/// The length of a block, and of an initialization vector, in bytes.
pub(super) const BLOCK: usize = 16;

/// `plain`, padded and encrypted.
pub(super) fn encrypt(key: &[u8; KEY], iv: &[u8; BLOCK], plain: &[u8]) -> Result<Vec<u8>, EncryptionFailed> {
    let mut content = plain.to_vec();
    UnboundCipherKey::new(&AES_256, key)
        .and_then(PaddedBlockEncryptingKey::cbc_pkcs7)
        .and_then(|key| key.less_safe_encrypt(&mut content, EncryptionContext::Iv128(FixedLength::from(*iv))))
        .map_err(|_| EncryptionFailed)?;
    Ok(content)
}

/// What was encrypted, without its padding; `None` for a length that is not a positive multiple of the block's, and for
/// malformed padding.
///
/// The padding is looked at in a time that depends on nothing: the backend's own removal stops at the first wrong byte.
/// Only the outcome, which is the answer, and the length of the content show.
pub(super) fn decrypt(key: &[u8; KEY], iv: &[u8; BLOCK], mut content: Vec<u8>) -> Option<Secret<Vec<u8>>> {
    UnboundCipherKey::new(&AES_256, key)
        .and_then(DecryptingKey::cbc)
        .and_then(|key| {
            let iv = DecryptionContext::Iv128(FixedLength::from(*iv));
            key.decrypt(&mut content, iv).map(|_plain| ())
        })
        .ok()?;
    let (length, right) = padding(content.last_chunk()?);
    if !bool::from(right) {
        return None;
    }
    content.truncate(content.len() - usize::from(length));
    Some(Secret::new(content))
}

/// How many bytes of the last block are padding, and whether all of them say so.
fn padding(last: &[u8; BLOCK]) -> (u8, Choice) {
    const LONGEST: u8 = 16;
    let length = last[BLOCK - 1];
    let mut right = !length.ct_eq(&0) & !length.ct_gt(&LONGEST);
    for (place, byte) in (0..LONGEST).zip(last.iter().rev()) {
        right &= !place.ct_lt(&length) | byte.ct_eq(&length);
    }
    (length, right)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::encoding::{base64, from_base64};

    const IV: [u8; BLOCK] = [65, 1, 2, 23, 4, 5, 6, 7, 32, 21, 10, 11, 12, 13, 84, 45];

    fn key() -> [u8; KEY] {
        [IV, IV].concat().try_into().unwrap()
    }

    fn opened(content: &[u8]) -> Option<Vec<u8>> {
        decrypt(&key(), &IV, content.to_vec()).map(|plain| plain.expose().clone())
    }

    /// The example in the tests of the published apps.
    #[test]
    fn the_published_vector_holds_both_ways() {
        let plain = br#"{"name":"Andrey", "age":27, "car":"BMW", "mileage":null}"#;
        let text = "MBrw7K2rCIKop50b2PmkmlAVO9Bulhl7yO8ZPw2ulVnh7MB9yI0vRJjum6xFnQMq9BR172WT/KAw78Zg4++EQQ==";
        assert_eq!(opened(&from_base64(text).unwrap()).as_deref(), Some(&plain[..]));
        assert_eq!(base64(&encrypt(&key(), &IV, plain).unwrap()), text);
    }

    #[test]
    fn a_length_that_is_not_of_whole_blocks_is_refused() {
        let content = encrypt(&key(), &IV, &[7; 40]).unwrap();
        assert_eq!(content.len(), 48);
        for length in (0..48).filter(|length| length % BLOCK != 0).chain([0]) {
            assert_eq!(opened(&content[..length]), None, "{length}");
        }
    }

    /// One block whose padding byte `place` from the end is made to be `byte`: the IV flips plaintext bits at will.
    fn with_last_block(block: [u8; BLOCK]) -> Option<Vec<u8>> {
        let content = encrypt(&key(), &IV, b"").unwrap();
        let mut iv = IV;
        for (iv, byte) in iv.iter_mut().zip(block) {
            *iv ^= 16 ^ byte;
        }
        decrypt(&key(), &iv, content).map(|plain| plain.expose().clone())
    }

    #[test]
    fn every_padding_is_right_only_if_all_its_bytes_say_so() {
        for length in 0..=255_u8 {
            let mut block = [99; BLOCK];
            let from = BLOCK.saturating_sub(usize::from(length));
            block[from..].fill(length);
            block[BLOCK - 1] = length;
            let expected = (1..=16).contains(&length).then(|| vec![99; from]);
            assert_eq!(with_last_block(block), expected, "{length}");
            for place in from..BLOCK - 1 {
                let mut broken = block;
                broken[place] ^= 0x80;
                assert_eq!(with_last_block(broken), None, "{length} {place}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_content_comes_back(plain in proptest::collection::vec(any::<u8>(), 0..100),
            key in any::<[u8; KEY]>(), iv in any::<[u8; BLOCK]>()) {
            let content = encrypt(&key, &iv, &plain).unwrap();
            prop_assert_eq!(content.len(), plain.len() / BLOCK * BLOCK + BLOCK);
            let opened = decrypt(&key, &iv, content).unwrap();
            prop_assert_eq!(opened.expose(), &plain);
        }
    }
}
