//! What a UAF authenticator shows of a message and signs: texts of a narrow form only (FIDO UAF Protocol, Transaction).

use countersign_crypto::digest::Digest;
use countersign_domain::rich_text::RichText;
use countersign_lambda::Refusal;
use countersign_lambda::refusal::internal;
use countersign_uaf::transaction::{NotShownAsText, Transaction};

/// Which form of the message the authenticator shows; stands in the challenge's document as `shownAs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ShownAs {
    /// The message itself, without tags.
    Text,
    /// Its SHA-256; the app shows the message beside it.
    Digest,
}

impl ShownAs {
    /// The form that `message` has room for.
    pub(crate) fn of(message: &RichText) -> Self {
        match Transaction::text(&message.plain()) {
            Ok(_) => Self::Text,
            Err(NotShownAsText) => Self::Digest,
        }
    }

    /// The form's word.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Digest => "digest",
        }
    }

    /// The text that is shown of `message` in this form.
    pub(crate) fn text(self, message: &RichText) -> String {
        match self {
            Self::Text => message.plain(),
            Self::Digest => format!("Message SHA-256 {}", Digest::of(message.as_str().as_bytes())),
        }
    }
}

/// What an authenticator shows and signs of the message of an approval.
pub(crate) fn confirmed(message: &str) -> Result<String, Refusal> {
    let message = RichText::parse("message", message.to_owned());
    let message = message.map_err(|_| internal("a stored message that cannot be read")())?;
    Ok(ShownAs::of(&message).text(&message))
}

/// The same as it stands in a request.
pub(crate) fn transaction(text: &str) -> Result<Transaction, Refusal> {
    Transaction::text(text).map_err(|_| internal("a text that no authenticator shows")())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rich(text: impl Into<String>) -> RichText {
        RichText::parse("message", text.into()).unwrap()
    }

    #[test]
    fn a_short_ascii_message_is_shown_itself_and_others_by_their_digest() {
        for (message, shown) in [
            (rich("Pay 120 EUR to ACME?"), ShownAs::Text),
            (rich("a".repeat(200)), ShownAs::Text),
            (rich("a".repeat(201)), ShownAs::Digest),
            (rich("Zahle 120 € an ACME?"), ShownAs::Digest),
            (rich("with\ttab"), ShownAs::Digest),
            (rich("<html>Pay <b>120 EUR</b>?</html>"), ShownAs::Text),
        ] {
            assert_eq!(ShownAs::of(&message), shown, "{message:?}");
            assert!(Transaction::text(&shown.text(&message)).is_ok(), "{message:?}");
        }
        let html = rich("<html>Pay <b>120 EUR</b>?</html>");
        assert_eq!(ShownAs::Text.text(&html), "Pay 120 EUR?");
        let digest = "Message SHA-256 ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0";
        assert_eq!(ShownAs::Digest.text(&rich("abc")), digest);
    }
}
