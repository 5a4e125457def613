//! The text of an SMS, with a place for a code.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::invalid::Invalid;

/// Where the code comes.
const PLACE: &str = "{{CODE}}";
/// As many characters as a code has.
const CODE: &str = "000000";
/// How many messages on the wire one text may take.
const SEGMENTS_MAX: usize = 3;
/// How many septets a single message holds.
const ALONE: usize = 160;
/// How many septets each part of a longer one holds, beside the header that joins them.
const JOINED: usize = 153;

/// The basic alphabet of GSM 03.38 (3GPP TS 23.038, section 6.2.1): one septet each.
const BASIC: &str = concat!(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?",
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
);
/// Its extension (section 6.2.1.1): two septets each. The page break, which no phone shows, is left out.
const EXTENSION: &str = "^{}\\[~]|€";

/// The text of an SMS: characters of GSM 03.38 only, `{{CODE}}` at least once, and no more than three messages on the
/// wire once a code of six digits is in it.
///
/// Any other character would turn the whole text into UCS-2, where a message holds 70 characters.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SmsText(String);

impl SmsText {
    /// Takes the value of `field`.
    pub fn parse(field: &'static str, value: String) -> Result<Self, Invalid> {
        if !value.contains(PLACE) {
            return Err(Invalid::new(field, "does not contain {{CODE}}"));
        }
        let Some(septets) = value.replace(PLACE, CODE).chars().map(septets).collect::<Option<Vec<_>>>()
        else {
            return Err(Invalid::new(field, "has a character that is not in the SMS alphabet (GSM 03.38)"));
        };
        if segments(&septets) > SEGMENTS_MAX {
            return Err(Invalid::new(field, format!("is longer than {SEGMENTS_MAX} SMS")));
        }
        Ok(Self(value))
    }

    /// The text, with the place for the code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text with this code in its place.
    pub fn with_code(&self, code: &str) -> String {
        self.0.replace(PLACE, code)
    }
}

impl Default for SmsText {
    /// What is sent where the backend gives no text.
    fn default() -> Self {
        Self(format!("Your code is {PLACE}. Give it to nobody."))
    }
}

impl fmt::Debug for SmsText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SmsText(…)")
    }
}

/// How many septets a character takes; `None` if it is not in the alphabet.
fn septets(character: char) -> Option<usize> {
    if BASIC.contains(character) {
        Some(1)
    } else if EXTENSION.contains(character) {
        Some(2)
    } else {
        None
    }
}

/// How many messages characters of so many septets take. The two septets of one character are not torn apart.
fn segments(septets: &[usize]) -> usize {
    if septets.iter().sum::<usize>() <= ALONE {
        return 1;
    }
    let (mut segments, mut used) = (1, 0);
    for wide in septets {
        if used + wide > JOINED {
            (segments, used) = (segments + 1, 0);
        }
        used += wide;
    }
    segments
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<SmsText, Invalid> {
        SmsText::parse("message", text.to_owned())
    }

    fn problem(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn the_code_comes_wherever_its_place_is() {
        let text = parse("Code: {{CODE}}, again {{CODE}}. €[5]").unwrap();
        assert_eq!(text.with_code("012345"), "Code: 012345, again 012345. €[5]");
        assert_eq!(text.as_str(), "Code: {{CODE}}, again {{CODE}}. €[5]");
        for without in ["", "Hello", "{{code}}", "{CODE}", "{{ CODE }}"] {
            assert_eq!(problem(without), "message: does not contain {{CODE}}", "{without}");
        }
    }

    #[test]
    fn the_alphabet_has_127_characters_and_nine_wide_ones() {
        // 128 places, of which one is the escape to the extension.
        assert_eq!(BASIC.chars().count(), 127);
        assert_eq!(EXTENSION.chars().count(), 9);
        let all: std::collections::HashSet<_> = BASIC.chars().chain(EXTENSION.chars()).collect();
        assert_eq!(all.len(), 136);
    }

    #[test]
    fn other_characters_are_refused() {
        for other in ["ç", "`", "\t", "–", "“", "á", "ő", "\u{c}", "\u{1b}", "\0", "😀", "\u{202e}", "\u{a0}"]
        {
            let refused = "message: has a character that is not in the SMS alphabet (GSM 03.38)";
            assert_eq!(problem(&format!("{{{{CODE}}}}{other}")), refused, "{other:?}");
        }
        assert!(parse("{{CODE}}\r\nÜberweisung à 5€ {ÄÖÜ} Ω").is_ok());
    }

    #[test]
    fn three_messages_are_the_most() {
        let long = "message: is longer than 3 SMS";
        // With six digits in place of the code: 459 septets, then one more.
        assert!(parse(&format!("{{{{CODE}}}}{}", "a".repeat(453))).is_ok());
        assert_eq!(problem(&format!("{{{{CODE}}}}{}", "a".repeat(454))), long);
        // 229 wide characters are 458 septets, but a message of 153 holds only 76 of them.
        assert!(parse(&format!("{{{{CODE}}}}{}", "€".repeat(73 + 76 + 76))).is_ok());
        assert_eq!(problem(&format!("{{{{CODE}}}}{}", "€".repeat(73 + 76 + 76 + 1))), long);
        assert_eq!(segments(&[1; 160]), 1);
        assert_eq!(segments(&[1; 161]), 2);
        assert_eq!(segments(&[1; 306]), 2);
        assert_eq!(segments(&[1; 307]), 3);
    }

    #[test]
    fn the_default_is_a_text_and_none_is_shown() {
        let text = SmsText::default();
        assert_eq!(parse(text.as_str()), Ok(text.clone()));
        assert!(!format!("{text:?}").contains("code"));
    }

    proptest! {
        #[test]
        fn what_is_taken_can_be_sent_with_any_code(before in "[A-Za-z0-9€{}\n]{0,300}", code in "[0-9]{6}") {
            let text = format!("{before}{{{{CODE}}}}");
            if let Ok(text) = parse(&text) {
                let sent = text.with_code(&code);
                prop_assert!(sent.contains(&code) && !sent.contains(PLACE));
                let septets: Option<Vec<_>> = sent.chars().map(septets).collect();
                prop_assert!(segments(&septets.unwrap()) <= SEGMENTS_MAX);
            } else {
                prop_assert!(before.chars().count() > 200);
            }
        }

        #[test]
        fn no_text_panics(text in ".{0,80}") {
            prop_assert_eq!(parse(&text).is_ok(), text.contains(PLACE) && text.chars().all(|c| septets(c).is_some()));
        }
    }
}
