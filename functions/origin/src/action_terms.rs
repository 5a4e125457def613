//! What makes a claimable challenge an action: whether there is something to confirm, and where the app goes afterwards.

use countersign_domain::app_space::AppSpace;
use countersign_domain::challenge::Action;
use countersign_domain::invalid::Invalid;
use countersign_domain::text;

/// The longest `returnTo`, in characters: encoded, it must leave room in a QR code.
const RETURN_TO_MAX: usize = 512;

/// As the Request Origin wrote it.
pub(crate) struct ActionTerms {
    pub(crate) confirm: bool,
    pub(crate) return_to: Option<String>,
}

impl ActionTerms {
    pub(crate) fn parse(&self, app_space: &AppSpace) -> Result<Action, Invalid> {
        let return_to = self.return_to.as_deref().map(|url| return_to(app_space, url));
        Ok(Action { answered_by_claim: !self.confirm, return_to: return_to.transpose()? })
    }
}

/// An app opens what it is told to: only pages of the web by HTTPS, and the App Space's own app.
fn return_to(app_space: &AppSpace, url: &str) -> Result<String, Invalid> {
    let url = text::line("returnTo", url.to_owned(), RETURN_TO_MAX)?;
    let begins = |scheme: &str| {
        url.split_once("://").is_some_and(|(is, rest)| is.eq_ignore_ascii_case(scheme) && !rest.is_empty())
    };
    if begins("https") || begins(app_space.app_protocol.as_str()) {
        return Ok(url);
    }
    Err(Invalid::new("returnTo", "must begin with https:// or the App Space's own scheme"))
}
