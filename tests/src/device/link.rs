//! The links that open an app: to enrol, to claim a challenge, and after a login that came to nothing.
//!
//! `<appProtocol>://st=<sessionToken>&appSpaceGuid=…&appSpaceName=…&privakeyId=…&displayName=…&serviceUrl=…` and
//! `<appProtocol>://claim=<claimToken>&requestGuid=…&serviceUrl=…`, also as QR codes;
//! `<appProtocol>://error=…&error_description=…&appSpaceGuid=…`. They come from anywhere, so they are read strictly; names
//! that are not known are passed over, so that a later service may add some.

use countersign_domain::id::{AppSpaceId, ChallengeId, UserId};
use countersign_domain::invalid::Invalid;
use countersign_domain::secret::Secret;

use super::service_url::ServiceUrl;

/// The longest link that is read, in bytes: more than a QR code can hold.
pub const MAX_LENGTH: usize = 4096;

/// A link, read.
#[derive(Debug)]
pub enum Link {
    /// To enrol.
    Bind(BindLink),
    /// To claim a challenge.
    Claim(ClaimLink),
    /// After a login that came to nothing.
    FailedLogin(FailedLogin),
}

/// What a bind link says.
#[derive(Debug)]
pub struct BindLink {
    /// The scheme, in lower case: which app it is for.
    pub app_protocol: String,
    /// The token of the enrolment. It works once.
    pub session_token: Secret<String>,
    /// The App Space.
    pub app_space_guid: AppSpaceId,
    /// The App Space's name, to show.
    pub app_space_name: String,
    /// The user.
    pub privakey_id: UserId,
    /// The user's name, to show.
    pub display_name: String,
    /// Where to enrol.
    pub service_url: ServiceUrl,
}

/// What a claim link says.
#[derive(Debug)]
pub struct ClaimLink {
    /// The scheme, in lower case: which app it is for.
    pub app_protocol: String,
    /// Who posts it first is asked.
    pub claim_token: Secret<String>,
    /// The challenge.
    pub request_guid: ChallengeId,
    /// Where to claim it.
    pub service_url: ServiceUrl,
}

/// Why a login at the identity provider came to nothing. Anybody can make such a link, so it proves nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedLogin {
    /// The scheme, in lower case: which app it is for.
    pub app_protocol: String,
    /// A word for programs: the identity provider's own, or one of the service's.
    pub error: String,
    /// A sentence for people, without a full stop; may be empty.
    pub description: String,
    /// The App Space.
    pub app_space_guid: AppSpaceId,
}

impl Link {
    /// Reads a link of any kind.
    ///
    /// # Errors
    /// [`Invalid`] with the name of the part that is wrong.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.len() > MAX_LENGTH {
            return Err(Invalid::new("link", format!("has more than {MAX_LENGTH} bytes")));
        }
        let (scheme, rest) =
            text.split_once("://").ok_or_else(|| Invalid::new("link", "has no app protocol"))?;
        let app_protocol = app_protocol(scheme)?;
        let mut values = Values::parse(rest)?;
        match (values.take("st"), values.take("claim"), values.take("error")) {
            (Some(token), None, None) => Ok(Self::Bind(BindLink {
                app_protocol,
                session_token: token_text("st", token)?,
                app_space_guid: id("appSpaceGuid", &values.need("appSpaceGuid")?)?,
                app_space_name: values.need("appSpaceName")?,
                privakey_id: id("privakeyId", &values.need("privakeyId")?)?,
                display_name: values.need("displayName")?,
                service_url: ServiceUrl::parse("serviceUrl", &values.need("serviceUrl")?)?,
            })),
            (None, Some(token), None) => Ok(Self::Claim(ClaimLink {
                app_protocol,
                claim_token: token_text("claim", token)?,
                request_guid: id("requestGuid", &values.need("requestGuid")?)?,
                service_url: ServiceUrl::parse("serviceUrl", &values.need("serviceUrl")?)?,
            })),
            (None, None, Some(error)) => Ok(Self::FailedLogin(FailedLogin {
                app_protocol,
                error,
                description: values.take("error_description").unwrap_or_default(),
                app_space_guid: id("appSpaceGuid", &values.need("appSpaceGuid")?)?,
            })),
            (None, None, None) => Err(Invalid::new("link", "has neither st nor claim nor error")),
            _ => Err(Invalid::new("link", "has more than one of st, claim and error")),
        }
    }
}

/// A scheme of RFC 3986 section 3.1.
fn app_protocol(scheme: &str) -> Result<String, Invalid> {
    let first_is_letter = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    if !first_is_letter || !scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)) {
        return Err(Invalid::new("link", "has no app protocol"));
    }
    Ok(scheme.to_ascii_lowercase())
}

/// Tokens are base64url, so nothing else can be one.
fn token_text(name: &'static str, value: String) -> Result<Secret<String>, Invalid> {
    if value.is_empty() || !value.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) {
        return Err(Invalid::new(name, "is not a token"));
    }
    Ok(Secret::new(value))
}

fn id<T: std::str::FromStr>(name: &'static str, value: &str) -> Result<T, Invalid> {
    value.parse().map_err(|_| Invalid::new(name, "is not a GUID"))
}

/// The names and decoded values of a link, each name once.
struct Values(Vec<(String, String)>);

impl Values {
    fn parse(text: &str) -> Result<Self, Invalid> {
        let mut values: Vec<(String, String)> = Vec::new();
        for pair in text.split('&') {
            let (name, value) =
                pair.split_once('=').ok_or_else(|| Invalid::new("link", "has a name without a value"))?;
            if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
                return Err(Invalid::new("link", "has a malformed name"));
            }
            if values.iter().any(|(known, _)| known == name) {
                return Err(Invalid::new("link", "has a name twice"));
            }
            let value = percent_decoded(value)
                .ok_or_else(|| Invalid::new("link", "has a value that is not percent-encoded text"))?;
            values.push((name.to_owned(), value));
        }
        Ok(Self(values))
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let index = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.swap_remove(index).1)
    }

    fn need(&mut self, name: &'static str) -> Result<String, Invalid> {
        match self.take(name) {
            Some(value) if !value.is_empty() => Ok(value),
            _ => Err(Invalid::new(name, "is missing")),
        }
    }
}

/// The text that `value` encodes (RFC 3986 section 2.1); no control character is in it.
///
/// A plus sign must be encoded: some readers take a bare one for a space, and a link must not mean two things.
fn percent_decoded(value: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        decoded.push(match byte {
            b'%' => 16 * hex_digit(rest.next()?)? + hex_digit(rest.next()?)?,
            byte if byte.is_ascii_alphanumeric() || b"-._~!$'()*,;:@/?".contains(&byte) => byte,
            _ => return None,
        });
    }
    String::from_utf8(decoded).ok().filter(|text| !text.chars().any(char::is_control))
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GUID: &str = "0190d6a5-0000-7000-8000-000000000001";

    fn bind(token: &str, name: &str, url: &str) -> String {
        format!(
            "demoapp://st={token}&appSpaceGuid={GUID}&appSpaceName={name}&privakeyId={GUID}\
             &displayName=Ann&serviceUrl={url}"
        )
    }

    #[test]
    fn a_bind_link_is_read_and_decoded() {
        let text = bind("abc-_9", "B%C3%A4nk%20%26%20Co%2B", "https%3A%2F%2Fauth.example.com%2Fv1");
        let Ok(Link::Bind(link)) = Link::parse(&text.replacen("demoapp", "DemoApp", 1)) else {
            panic!("{text}");
        };
        assert_eq!(link.app_protocol, "demoapp");
        assert_eq!(link.session_token.expose(), "abc-_9");
        assert_eq!(link.app_space_guid.to_string(), GUID);
        assert_eq!(link.app_space_name, "Bänk & Co+");
        assert_eq!(link.privakey_id.to_string(), GUID);
        assert_eq!(link.display_name, "Ann");
        assert_eq!(link.service_url.as_str(), "https://auth.example.com/v1");
        assert!(!format!("{link:?}").contains("abc-_9"), "the token is not shown");
    }

    #[test]
    fn a_claim_link_is_read_in_any_order_and_with_names_that_are_not_known() {
        let text = format!("demoapp://serviceUrl=http://127.0.0.1:4000&new=1&requestGuid={GUID}&claim=tok");
        let Ok(Link::Claim(link)) = Link::parse(&text) else { panic!("{text}") };
        assert_eq!(link.claim_token.expose(), "tok");
        assert_eq!(link.request_guid.to_string(), GUID);
        assert!(link.service_url.is_loopback());
    }

    #[test]
    fn a_link_after_a_login_that_came_to_nothing_says_why() {
        let text =
            format!("demoapp://error=access_denied&error_description=She%20said%20no&appSpaceGuid={GUID}");
        let Ok(Link::FailedLogin(failed)) = Link::parse(&text) else { panic!("{text}") };
        assert_eq!((failed.error.as_str(), failed.description.as_str()), ("access_denied", "She said no"));
        assert_eq!(failed.app_space_guid.to_string(), GUID);
        let bare = format!("demoapp://error=&appSpaceGuid={GUID}");
        assert!(matches!(Link::parse(&bare), Ok(Link::FailedLogin(_))), "{bare}");
    }

    #[test]
    fn malformed_links_are_refused() {
        let good = bind("tok", "Bank", "https://auth.example.com");
        assert!(Link::parse(&good).is_ok());
        for (text, field) in [
            (String::new(), "link"),
            ("demoapp:st=a".into(), "link"),
            ("://st=a".into(), "link"),
            ("9app://st=a".into(), "link"),
            ("de mo://st=a".into(), "link"),
            (good.replace("st=tok&", ""), "link"),
            (good.replace("st=tok", "st=tok&claim=tok"), "link"),
            (good.replace("st=tok", "st=tok&st=tok"), "link"),
            (good.replace("st=tok", "st=tok&error=no"), "link"),
            (good.replace("st=tok", "claim=tok&error=no"), "link"),
            ("demoapp://error=no".into(), "appSpaceGuid"),
            ("demoapp://error=no&appSpaceGuid=1".into(), "appSpaceGuid"),
            (format!("demoapp://error=%1B&appSpaceGuid={GUID}"), "link"),
            (good.replace("st=tok", "st"), "link"),
            (good.replace("st=tok", "=tok&st=tok"), "link"),
            (good.replace("st=tok", "st=tok&"), "link"),
            (good.replace("st=tok", "st=to%2Bk"), "st"),
            (good.replace("st=tok", "st="), "st"),
            (good.replace("Bank", "Bank+Co"), "link"),
            (good.replace("Bank", "Bank%2"), "link"),
            (good.replace("Bank", "Bank%zz"), "link"),
            (good.replace("Bank", "Bank%+1"), "link"),
            (good.replace("Bank", "Bank%ff"), "link"),
            (good.replace("Bank", "Bank%00"), "link"),
            (good.replace("Bank", "Bank=Co"), "link"),
            (good.replace("Bank", "Bänk"), "link"),
            (good.replace("Bank", ""), "appSpaceName"),
            (good.replace("&displayName=Ann", ""), "displayName"),
            (good.replace(&format!("privakeyId={GUID}"), "privakeyId=1"), "privakeyId"),
            (good.replace("https://", "http://"), "serviceUrl"),
            (good.replace("Bank", &"x".repeat(MAX_LENGTH)), "link"),
            (format!("demoapp://claim=tok&requestGuid=1&serviceUrl={GUID}"), "requestGuid"),
        ] {
            match Link::parse(&text) {
                Err(invalid) => assert_eq!(invalid.field, field, "{text}"),
                Ok(_) => panic!("{text}"),
            }
        }
    }

    /// What the specification calls percent-encoding, for the round trip only.
    fn percent_encoded(text: &str) -> String {
        text.bytes().map(|byte| format!("%{byte:02X}")).collect()
    }

    proptest! {
        #[test]
        fn any_text_is_taken_or_refused(text in ".*") {
            let _ = Link::parse(&text);
            let _ = Link::parse(&format!("a://{text}"));
        }

        #[test]
        fn any_mixture_of_the_right_parts_is_taken_or_refused(
            parts in proptest::collection::vec("(st|claim|error|appSpaceGuid|serviceUrl|%[0-9a-fA-F]?|=|&|:|/|x|é){0,6}", 0..12)
        ) {
            let _ = Link::parse(&format!("app://{}", parts.join("&")));
        }

        #[test]
        fn any_printable_name_survives_its_encoding(name in "\\PC{1,40}") {
            let text = bind("tok", &percent_encoded(&name), "https://auth.example.com");
            match Link::parse(&text) {
                Ok(Link::Bind(link)) => prop_assert_eq!(link.app_space_name, name),
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }
}
