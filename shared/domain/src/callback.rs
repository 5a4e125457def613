//! Where results may be sent: the whitelist that callback URLs must match.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::invalid::Invalid;
use crate::outbound_url::OutboundUrl;
use crate::web_authn::WebAuthnDomain;

/// What a whitelist entry is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallbackKind {
    /// Results of challenges.
    Result,
    /// Domains for WebAuthn.
    Webauthn,
}

impl CallbackKind {
    /// Takes the value of `field`.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Invalid> {
        match text {
            "result" => Ok(Self::Result),
            "webauthn" => Ok(Self::Webauthn),
            _ => Err(Invalid::new(field, "is neither result nor webauthn")),
        }
    }

    /// The word for it in settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Result => "result",
            Self::Webauthn => "webauthn",
        }
    }
}

/// A whitelist entry without scheme, in which `{*}` stands for one path segment: `host/api/{*}/mfa/callback`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackRule {
    /// What it allows.
    pub kind: CallbackKind,
    /// Host, with `:port` where it is not the scheme's own.
    authority: String,
    segments: Vec<Segment>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Segment {
    Exactly(String),
    Any,
}

impl CallbackRule {
    /// Takes the value of `field`.
    pub fn parse(field: &'static str, kind: CallbackKind, text: &str) -> Result<Self, Invalid> {
        const PLACEHOLDER: &str = "countersign-any-segment";
        if text.contains("://") {
            return Err(Invalid::new(field, "must not contain a scheme"));
        }
        if text.len() > 2048 || text.contains(PLACEHOLDER) {
            return Err(Invalid::new(field, "is not a host and path"));
        }
        // The URL parser brings host and path to the form in which callbacks are compared.
        let url = Url::parse(&format!("https://{}", text.replace("{*}", PLACEHOLDER)))
            .map_err(|_| Invalid::new(field, "is not a host and path"))?;
        if url.authority().contains(PLACEHOLDER) {
            return Err(Invalid::new(field, "{*} stands for a path segment, not for a host"));
        }
        if url.authority().contains('@') || url.query().is_some() || url.fragment().is_some() {
            return Err(Invalid::new(field, "must be a host and path only"));
        }
        let segments = segments(&url)
            .map(|segment| match segment {
                PLACEHOLDER => Ok(Segment::Any),
                part if part.contains(PLACEHOLDER) => {
                    Err(Invalid::new(field, "{*} stands for a whole path segment"))
                }
                part => Ok(Segment::Exactly(part.to_owned())),
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { kind, authority: url.authority().to_owned(), segments })
    }

    /// Whether `domain` may ask by WebAuthn: same host and port. A rule with a path allows no domain.
    pub fn allows_domain(&self, domain: &WebAuthnDomain) -> bool {
        let no_path = matches!(&self.segments[..], [Segment::Exactly(only)] if only.is_empty());
        self.kind == CallbackKind::Webauthn && no_path && self.authority == domain.authority()
    }

    /// Whether `callback` fits: same host and port, same path segment by segment. The query is not compared.
    pub fn allows(&self, callback: &OutboundUrl) -> bool {
        let found: Vec<&str> = segments(callback.url()).collect();
        self.authority == callback.url().authority()
            && self.segments.len() == found.len()
            && self.segments.iter().zip(found).all(|(rule, segment)| match rule {
                Segment::Exactly(text) => text == segment,
                Segment::Any => !segment.is_empty() && !hides_separator(segment),
            })
    }
}

impl fmt::Display for CallbackRule {
    /// As [`CallbackRule::parse`] reads it; whatever was written, the same rule has the same text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.authority)?;
        if matches!(&self.segments[..], [Segment::Exactly(only)] if only.is_empty()) {
            return Ok(());
        }
        self.segments.iter().try_for_each(|segment| match segment {
            Segment::Exactly(text) => write!(f, "/{text}"),
            Segment::Any => f.write_str("/{*}"),
        })
    }
}

fn segments(url: &Url) -> impl Iterator<Item = &str> {
    url.path().split('/').skip(1)
}

/// Some servers decode `%2F` before they route, so that one segment would be several there.
fn hides_separator(segment: &str) -> bool {
    let lower = segment.to_ascii_lowercase();
    lower.contains("%2f") || lower.contains("%5c") || lower.contains("%25")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbound_url::Loopback;
    use proptest::prelude::*;

    fn allows(rule: &str, callback: &str) -> bool {
        let rule = CallbackRule::parse("callbackUrl", CallbackKind::Result, rule).unwrap();
        rule.allows(&OutboundUrl::parse("callback", callback, Loopback::Allowed).unwrap())
    }

    #[test]
    fn a_placeholder_is_one_path_segment() {
        assert!(allows("bank.example/api/{*}/mfa/callback", "https://bank.example/api/v1/mfa/callback"));
        assert!(allows("Bank.Example/cb", "https://BANK.example/cb?id=1"));
        assert!(allows("127.0.0.1:4100/{*}", "http://127.0.0.1:4100/cb"));
        for callback in [
            "https://bank.example/api/v1/x/mfa/callback",
            "https://bank.example/api//mfa/callback",
            "https://bank.example/api/mfa/callback",
            "https://evil.example/api/v1/mfa/callback",
            "https://bank.example:8443/api/v1/mfa/callback",
            "https://bank.example/api/..%2fx/mfa/callback",
            "https://bank.example/api/%2E%2E/api/mfa/callback",
            "https://bank.example/api/v1/mfa/callback/",
        ] {
            assert!(!allows("bank.example/api/{*}/mfa/callback", callback), "{callback}");
        }
    }

    #[test]
    fn a_rule_that_says_more_than_host_and_path_is_refused() {
        for rule in [
            "https://bank.example/cb",
            "{*}/cb",
            "{*}.example/cb",
            "bank.example/x{*}",
            "a@bank.example/cb",
            "bank.example/cb?x=1",
            "bank.example/#x",
            "",
        ] {
            assert!(CallbackRule::parse("callbackUrl", CallbackKind::Result, rule).is_err(), "{rule}");
        }
    }

    #[test]
    fn a_rule_is_written_as_it_is_compared() {
        let text = |rule| CallbackRule::parse("callbackUrl", CallbackKind::Result, rule).unwrap().to_string();
        assert_eq!(text("Bank.Example:443/api/{*}/mfa/callback"), "bank.example/api/{*}/mfa/callback");
        assert_eq!(text("bank.example/"), "bank.example");
        for rule in ["bank.example", "bank.example:8443/a/{*}/", "127.0.0.1:4100/{*}", "bank.example/%7E/ä"]
        {
            let written = text(rule);
            let read = CallbackRule::parse("callbackUrl", CallbackKind::Result, &written).unwrap();
            assert_eq!(read, CallbackRule::parse("callbackUrl", CallbackKind::Result, rule).unwrap());
            assert_eq!(read.to_string(), written);
        }
        for kind in [CallbackKind::Result, CallbackKind::Webauthn] {
            assert_eq!(CallbackKind::parse("type", kind.name()), Ok(kind));
        }
    }

    #[test]
    fn a_domain_needs_a_rule_of_its_kind_for_its_host() {
        let domain = |text| WebAuthnDomain::parse("domain", text).unwrap();
        let rule = |kind, text| CallbackRule::parse("callbackUrl", kind, text).unwrap();
        let allowed = rule(CallbackKind::Webauthn, "Bank.Example");
        assert!(allowed.allows_domain(&domain("bank.example")));
        assert!(rule(CallbackKind::Webauthn, "localhost:3000/").allows_domain(&domain("localhost:3000")));
        for other in ["login.bank.example", "example", "bank.example:8443", "bank.example.evil.example"] {
            assert!(!allowed.allows_domain(&domain(other)), "{other}");
        }
        assert!(!rule(CallbackKind::Result, "bank.example").allows_domain(&domain("bank.example")));
        for path in ["bank.example/login", "bank.example/{*}"] {
            assert!(!rule(CallbackKind::Webauthn, path).allows_domain(&domain("bank.example")), "{path}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_a_parser_panic(text in ".*") {
            let _ = CallbackRule::parse("callbackUrl", CallbackKind::Result, &text);
        }
    }
}
