//! CBOR (RFC 8949) as authenticators write it, read with bounded depth.

use coset::cbor::Value;
use coset::cbor::de::from_reader_with_recursion_limit;

/// Authenticators nest no deeper than four levels (CTAP2, message encoding); statements and extensions get some more.
const MAX_DEPTH: usize = 8;

/// One CBOR map with text keys.
pub(crate) type Members = Vec<(Value, Value)>;

/// The first data item of `bytes`, and what follows it.
pub(crate) fn first(bytes: &[u8]) -> Option<(Value, &[u8])> {
    let mut rest = bytes;
    let value = from_reader_with_recursion_limit(&mut rest, MAX_DEPTH).ok()?;
    Some((value, rest))
}

/// The one data item that is all of `bytes`.
pub(crate) fn whole(bytes: &[u8]) -> Option<Value> {
    first(bytes).filter(|(_, rest)| rest.is_empty()).map(|(value, _)| value)
}

/// Takes the member `name` out of a map. None where it is missing or there twice.
pub(crate) fn take(members: &mut Members, name: &str) -> Option<Value> {
    let at = members.iter().position(|(key, _)| key.as_text() == Some(name))?;
    let (_, value) = members.swap_remove(at);
    let twice = members.iter().any(|(key, _)| key.as_text() == Some(name));
    (!twice).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_that_is_not_there_costs_nothing() {
        // Byte string, text, array and map that claim 2^63 bytes or entries.
        for head in [0x5b, 0x7b, 0x9b, 0xbb] {
            assert_eq!(first(&[head, 0x80, 0, 0, 0, 0, 0, 0, 0, 1]), None);
        }
    }

    #[test]
    fn depth_is_bounded() {
        let mut deep = vec![0x81; 100_000];
        deep.push(0);
        assert_eq!(first(&deep), None);
        assert!(first(&[0x81, 0x81, 0x81, 0x81, 0]).is_some());
    }

    #[test]
    fn a_whole_item_has_nothing_after_it() {
        assert!(whole(&[0xa0]).is_some());
        assert_eq!(whole(&[0xa0, 0]), None);
        assert_eq!(first(&[0xa0, 0]).unwrap().1, [0]);
    }

    #[test]
    fn a_member_that_is_there_twice_is_not_taken() {
        // {"a": 1, "b": 2, "a": 3}
        let Some(Value::Map(mut members)) = whole(&[0xa3, 0x61, b'a', 1, 0x61, b'b', 2, 0x61, b'a', 3])
        else {
            panic!("it is a map");
        };
        assert_eq!(take(&mut members.clone(), "a"), None);
        assert_eq!(take(&mut members, "b"), Some(Value::from(2)));
        assert_eq!(take(&mut members, "b"), None);
    }
}
