//! As much of CBOR (RFC 8949) as attestation objects and COSE keys are made of. Maps are written in the order in which their
//! entries are given; the callers give CTAP2's canonical one.

/// A head: major type and argument in the shortest form (RFC 8949, section 3).
fn head(major: u8, argument: u64) -> Vec<u8> {
    let major = major << 5;
    let bytes = argument.to_be_bytes();
    match argument {
        0..=23 => vec![major | bytes[7]],
        24..=0xff => vec![major | 24, bytes[7]],
        0x100..=0xffff => [&[major | 25], &bytes[6..]].concat(),
        0x1_0000..=0xffff_ffff => [&[major | 26], &bytes[4..]].concat(),
        _ => [&[major | 27], &bytes[..]].concat(),
    }
}

/// An integer.
pub(crate) fn integer(value: i64) -> Vec<u8> {
    if value < 0 { head(1, !value.cast_unsigned()) } else { head(0, value.cast_unsigned()) }
}

/// A byte string.
pub(crate) fn bytes(value: &[u8]) -> Vec<u8> {
    [head(2, value.len() as u64), value.to_vec()].concat()
}

/// A text string.
pub(crate) fn text(value: &str) -> Vec<u8> {
    [head(3, value.len() as u64), value.as_bytes().to_vec()].concat()
}

/// A map of encoded keys and values.
pub(crate) fn map(entries: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let mut out = head(5, entries.len() as u64);
    for (key, value) in entries {
        out.extend_from_slice(key);
        out.extend_from_slice(value);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// RFC 8949, appendix A.
    #[test]
    fn the_examples_of_the_rfc_hold() {
        for (value, expected) in [
            (0, "00"),
            (23, "17"),
            (24, "1818"),
            (1000, "1903e8"),
            (1_000_000, "1a000f4240"),
            (1_000_000_000_000, "1b000000e8d4a51000"),
            (-1, "20"),
            (-10, "29"),
            (-100, "3863"),
            (-1000, "3903e7"),
        ] {
            assert_eq!(hex(&integer(value)), expected, "{value}");
        }
        assert_eq!(hex(&bytes(&[1, 2, 3, 4])), "4401020304");
        assert_eq!(hex(&text("IETF")), "6449455446");
        let entries = [(integer(1), integer(2)), (integer(3), integer(4))];
        assert_eq!(hex(&map(&entries)), "a201020304");
        assert_eq!(hex(&bytes(&[0; 256])[..3]), "590100");
    }
}
