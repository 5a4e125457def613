//! The person: shown what is asked, and asked.

use std::io::{BufRead, stdin};

use super::cli::Answer;
use crate::plain::{self, WIDTH};
use crate::uaf::app::Question;

impl Answer {
    /// Whether the person says yes to this.
    pub(super) fn says_yes(self, question: &Question<'_>) -> bool {
        if self.yes || self.decline {
            return self.yes;
        }
        plain::print(&format!("{}\nAnswer y or n:", asked(question)));
        is_yes(stdin().lock())
    }
}

/// What is asked, whole: nothing may be left out of what will be signed.
pub(super) fn asked(question: &Question<'_>) -> String {
    let whose = question.username.map(|name| format!(" as {}", plain::cut(name, 40))).unwrap_or_default();
    let mut lines = vec![match question.message.or(question.signed) {
        Some(_) => format!("You are asked{whose}:"),
        None => format!("You are asked to authenticate{whose}."),
    }];
    let mut add = |text: &str| {
        lines.extend(
            plain::wrap(text, WIDTH - 2).iter().map(|line| format!("  {line}").trim_end().to_owned()),
        );
    };
    match (question.message, question.signed) {
        (Some(message), Some(signed)) if message != signed => {
            add(message);
            add(&format!("Signed as: {signed}"));
        }
        (Some(text), _) | (None, Some(text)) => add(text),
        (None, None) => {}
    }
    lines.join("\n")
}

/// Anything but a yes is a no.
fn is_yes(mut input: impl BufRead) -> bool {
    let mut line = String::new();
    let read = input.read_line(&mut line);
    read.is_ok() && ["y", "yes"].contains(&line.trim().to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_one() {
        for text in ["y", "Y\n", "yes\r\n", " YES "] {
            assert!(is_yes(text.as_bytes()), "{text:?}");
        }
        for text in ["", "\n", "n", "yess", "no\ny\n"] {
            assert!(!is_yes(text.as_bytes()), "{text:?}");
        }
        assert!(!is_yes(&b"\xff\n"[..]));
    }

    #[test]
    fn everything_that_is_signed_is_shown_and_steers_nothing() {
        let mut question = Question { message: None, signed: None, username: Some("ann") };
        assert_eq!(asked(&question), "You are asked to authenticate as ann.");
        question.signed = Some("Pay\n1");
        assert_eq!(asked(&question), "You are asked as ann:\n  Pay\n  1");
        question.message = Some("Zahle \u{1b}[2J1 €");
        assert_eq!(asked(&question), "You are asked as ann:\n  Zahle �[2J1 €\n  Signed as: Pay\n  1");
        let question = Question { message: Some("Pay"), signed: Some("Pay"), username: None };
        assert_eq!(asked(&question), "You are asked:\n  Pay");
    }
}
