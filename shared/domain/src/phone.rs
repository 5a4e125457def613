//! Phone numbers.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::invalid::Invalid;

/// A phone number in international form: `+` and 7 to 15 digits, the first not 0 (ITU-T E.164). Only its last two
/// digits are shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Takes the value of `field`.
    pub fn parse(field: &'static str, value: String) -> Result<Self, Invalid> {
        let digits = value.strip_prefix('+').unwrap_or_default();
        let well_formed = (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if well_formed {
            Ok(Self(value))
        } else {
            Err(Invalid::new(field, "is not + and 7 to 15 digits, the first not 0"))
        }
    }

    /// The text, for who sends to it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number with all but its last two digits hidden, for who should recognise it and not learn it.
    pub fn masked(&self) -> String {
        // A stored number is not checked again, so it may have fewer.
        let shown = self.0.len().checked_sub(2).and_then(|at| self.0.get(at..)).unwrap_or_default();
        format!("+…{shown}")
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_international_form_is_a_number() {
        for text in ["+1234567", "+41791234567", "+123456789012345"] {
            assert_eq!(PhoneNumber::parse("phone", text.to_owned()).unwrap().as_str(), text);
        }
        for text in [
            "",
            "+",
            "+123456",
            "+1234567890123456",
            "41791234567",
            "0041791234567",
            "+0791234567",
            "++41791234567",
            "+41 79 123 45 67",
            "+4179123456a",
            "+417912345\u{661}\u{662}",
            "+41791234567\n",
            " +41791234567",
        ] {
            let refused = Invalid::new("phone", "is not + and 7 to 15 digits, the first not 0");
            assert_eq!(PhoneNumber::parse("phone", text.to_owned()), Err(refused), "{text:?}");
        }
    }

    #[test]
    fn only_the_last_two_digits_are_shown() {
        let phone = PhoneNumber::parse("phone", "+41791234567".to_owned()).unwrap();
        assert_eq!(format!("{phone:?}"), "PhoneNumber(+…67)");
        assert_eq!(phone.masked(), "+…67");
        for stored in ["", "1", "é", "é1"] {
            let phone: PhoneNumber = serde_json::from_value(serde_json::json!(stored)).unwrap();
            assert!(phone.masked().starts_with("+…"));
        }
    }

    proptest! {
        #[test]
        fn every_number_of_e164_is_taken_and_hidden(text in "\\+[1-9][0-9]{6,14}") {
            let phone = PhoneNumber::parse("phone", text.clone()).unwrap();
            prop_assert_eq!(phone.as_str(), &text);
            let shown = format!("{phone:?}");
            prop_assert!(!shown.contains(&text[1..text.len() - 2]));
        }
    }
}
