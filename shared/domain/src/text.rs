//! Texts from outside, with their limits.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::invalid::Invalid;

/// Checks that `value` has 1 to `max` characters, none of them a control character.
///
/// Control characters are kept out of everything that a person may be shown or an operator may read in a log.
pub fn line(field: &'static str, value: String, max: usize) -> Result<String, Invalid> {
    check(field, &value, max, |c| c.is_control() || overrides_direction(c))?;
    Ok(value)
}

/// Like [`line`], but line breaks and tabs may stand in it.
pub fn paragraph(field: &'static str, value: String, max: usize) -> Result<String, Invalid> {
    check(field, &value, max, |c| !is_printable_char(c))?;
    Ok(value)
}

/// Whether `text` has no control character but line breaks and tabs, and nothing that overrides its direction.
pub fn is_printable(text: &str) -> bool {
    text.chars().all(is_printable_char)
}

fn is_printable_char(c: char) -> bool {
    (!c.is_control() || matches!(c, '\n' | '\r' | '\t')) && !overrides_direction(c)
}

/// Left-to-right and right-to-left override make a text read otherwise than it is written.
fn overrides_direction(c: char) -> bool {
    matches!(c, '\u{202d}' | '\u{202e}')
}

fn check(
    field: &'static str,
    value: &str,
    max: usize,
    refused: impl Fn(char) -> bool,
) -> Result<(), Invalid> {
    if value.is_empty() {
        return Err(Invalid::new(field, "is empty"));
    }
    if value.chars().count() > max {
        return Err(Invalid::new(field, format!("has more than {max} characters")));
    }
    if value.chars().any(refused) {
        return Err(Invalid::new(field, "has a control character"));
    }
    Ok(())
}

/// How a Request Origin calls a user: 1 to 300 characters, unique in the App Space.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(String);

impl AccountId {
    /// Takes the value of `field`.
    pub fn parse(field: &'static str, value: String) -> Result<Self, Invalid> {
        line(field, value, 300).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the push service of a platform calls an app instance. Whoever has it can push to the device, so it
/// is not shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PushToken(String);

impl PushToken {
    /// Takes the value of `field`: 1 to 4,096 characters (FCM's are about 160, APNs' 64 hexadecimal digits).
    pub fn parse(field: &'static str, value: String) -> Result<Self, Invalid> {
        line(field, value, 4096).map(Self)
    }

    /// The token, for the push service.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PushToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PushToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_limits_in_characters_and_no_controls() {
        assert_eq!(line("name", "é".repeat(3), 3), Ok("ééé".into()));
        assert_eq!(line("name", "éééé".into(), 3), Err(Invalid::new("name", "has more than 3 characters")));
        assert_eq!(line("name", String::new(), 3), Err(Invalid::new("name", "is empty")));
        assert_eq!(line("name", "a\nb".into(), 3), Err(Invalid::new("name", "has a control character")));
        assert_eq!(paragraph("text", "a\nb".into(), 3), Ok("a\nb".into()));
        assert!(paragraph("text", "a\u{0}b".into(), 3).is_err());
        assert!(paragraph("text", "a\u{202e}b".into(), 3).is_err());
        assert!(line("name", "a\u{202d}b".into(), 3).is_err());
    }

    #[test]
    fn a_push_token_is_not_shown() {
        let token = PushToken::parse("pushToken", "hush".into()).unwrap();
        assert!(!format!("{token:?}").contains("hush"));
    }
}
