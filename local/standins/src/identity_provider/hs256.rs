//! HMAC-SHA256 (RFC 2104): only to forge what no client may take.

use countersign_crypto::digest::sha256;

/// The block of SHA-256, in bytes.
const BLOCK: usize = 64;

/// The tag of `message` under a key of at most 64 bytes; a longer one is hashed first.
pub(super) fn tag(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0; BLOCK];
    if key.len() > BLOCK {
        block[..32].copy_from_slice(&sha256(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let padded = |pad: u8, text: &[u8]| {
        let mut content: Vec<u8> = block.iter().map(|byte| byte ^ pad).collect();
        content.extend_from_slice(text);
        sha256(&content)
    };
    padded(0x5c, &padded(0x36, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// RFC 4231, sections 4.3 and 4.7.
    #[test]
    fn tags_are_those_of_rfc_4231() {
        let short = tag(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(hex(&short), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        let long = tag(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First");
        assert_eq!(hex(&long), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    }
}
