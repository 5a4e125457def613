//! Links from standard input: a reply of the Request Origin API can be piped into the phone.

use std::io::Read;

use serde_json::Value;

use super::trouble::Trouble;

/// Where a link stands in a reply.
const MEMBERS: [&str; 4] = ["/bindUri", "/claimUri", "/appLinkUri", "/enrollment/appLinkUri"];

/// The link that `argument` is, or, if that is `-`, the one that stands in `input`: alone, or as `bindUri`, `claimUri` or
/// `appLinkUri` of a JSON reply.
pub(crate) fn link(argument: String, input: impl Read) -> Result<String, Trouble> {
    member(argument, &MEMBERS, input)
}

/// As [`link`], with the members where the link may stand, as JSON Pointers.
pub(crate) fn member(argument: String, members: &[&str], input: impl Read) -> Result<String, Trouble> {
    if argument != "-" {
        return Ok(argument);
    }
    let mut text = String::new();
    // A reply is small; whatever is longer is none.
    let read = input.take(1024 * 1024).read_to_string(&mut text);
    read.map_err(|error| Trouble::new(format!("Standard input cannot be read: {error}."), ""))?;
    let Ok(reply) = serde_json::from_str::<Value>(&text) else { return Ok(text.trim().to_owned()) };
    let link = members.iter().find_map(|member| reply.pointer(member)?.as_str());
    link.map(str::to_owned).ok_or_else(|| match reply["message"].as_str() {
        Some(message) => Trouble::new(format!("The service refused: {message}"), ""),
        None => Trouble::new(
            format!("There is no {} on standard input.", names(members)),
            "Pipe the reply of the call that makes it.",
        ),
    })
}

/// The last segments, once each.
fn names(members: &[&str]) -> String {
    let mut names: Vec<_> = members.iter().filter_map(|member| member.rsplit('/').next()).collect();
    names.dedup();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piped(text: &str) -> Result<String, String> {
        link("-".into(), text.as_bytes()).map_err(|trouble| trouble.to_string())
    }

    #[test]
    fn a_reply_or_a_bare_link_may_be_piped() {
        assert_eq!(link("a://b".into(), "unread".as_bytes()).ok().as_deref(), Some("a://b"));
        assert_eq!(piped("a://st=1\n").as_deref(), Ok("a://st=1"));
        assert_eq!(piped(r#"{"bindUri": "a://st=1", "qrCode": ""}"#).as_deref(), Ok("a://st=1"));
        assert_eq!(piped(r#"{"claimUri": "a://claim=1"}"#).as_deref(), Ok("a://claim=1"));
        assert_eq!(piped(r#"{"appLinkUri": "https://a/open"}"#).as_deref(), Ok("https://a/open"));
        assert_eq!(piped(r#"{"enrollment": {"appLinkUri": "https://a/"}}"#).as_deref(), Ok("https://a/"));
    }

    #[test]
    fn a_refusal_is_told_as_such() {
        assert!(
            piped(r#"{"error": "unauthorized", "message": "The key is wrong."}"#)
                .unwrap_err()
                .contains("The key is wrong.")
        );
        let text = piped("{}").unwrap_err();
        assert!(text.starts_with("There is no bindUri, claimUri, appLinkUri on standard input."), "{text}");
        let reply = r#"{"actionUriV1": "a://1", "actionUriV2": "a://2"}"#;
        assert_eq!(member("-".into(), &["/actionUriV2"], reply.as_bytes()).ok().as_deref(), Some("a://2"));
    }
}
