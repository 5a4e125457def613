use countersign_domain::secret::Secret;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::authenticator::vectors::{all, envelope, key, text};
use crate::encoding::from_base64;
use crate::system::SystemRandom;

/// The content, or why there is none.
fn opened(envelope: &Envelope) -> Result<Vec<u8>, NotDecrypted> {
    key().decrypt(envelope).map(|plain| Secret::expose(&plain).clone())
}

#[test]
fn what_an_independent_implementation_has_encrypted_opens() {
    assert_eq!(opened(&envelope()).as_deref(), Ok(text("/plain").as_bytes()));
}

#[test]
fn base64_is_read_with_line_breaks_and_written_without() {
    let broken = |text: &str| {
        let lines: Vec<_> =
            text.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
        lines.join("\r\n") + "\n"
    };
    let Envelope { key, iv, data } = envelope();
    let written = Envelope { key: broken(&key), iv: broken(&iv), data: broken(&data) };
    assert_eq!(opened(&written).as_deref(), Ok(text("/plain").as_bytes()));

    let fresh = Envelope::encrypt(super::super::vectors::key().public(), &[7; 1000], &SystemRandom).unwrap();
    for member in [&fresh.key, &fresh.iv, &fresh.data] {
        assert!(from_base64(member).is_ok());
    }
}

#[test]
fn the_json_has_three_members_and_others_are_ignored() {
    let envelope = envelope();
    assert_eq!(serde_json::to_value(&envelope).unwrap(), all()["envelope"]);
    let mut more = all()["envelope"].clone();
    more["algorithm"] = json!("AES-256-CBC");
    more["id"] = json!(7);
    assert_eq!(serde_json::from_value::<Envelope>(more).unwrap(), envelope);
    for missing in ["key", "iv", "data"] {
        let mut less = all()["envelope"].clone();
        less.as_object_mut().unwrap().remove(missing);
        assert!(serde_json::from_value::<Envelope>(less).is_err(), "{missing}");
    }
}

#[test]
fn the_same_content_is_encrypted_differently_each_time() {
    let to = key().public();
    let [one, two] = [(); 2].map(|()| Envelope::encrypt(to, b"content", &SystemRandom).unwrap());
    assert!(one.key != two.key && one.iv != two.iv && one.data != two.data);
}

#[test]
fn a_member_that_is_not_base64_or_of_no_possible_length_is_one_error() {
    let good = envelope();
    let data = from_base64(&good.data).unwrap();
    for wrong in [
        "",
        "=",
        "A",
        "AAAA",
        "?",
        "Zm9vYh==",
        "\u{e9}",
        &base64(&data[1..]),
        &base64(&[&data[..], &[0]].concat()),
    ] {
        let wrong = wrong.to_owned();
        assert_eq!(opened(&Envelope { data: wrong, ..good.clone() }), Err(NotDecrypted));
    }
    for wrong in ["=", "A", "?", "Zm9vYh==", "\u{e9}"] {
        assert_eq!(opened(&Envelope { key: wrong.to_owned(), ..good.clone() }), Err(NotDecrypted));
        assert_eq!(opened(&Envelope { iv: wrong.to_owned(), ..good.clone() }), Err(NotDecrypted));
    }
}

/// CBC mode authenticates nothing, so an altered envelope may open, but never to what was in it, and most do not: the
/// padding is right by chance once in 256 times.
#[test]
fn no_altered_byte_and_no_cut_opens_to_the_content() {
    let good = envelope();
    let plain = opened(&good).unwrap();
    let member = |at: usize| [&good.key, &good.iv, &good.data][at].clone();
    let with = |at: usize, bytes: &[u8]| {
        let mut altered = good.clone();
        *[&mut altered.key, &mut altered.iv, &mut altered.data][at] = base64(bytes);
        opened(&altered)
    };
    for at in 0..3 {
        let bytes = from_base64(&member(at)).unwrap();
        let (mut refused, mut tried) = (0, 0);
        for place in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[place] ^= 1 << (place % 8);
            for result in [with(at, &flipped), with(at, &bytes[..place])] {
                tried += 1;
                match result {
                    Ok(other) => assert_ne!(other, plain, "member {at}, byte {place}"),
                    Err(error) => {
                        assert_eq!(error, NotDecrypted);
                        refused += 1;
                    }
                }
            }
        }
        // Under another key nothing is padded right but by chance; under another IV only the first block changes.
        match at {
            0 => assert!(refused > tried * 9 / 10, "{refused} of {tried}"),
            1 => assert_eq!(refused, 0),
            _ => assert!(refused > tried / 3, "{refused} of {tried}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_content_comes_back(plain in proptest::collection::vec(any::<u8>(), 0..200)) {
        let envelope = Envelope::encrypt(key().public(), &plain, &SystemRandom).unwrap();
        prop_assert_eq!(opened(&envelope), Ok(plain));
    }

    #[test]
    fn no_members_panic(key in ".{0,40}|[A-Za-z0-9+/]{341}A==", iv in ".{0,40}|[A-Za-z0-9+/]{341}A==", data in ".{0,40}|[A-Za-z0-9+/]{64}") {
        let _ = opened(&Envelope { key, iv, data });
    }
}
