//! Tags, lengths and values: UINT16 tag, UINT16 length, both little-endian
//! (FIDO UAF Authenticator Commands, the encoding of TLV).

/// The bytes are not what the structure says: cut short, too long, a field missing, twice, or unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is malformed TLV")]
pub struct Malformed;

/// The value does not fit a length of 16 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is too long for a TLV value")]
pub struct TooLong;

/// One element, with the bytes it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element<'a> {
    /// The tag.
    pub tag: u16,
    /// The value.
    pub value: &'a [u8],
    /// Header and value: what signatures cover.
    pub whole: &'a [u8],
}

fn first(bytes: &[u8]) -> Result<(Element<'_>, &[u8]), Malformed> {
    let (&[t0, t1, l0, l1], rest) = bytes.split_first_chunk::<4>().ok_or(Malformed)?;
    let length = usize::from(u16::from_le_bytes([l0, l1]));
    let (value, after) = rest.split_at_checked(length).ok_or(Malformed)?;
    let whole = bytes.get(..4 + length).ok_or(Malformed)?;
    Ok((Element { tag: u16::from_le_bytes([t0, t1]), value, whole }, after))
}

/// The one element of this tag that `bytes` is, with nothing after it.
///
/// # Errors
/// [`Malformed`].
pub fn one(tag: u16, bytes: &[u8]) -> Result<Element<'_>, Malformed> {
    match first(bytes)? {
        (element, []) if element.tag == tag => Ok(element),
        _ => Err(Malformed),
    }
}

/// All elements of `bytes`, one behind the other, with nothing left over.
///
/// # Errors
/// [`Malformed`].
pub fn all(mut bytes: &[u8]) -> Result<Vec<Element<'_>>, Malformed> {
    let mut elements = Vec::new();
    while !bytes.is_empty() {
        let (element, after) = first(bytes)?;
        elements.push(element);
        bytes = after;
    }
    Ok(elements)
}

/// The element of this tag and value.
///
/// # Errors
/// [`TooLong`].
pub fn write(tag: u16, value: &[u8]) -> Result<Vec<u8>, TooLong> {
    let length = u16::try_from(value.len()).map_err(|_| TooLong)?;
    let mut bytes = Vec::with_capacity(4 + value.len());
    bytes.extend(tag.to_le_bytes());
    bytes.extend(length.to_le_bytes());
    bytes.extend(value);
    Ok(bytes)
}

/// The fields of a composite element, taken out one by one, so that nothing stays unread.
pub(crate) struct Fields<'a>(Vec<Element<'a>>);

impl<'a> Fields<'a> {
    pub(crate) fn of(composite: &Element<'a>) -> Result<Self, Malformed> {
        all(composite.value).map(Self)
    }

    /// The value of the field that must be there exactly once.
    pub(crate) fn take(&mut self, tag: u16) -> Result<&'a [u8], Malformed> {
        self.element(tag).map(|element| element.value)
    }

    /// As [`Self::take`], with its header.
    pub(crate) fn element(&mut self, tag: u16) -> Result<Element<'a>, Malformed> {
        match self.several(tag).as_slice() {
            [only] => Ok(*only),
            _ => Err(Malformed),
        }
    }

    /// The value of the field, of this length exactly.
    pub(crate) fn exact<const N: usize>(&mut self, tag: u16) -> Result<[u8; N], Malformed> {
        self.take(tag)?.try_into().map_err(|_| Malformed)
    }

    /// All fields of this tag, in their order.
    pub(crate) fn several(&mut self, tag: u16) -> Vec<Element<'a>> {
        self.0.extract_if(.., |element| element.tag == tag).collect()
    }

    /// The one field that is left.
    pub(crate) fn last(self) -> Result<Element<'a>, Malformed> {
        match self.0.as_slice() {
            [only] => Ok(*only),
            _ => Err(Malformed),
        }
    }

    /// Nothing may be left.
    pub(crate) fn end(self) -> Result<(), Malformed> {
        if self.0.is_empty() { Ok(()) } else { Err(Malformed) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tag_and_length_are_little_endian() {
        assert_eq!(write(0x2e0b, b"abc"), Ok(vec![0x0b, 0x2e, 3, 0, b'a', b'b', b'c']));
        assert_eq!(write(1, &[0; 0x1_0000]), Err(TooLong));
        let long = write(1, &[7; 0x0102]).unwrap();
        assert_eq!(long[2..4], [2, 1]);
        assert_eq!(one(1, &long).unwrap().value, [7; 0x0102]);
    }

    #[test]
    fn a_cut_or_extended_element_is_refused() {
        let bytes = write(0x3e01, b"value").unwrap();
        for length in 0..bytes.len() {
            assert_eq!(one(0x3e01, &bytes[..length]), Err(Malformed));
        }
        assert_eq!(one(0x3e01, &[&bytes[..], &[0]].concat()), Err(Malformed));
        assert_eq!(one(0x3e02, &bytes), Err(Malformed));
        assert_eq!(all(&[&bytes[..], &[0]].concat()), Err(Malformed));
        assert_eq!(all(&[&bytes[..], &bytes[..]].concat()).unwrap().len(), 2);
    }

    #[test]
    fn a_field_must_be_there_once_and_none_may_be_left() {
        let inner = [write(1, b"a").unwrap(), write(2, b"b").unwrap(), write(2, b"c").unwrap()].concat();
        let outer = write(3, &inner).unwrap();
        let fields = || Fields::of(&one(3, &outer).unwrap()).unwrap();
        assert_eq!(fields().take(1), Ok(&b"a"[..]));
        assert_eq!(fields().take(2), Err(Malformed));
        assert_eq!(fields().take(4), Err(Malformed));
        assert_eq!(fields().exact::<2>(1), Err(Malformed));
        assert_eq!(fields().several(2).len(), 2);
        assert_eq!(fields().end(), Err(Malformed));
    }

    proptest! {
        #[test]
        fn no_bytes_panic_and_what_is_read_is_all_there_was(
            bytes in proptest::collection::vec(any::<u8>(), 0..64)
        ) {
            if let Ok(elements) = all(&bytes) {
                let whole: Vec<u8> = elements.iter().flat_map(|element| element.whole.to_vec()).collect();
                prop_assert_eq!(&whole, &bytes);
            }
        }

        #[test]
        fn what_is_written_is_read(tag in any::<u16>(), value in proptest::collection::vec(any::<u8>(), 0..64)) {
            let bytes = write(tag, &value).unwrap();
            let read = one(tag, &bytes).unwrap();
            prop_assert_eq!((read.tag, read.value, read.whole), (tag, &value[..], &bytes[..]));
        }
    }
}
