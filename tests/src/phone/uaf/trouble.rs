//! What went wrong in the app with a UAF client, in words for people, and what to do next.

use countersign_authenticator::uaf::ClientError;
use countersign_domain::time::Span;

use crate::phone::trouble::Trouble;
use crate::plain;
use crate::uaf::error::{Refusal, UafError};

impl From<UafError> for Trouble {
    fn from(error: UafError) -> Self {
        match error {
            UafError::Refused(refusal) => refused(&refusal),
            UafError::Call(error) => error.into(),
            UafError::Client(ClientError::NoSuitableAuthenticator) => Self::new(
                "No authenticator of this phone is what the service asks for: it has no key of that user, or has \
                 one already and was to register another.",
                "Register with `cargo phone uaf register <link>`, or `cargo phone uaf deregister` first.",
            ),
            UafError::Client(ClientError::UntrustedFacet) => Self::new(
                "The App Space does not trust this app: its facet id is not among the trusted facets.",
                "Whoever manages the App Space can add it.",
            ),
            UafError::OtherLink => Self::new(
                "This link is for something else.",
                "Links of an enrolment are for `cargo phone uaf register`, those of an approval for `authenticate`.",
            ),
            UafError::NotConfirmed => {
                Self::new("You did not say yes, so nothing was signed.", "Say so with --yes or --decline.")
            }
            UafError::NotGenuine => Self::new(
                "What is to be shown is not what would be signed.",
                "Do not answer it. Tell whoever runs the service.",
            ),
            UafError::NoAccount => Self::new(
                "This app has registered no such user there.",
                "Begin with `cargo phone uaf register <link>`.",
            ),
            UafError::NoTarget => Self::new(
                "The service knows no signature key of this app yet, so it cannot sign calls.",
                "Authenticate once more, with `cargo phone uaf login <username>`: that makes up for it.",
            ),
            other => Self::new(format!("It did not work: {other}."), ""),
        }
    }
}

fn refused(refusal: &Refusal) -> Trouble {
    let said = format!("The service refused: {}", plain::line(&refusal.to_string()));
    match refusal.status_code {
        1404 => Trouble::new(
            "The service knows no such thing: unknown, used up or expired.",
            "Ask for a new link, or look at `cargo phone uaf pending`.",
        ),
        1401 => Trouble::new(
            "The service does not accept this app: its token or signature key is unknown there, or was revoked.",
            "Register again with a new link, or choose another user with --user.",
        ),
        1429 | 1503 => {
            let wait = refusal.retry_after.unwrap_or(Span::secs(10)).as_secs_up();
            Trouble::new(said, format!("Try again in {wait} seconds."))
        }
        1481 | 1493 => Trouble::new(
            "The service knows this phone's key no more.",
            "`cargo phone uaf deregister` forgets it; then register again with a new link.",
        ),
        1491 => Trouble::new("It is too late: decided or expired before.", "Start over where it was asked."),
        1500.. => Trouble::new(said, "The service's log says more."),
        _ => Trouble::new(said, ""),
    }
}
