//! Text from elsewhere, made fit for a terminal.

use std::io::{self, Write};

/// The widest line that the commands print, in characters.
pub const WIDTH: usize = 100;

/// Prints `text` and a line break. A reader that went away, as `head` does, is no reason to fail.
pub fn print(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// `text` as one line without anything that steers a terminal or turns the direction of writing: what a
/// Request Origin wrote must not be able to look like something else.
pub fn line(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { harmless(c) }).collect()
}

/// Like [`line`], cut to `width` characters.
pub fn cut(text: &str, width: usize) -> String {
    let text = line(text);
    if text.chars().count() <= width {
        return text;
    }
    let mut short: String = text.chars().take(width.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// The lines of `text`, wrapped to `width` characters at spaces where there are any; never without a line.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    for paragraph in text.replace("\r\n", "\n").split(['\n', '\r']) {
        let mut current = String::new();
        for word in line(paragraph).split(' ') {
            let mut word: Vec<char> = word.chars().collect();
            if !current.is_empty() && current.chars().count() + 1 + word.len() > width {
                lines.push(std::mem::take(&mut current));
            } else if !current.is_empty() {
                current.push(' ');
            }
            while word.len() > width {
                lines.push(word.drain(..width).collect());
            }
            current.extend(word);
        }
        lines.push(current);
    }
    lines
}

/// Control characters, and the marks that reorder or hide text (Unicode Bidi_Control, zero width, line separators).
fn harmless(c: char) -> char {
    match c {
        '\u{061c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => char::REPLACEMENT_CHARACTER,
        c if c.is_control() => char::REPLACEMENT_CHARACTER,
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(line("Pay\u{1b}[2J\u{202e}001"), "Pay�[2J�001");
        assert_eq!(line("two\nlines"), "two lines");
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut("abcd", 4), "abcd");
    }

    #[test]
    fn long_text_is_wrapped_at_spaces_and_long_words_are_broken() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("a\r\nb\n\nc", 8), ["a", "b", "", "c"]);
        assert_eq!(wrap("x abcdefghij", 4), ["x", "abcd", "efgh", "ij"]);
        assert_eq!(wrap("", 8), [""]);
        assert_eq!(wrap("abcd  e", 4), ["abcd", "e"], "spaces at the break");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(text in ".*", width in 1usize..40) {
            for line in wrap(&text, width) {
                prop_assert!(line.chars().count() <= width, "{line:?}");
                prop_assert!(!line.chars().any(char::is_control));
            }
            prop_assert!(cut(&text, width).chars().count() <= width);
        }
    }
}
