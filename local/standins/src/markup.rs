//! Text in XML and HTML.

/// Text as it may stand between tags and in quoted attributes: the five characters with a meaning, a carriage return, which
/// a parser would change, and control characters, which no XML may hold.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&apos;",
            '\r' => out += "&#xD;",
            '\t' | '\n' => out.push(char),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        assert_eq!(escape("a<b>&\"'\r\n\u{1}ü"), "a&lt;b&gt;&amp;&quot;&apos;&#xD;\n\u{fffd}ü");
    }
}
