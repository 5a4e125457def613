//! User names of the Cloud API.

use std::fmt;

use crate::invalid::Invalid;
use crate::text::AccountId;

/// How a backend calls a user in the Cloud API: 1 to 300 of `a-z A-Z 0-9 _ - . @`. It is the user's account id, of
/// which the Request Origin API takes more.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Username(AccountId);

impl Username {
    /// Takes the value of `field`.
    pub fn parse(field: &'static str, value: String) -> Result<Self, Invalid> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.@".contains(&byte);
        if !value.bytes().all(allowed) {
            return Err(Invalid::new(field, "has a character other than a-z, A-Z, 0-9, _, -, . and @"));
        }
        AccountId::parse(field, value).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The account id that it is.
    pub const fn account_id(&self) -> &AccountId {
        &self.0
    }
}

impl From<Username> for AccountId {
    fn from(username: Username) -> Self {
        username.0
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_username_has_one_to_300_of_its_characters() {
        for text in ["a", "@", "Jane_Doe-1@example.com", &"x".repeat(300)] {
            let username = Username::parse("username", text.to_owned()).unwrap();
            assert_eq!((username.as_str(), username.to_string().as_str()), (text, text));
            assert_eq!(AccountId::from(username.clone()).as_str(), username.account_id().as_str());
        }
        let refused = |text: &str| Username::parse("username", text.to_owned()).unwrap_err().to_string();
        assert_eq!(refused(""), "username: is empty");
        assert_eq!(refused(&"x".repeat(301)), "username: has more than 300 characters");
        for text in ["a b", "a\n", "a/b", "a+b", "jané", "a\u{202e}", "a\0", "a:b", "a,b"] {
            let problem = "username: has a character other than a-z, A-Z, 0-9, _, -, . and @";
            assert_eq!(refused(text), problem, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_made_of_its_characters_is_a_username(text in "[A-Za-z0-9_.@-]{1,300}") {
            prop_assert!(Username::parse("username", text).is_ok());
        }

        #[test]
        fn one_other_character_is_too_many(before in "[a-z]{0,9}", other in "[^A-Za-z0-9_.@-]", after in "[a-z]{0,9}") {
            let text = format!("{before}{other}{after}");
            prop_assert!(Username::parse("username", text).is_err());
        }
    }
}
