//! HTML that a Request Origin wrote for an app to show, cleaned: what is left can format text and nothing else.
//!
//! It is not repaired but written anew: tags of a closed list, by name and without attributes, each closed; text, of which
//! no character can begin a tag. So there is nothing to hide behind what a browser reads otherwise than this does.

/// The tags that stay and enclose something.
const ENCLOSING: [&str; 16] =
    ["b", "em", "h1", "h2", "h3", "h4", "h5", "h6", "i", "li", "ol", "p", "small", "strong", "u", "ul"];
/// The tags that stay and enclose nothing.
const VOID: [&str; 2] = ["br", "hr"];
/// The tags that go with everything in them: it was not written to be read.
const HIDDEN: [&str; 12] = [
    "applet", "embed", "iframe", "math", "noscript", "object", "script", "select", "style", "svg",
    "template", "title",
];
/// How deep tags may stand in each other; deeper ones go. No app must follow anybody into the depths.
const DEPTH_MAX: usize = 32;

/// `html` with nothing but formatted text in it.
pub fn clean(html: &str) -> String {
    let mut cleaned = Cleaned::default();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        cleaned.text(&rest[..at]);
        rest = cleaned.markup(&rest[at..]);
    }
    cleaned.text(rest);
    cleaned.finish()
}

/// `text` as it is written in HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[derive(Default)]
struct Cleaned {
    html: String,
    open: Vec<&'static str>,
}

impl Cleaned {
    /// Takes what begins with `<`; gives what comes after it.
    fn markup<'h>(&mut self, html: &'h str) -> &'h str {
        if let Some(comment) = html.strip_prefix("<!--") {
            return comment.find("-->").map_or("", |end| &comment[end + 3..]);
        }
        let inside = &html[1..];
        let (name, closes) = inside.strip_prefix('/').map_or((inside, false), |name| (name, true));
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            // `<!DOCTYPE …>` and `<?xml …>` are markup, `<3` and `a < b` are text.
            if inside.starts_with(['!', '?', '/']) {
                return inside.find('>').map_or("", |end| &inside[end + 1..]);
            }
            self.text("<");
            return inside;
        }
        let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        let (name, attributes) = name.split_at(end);
        let name = name.to_ascii_lowercase();
        let after = after_attributes(attributes);
        if HIDDEN.contains(&&*name) {
            return if closes { after } else { after_element(after, &name) };
        }
        if let Some(name) = VOID.iter().find(|void| **void == name) {
            self.html.extend(["<", name, ">"]);
        } else if let Some(name) = ENCLOSING.iter().find(|enclosing| **enclosing == name) {
            if closes { self.close(name) } else { self.open(name) }
        }
        after
    }

    fn open(&mut self, name: &'static str) {
        if self.open.len() < DEPTH_MAX {
            self.open.push(name);
            self.html.extend(["<", name, ">"]);
        }
    }

    /// Closes `name` and what was opened in it. What was not opened cannot be closed.
    fn close(&mut self, name: &str) {
        while self.open.contains(&name) {
            let Some(innermost) = self.open.pop() else { return };
            self.html.extend(["</", innermost, ">"]);
            if innermost == name {
                return;
            }
        }
    }

    fn text(&mut self, text: &str) {
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            let length = character.len_utf8();
            match character {
                '<' => self.html.push_str("&lt;"),
                '>' => self.html.push_str("&gt;"),
                '&' if !is_entity(rest) => self.html.push_str("&amp;"),
                _ => self.html.push(character),
            }
            rest = &rest[length..];
        }
    }

    fn finish(mut self) -> String {
        while let Some(name) = self.open.pop() {
            self.html.extend(["</", name, ">"]);
        }
        self.html
    }
}

/// What comes after the `>` of a tag; one in quotes ends none.
fn after_attributes(attributes: &str) -> &str {
    let mut quote = None;
    for (at, character) in attributes.char_indices() {
        match (quote, character) {
            (None, '>') => return &attributes[at + 1..],
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
    }
    ""
}

/// What comes after `</name>`.
fn after_element<'h>(html: &'h str, name: &str) -> &'h str {
    let mut rest = html;
    while let Some(at) = rest.find("</") {
        rest = &rest[at + 2..];
        let closes = rest.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name));
        if closes && !rest[name.len()..].starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return after_attributes(&rest[name.len()..]);
        }
    }
    ""
}

/// Whether `text`, which begins with `&`, begins with an entity: `&name;`, `&#1;`, `&#x1;`.
fn is_entity(text: &str) -> bool {
    let Some(end) = text.find(';').filter(|end| (2..=32).contains(end)) else { return false };
    let name = &text[1..end];
    match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(hex) => !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit()),
            None => !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()),
        },
        None => name.bytes().all(|byte| byte.is_ascii_alphanumeric()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formatted_text_stays() {
        for (html, expected) in [
            ("", ""),
            ("Pay 120 EUR", "Pay 120 EUR"),
            ("<p>Pay <b>120 EUR</b><br/>to <I>ACME</I></p>", "<p>Pay <b>120 EUR</b><br>to <i>ACME</i></p>"),
            ("<ul><li>a<li>b</ul>", "<ul><li>a<li>b</li></li></ul>"),
            ("<div><span style='x'>a</span></div>", "a"),
            ("<a href=\"https://evil.example/>\" onclick=x>here</a>", "here"),
            ("1 < 2 > 1 & <3", "1 &lt; 2 &gt; 1 &amp; &lt;3"),
            ("&amp; &eacute; &#60; &#x3c; &;", "&amp; &eacute; &#60; &#x3c; &amp;;"),
            ("<!DOCTYPE html><?xml?><html><body>a</body></html>", "a"),
            ("<b>a</i></b>", "<b>a</b>"),
            ("<b><i>a</b>c</i>", "<b><i>a</i></b>c"),
        ] {
            assert_eq!(clean(html), expected, "{html}");
        }
    }

    #[test]
    fn what_is_no_text_goes() {
        for html in [
            "a<script>alert(1)</script>",
            "a<SCRIPT src='x'>alert(1)</ScRiPt >",
            "a<script>alert(1)",
            "a<style>b{}</style>",
            "a<!-- <b>x</b> -->",
            "a<!-- x",
            "a<img src=x onerror=alert(1)>",
            "a<svg/onload=alert(1)><b>x</b></svg>",
            "a<iframe srcdoc='<script>x</script>'></iframe>",
            "a<b",
            "a</b>",
            "a</script>",
        ] {
            assert!(matches!(&*clean(html), "a" | "a<b></b>"), "{html}: {}", clean(html));
        }
        assert_eq!(clean("<scr<script>x</script>ipt>alert(1)"), "xipt&gt;alert(1)");
        assert_eq!(clean("<<b>x</b>"), "&lt;<b>x</b>");
    }

    #[test]
    fn tags_do_not_stand_deeper_than_that() {
        let cleaned = clean(&format!("{}x{}", "<b>".repeat(1000), "</b>".repeat(1000)));
        assert_eq!(cleaned, format!("{}x{}", "<b>".repeat(DEPTH_MAX), "</b>".repeat(DEPTH_MAX)));
    }

    /// Whether `html` is text and tags of the list, all closed in turn.
    fn is_clean(html: &str) -> bool {
        let mut open = Vec::new();
        let mut rest = html;
        while let Some(at) = rest.find(['<', '>']) {
            let Some(end) = rest[at..].find('>').filter(|_| rest[at..].starts_with('<')) else {
                return false;
            };
            let name = &rest[at + 1..at + end];
            match name.strip_prefix('/') {
                Some(name) if open.pop() != Some(name) => return false,
                None if ENCLOSING.contains(&name) => open.push(name),
                None if !VOID.contains(&name) => return false,
                _ => {}
            }
            rest = &rest[at + end + 1..];
        }
        open.is_empty()
    }

    proptest! {
        #[test]
        fn whatever_comes_is_clean_and_stays_as_it_is(
            html in "(<|>|&|;|/|'|\"| |!|--|b|p|br|script|svg|onload=x|amp|é|[a-z]){0,60}", any in ".{0,60}",
        ) {
            for html in [html, any] {
                let cleaned = clean(&html);
                prop_assert!(is_clean(&cleaned), "{}", cleaned);
                prop_assert_eq!(clean(&cleaned), cleaned);
            }
        }

        #[test]
        fn text_between_tags_is_not_lost(text in "[A-Za-z0-9 ]{0,40}", name in "b|em|p|li|div|span|table") {
            let html = format!("<{name} class=\"a>b\">{text}</{name}>");
            prop_assert!(clean(&html).contains(&text));
        }
    }
}
