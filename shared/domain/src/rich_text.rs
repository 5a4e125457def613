//! The message of an approval: plain text, or text with a few tags.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::invalid::Invalid;
use crate::text::paragraph;

/// The longest message, in characters, with its tags.
pub const MAX: usize = 2_000;

const OPEN: &str = "<html>";
const CLOSE: &str = "</html>";
/// The tags that enclose text, by name. `br` encloses none.
const ENCLOSING: [&str; 5] = ["b", "em", "i", "strong", "u"];
/// The entities, and what they stand for.
const ENTITIES: [(&str, char); 5] =
    [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&#39;", '\'')];

/// A message of 1 to 2,000 characters that a person is shown. It is one of:
///
/// - `<html>…</html>`, in between text, the tags `b`, `em`, `i`, `strong` and `u`, each closed in the order in which
///   it was opened, and `<br>` (also `<br/>`, `<br />`); all in lower case and without attributes. `&` and `<` stand
///   in such a text only as `&amp;`, `&lt;`, `&gt;`, `&quot;`, `&#39;` and in tags;
/// - any other text without a tag. It is shown as it is.
///
/// A text with a tag outside `<html>` is refused, for it was hardly meant to be shown as it is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RichText(String);

impl RichText {
    /// Takes the value of `field`.
    pub fn parse(field: &'static str, value: String) -> Result<Self, Invalid> {
        let value = paragraph(field, value, MAX)?;
        if value.starts_with(OPEN) {
            let plain = without_tags(&value).map_err(|problem| Invalid::new(field, problem))?;
            if plain.is_empty() {
                return Err(Invalid::new(field, "has no text"));
            }
        } else if has_tag(&value) {
            return Err(Invalid::new(field, "has a tag outside <html>…</html>"));
        }
        Ok(Self(value))
    }

    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether tags and entities count as such.
    pub fn is_html(&self) -> bool {
        self.0.starts_with(OPEN)
    }

    /// The text alone: without tags, each `br` a line break, entities as what they stand for, white space as a browser
    /// shows it.
    pub fn plain(&self) -> String {
        if self.is_html() {
            without_tags(&self.0).expect("the text was checked when it was taken")
        } else {
            self.0.clone()
        }
    }
}

impl TryFrom<String> for RichText {
    type Error = Invalid;

    fn try_from(value: String) -> Result<Self, Invalid> {
        Self::parse("message", value)
    }
}

impl From<RichText> for String {
    fn from(text: RichText) -> Self {
        text.0
    }
}

impl fmt::Debug for RichText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RichText(…)")
    }
}

/// Reads `<html>…</html>` and gives its plain text, or what is wrong with it.
fn without_tags(html: &str) -> Result<String, &'static str> {
    let inner = html.strip_prefix(OPEN).and_then(|inner| inner.strip_suffix(CLOSE));
    let mut rest = inner.ok_or("does not end with </html>")?;
    let mut plain = Plain::default();
    let mut open = Vec::new();
    while let Some(character) = rest.chars().next() {
        let length = match character {
            '<' => {
                let length = rest.find('>').ok_or("has a < that is neither &lt; nor of a tag")? + 1;
                tag(&rest[1..length - 1], &mut open, &mut plain)?;
                length
            }
            '&' => {
                let (entity, meant) = ENTITIES
                    .iter()
                    .find(|(entity, _)| rest.starts_with(entity))
                    .ok_or("has a & that is none of &amp; &lt; &gt; &quot; &#39;")?;
                plain.push(*meant);
                entity.len()
            }
            _ => {
                plain.push(character);
                character.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    if open.is_empty() { Ok(plain.finish()) } else { Err("has a tag that is not closed") }
}

/// Takes one tag, of which `inside` stands between `<` and `>`.
fn tag<'a>(inside: &'a str, open: &mut Vec<&'a str>, plain: &mut Plain) -> Result<(), &'static str> {
    if matches!(inside, "br" | "br/" | "br /") {
        plain.line_break();
        return Ok(());
    }
    let (name, closes) = inside.strip_prefix('/').map_or((inside, false), |name| (name, true));
    if !ENCLOSING.contains(&name) {
        return Err("has a tag other than b, br, em, i, strong and u without attributes");
    }
    if !closes {
        open.push(name);
    } else if open.pop() != Some(name) {
        return Err("has a tag that is closed out of turn");
    }
    Ok(())
}

/// Text as a browser shows it: white space counts as one space, and as none at the ends of a line.
#[derive(Default)]
struct Plain {
    text: String,
    space: bool,
}

impl Plain {
    fn push(&mut self, character: char) {
        if matches!(character, ' ' | '\t' | '\r' | '\n') {
            self.space = true;
            return;
        }
        if self.space && !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push(' ');
        }
        self.space = false;
        self.text.push(character);
    }

    fn line_break(&mut self) {
        self.space = false;
        self.text.push('\n');
    }

    fn finish(self) -> String {
        self.text.trim_matches('\n').to_owned()
    }
}

/// Whether there is something in a plain text that HTML would take for a tag: `<`, perhaps `/`, a name of letters and
/// digits that ends there, and a `>` later on. So `<jane@example.com>` and `1 < 2` are none.
fn has_tag(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| {
        let after = &text[at + 1..];
        let name = after.strip_prefix('/').unwrap_or(after);
        let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        let begins = name.starts_with(|c: char| c.is_ascii_alphabetic());
        let ends = name[end..].starts_with(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>');
        (begins && ends || after.starts_with('!')) && name[end..].contains('>')
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn parse(text: &str) -> Result<RichText, Invalid> {
        RichText::parse("message", text.to_owned())
    }

    fn problem(text: &str) -> String {
        parse(text).unwrap_err().problem.into_owned()
    }

    fn plain(text: &str) -> String {
        parse(text).unwrap().plain()
    }

    #[test]
    fn plain_text_is_shown_as_it_is() {
        for text in [
            "Pay 120 EUR to ACME?",
            "two\nlines & more",
            "1 < 2 > 1",
            "x<y",
            "mail <jane@example.com>",
            "&lt;",
            "<3",
            "a <- b -> c",
            "<b",
            "<>",
        ] {
            let read = parse(text).unwrap();
            assert_eq!((read.plain().as_str(), read.as_str(), read.is_html()), (text, text, false));
        }
    }

    #[test]
    fn a_tag_outside_html_is_refused() {
        for text in [
            "<b>Pay</b>",
            "Pay <br> now",
            "<script>alert(1)</script>",
            "<img src=x onerror=y>",
            "</b>",
            "<HTML><b>x</b></HTML>",
            " <html>x</html>",
            "<html >x</html>",
            "<!-- x -->",
            "<a\nhref=x>",
            "<h1>x",
            "< <b>",
        ] {
            assert_eq!(problem(text), "has a tag outside <html>…</html>", "{text}");
        }
    }

    #[test]
    fn tags_and_entities_are_read() {
        for (html, expected) in [
            ("<html>Pay <b>120 EUR</b> to <i>ACME</i>?</html>", "Pay 120 EUR to ACME?"),
            ("<html><strong><em><u>x</u></em></strong></html>", "x"),
            ("<html>a<br>b<br/>c<br />d</html>", "a\nb\nc\nd"),
            ("<html>&lt;b&gt; &amp;lt; &quot;x&quot; &#39;y&#39; 2 > 1</html>", "<b> &lt; \"x\" 'y' 2 > 1"),
            ("<html>\n  a \t b \n<br>\n  c\r\n</html>", "a b\nc"),
            ("<html><br>a <b> b</b><br><br></html>", "a b"),
            ("<html>a<br><br>b</html>", "a\n\nb"),
            ("<html><b></b>é</html>", "é"),
        ] {
            assert_eq!(plain(html), expected, "{html}");
            assert!(parse(html).unwrap().is_html());
        }
    }

    #[test]
    fn everything_else_between_the_tags_is_refused() {
        let other = "has a tag other than b, br, em, i, strong and u without attributes";
        let turn = "has a tag that is closed out of turn";
        let open = "has a tag that is not closed";
        let entity = "has a & that is none of &amp; &lt; &gt; &quot; &#39;";
        for (html, expected) in [
            ("<html><script>x</script></html>", other),
            ("<html><b class=\"x\">x</b></html>", other),
            ("<html><b >x</b></html>", other),
            ("<html><B>x</B></html>", other),
            ("<html><br class=x>x</html>", other),
            ("<html></br>x</html>", other),
            ("<html><b/>x</html>", other),
            ("<html>x</b ></html>", other),
            ("<html><!-- x --></html>", other),
            ("<html><![CDATA[x]]></html>", other),
            ("<html><html>x</html></html>", other),
            ("<html>1 < 2 <b>x</b></html>", other),
            ("<html><>x</html>", other),
            ("<html></>x</html>", other),
            ("<html><a href='x'>x</a></html>", other),
            ("<html>x < y</html>", "has a < that is neither &lt; nor of a tag"),
            ("<html>x</html>y</html>", other),
            ("<html><b><i>x</b></i></html>", turn),
            ("<html>x</b></html>", turn),
            ("<html><b>x</i></b></html>", turn),
            ("<html><b>x</html>", open),
            ("<html>a & b</html>", entity),
            ("<html>&nbsp;x</html>", entity),
            ("<html>&#x3c;b&#x3e;</html>", entity),
            ("<html>&amp</html>", entity),
            ("<html>&AMP;</html>", entity),
            ("<html>x", "does not end with </html>"),
            ("<html>", "does not end with </html>"),
            ("<html>x</html> ", "does not end with </html>"),
            ("<html>x</HTML>", "does not end with </html>"),
            ("<html></html>", "has no text"),
            ("<html> <b><br></b>\n</html>", "has no text"),
        ] {
            assert_eq!(problem(html), expected, "{html}");
        }
    }

    #[test]
    fn the_limits_hold_and_the_field_is_named() {
        assert!(parse(&"é".repeat(2_000)).is_ok());
        assert_eq!(parse(&"é".repeat(2_001)), Err(Invalid::new("message", "has more than 2000 characters")));
        assert_eq!(parse(""), Err(Invalid::new("message", "is empty")));
        for control in ["\0", "\u{1b}", "\u{202e}", "\u{7f}"] {
            assert_eq!(problem(&format!("<html>a{control}</html>")), "has a control character");
        }
        let error = RichText::parse("text", "<b>x</b>".to_owned()).unwrap_err();
        assert_eq!(error.to_string(), "text: has a tag outside <html>…</html>");
    }

    #[test]
    fn a_stored_message_is_checked_again_and_not_shown() {
        let text = parse("<html><b>hush</b></html>").unwrap();
        assert_eq!(json!(text), "<html><b>hush</b></html>");
        assert_eq!(serde_json::from_value::<RichText>(json!(text)).unwrap(), text);
        assert!(serde_json::from_value::<RichText>(json!("<html><b>hush</html>")).is_err());
        assert!(!format!("{text:?}").contains("hush"));
    }

    /// Text as it must be written between tags.
    fn escaped(text: &str) -> String {
        let mut text = text.replace('&', "&amp;");
        for (entity, character) in &ENTITIES[1..] {
            text = text.replace(*character, entity);
        }
        text
    }

    proptest! {
        #[test]
        fn any_line_survives_between_tags(text in "[!-~é€]{1,20}( [!-~é€]{1,20}){0,5}", name in "b|em|i|strong|u") {
            prop_assert_eq!(plain(&format!("<html><{name}>{}</{name}></html>", escaped(&text))), text);
        }

        #[test]
        fn any_nesting_is_read(names in proptest::collection::vec("b|em|i|strong|u", 0..20)) {
            let opened: String = names.iter().map(|name| format!("<{name}>")).collect();
            let closed: String = names.iter().rev().map(|name| format!("</{name}>")).collect();
            prop_assert_eq!(plain(&format!("<html>{opened}x{closed}</html>")), "x");
        }

        #[test]
        fn no_text_panics(text in ".{0,60}", inner in "(<|>|&|;|/| |b|br|html|amp|lt|x|\n|é){0,30}") {
            for text in [text.clone(), inner.clone(), format!("<html>{text}</html>"), format!("<html>{inner}</html>")] {
                if let Ok(read) = parse(&text) {
                    let plain = read.plain();
                    prop_assert!(!plain.is_empty());
                    prop_assert!(read.is_html() || plain == text);
                }
            }
        }
    }
}
