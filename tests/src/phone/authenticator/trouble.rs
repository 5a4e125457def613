//! What went wrong in the authenticator app, in words for people, and what to do next.

use countersign_domain::time::Span;

use crate::authenticator::{AppError, Refusal};
use crate::phone::trouble::Trouble;
use crate::plain;

impl From<AppError> for Trouble {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Refused(refusal) => refused(&refusal),
            AppError::Call(error) => error.into(),
            AppError::Link(invalid) => Self::new(
                format!("This is not a link of this kind: {}.", plain::line(&invalid.to_string())),
                "Copy it whole and put it in quotes.",
            ),
            AppError::LoginFailed { error_class, error_message } => Self::new(
                format!("The login failed: {}: {}", plain::line(&error_class), plain::line(&error_message)),
                "Begin again with the link of the QR code.",
            ),
            AppError::OtherProvider => Self::new(
                "The link is for another provider, or another version of the API, than this connection.",
                "Choose another connection with --connection.",
            ),
            other => Self::new(
                format!("It did not work: {}.", plain::line(&other.to_string())),
                "Tell whoever runs the service.",
            ),
        }
    }
}

fn refused(refusal: &Refusal) -> Trouble {
    let said = format!("The service refused: {}", plain::line(&refusal.to_string()));
    match refusal.error_class.as_str() {
        "ConnectionNotFound" => Trouble::new(
            "The service does not know this connection: it was revoked.",
            "`cargo phone authenticator disconnect` forgets it; or choose another with --connection.",
        ),
        "UserNotFound" => Trouble::new(
            "The service does not know whom to connect: the link is unknown there, used up or expired.",
            "Ask for a new link.",
        ),
        "AuthorizationNotFound" => Trouble::new(
            "There is no such authorization that can be decided: unknown, decided or expired.",
            "`cargo phone authenticator list` lists those that wait.",
        ),
        "ActionNotFound" | "ActionExpired" => {
            Trouble::new("The action is unknown, used up or expired.", "Ask for a new one.")
        }
        "ConsentNotFound" => Trouble::new(
            "There is no such consent: unknown or taken back.",
            "`cargo phone authenticator consents` lists those in force.",
        ),
        "SignatureExpired" => Trouble::new(said, "Is the clock of this machine right?"),
        "Conflict" => Trouble::new(said, "Give the command again."),
        "TooManyRequests" | "ServiceUnavailable" => {
            let wait = refusal.retry_after.unwrap_or(Span::secs(10)).as_secs_up();
            Trouble::new(said, format!("Try again in {wait} seconds."))
        }
        _ if refusal.status >= 500 => Trouble::new(said, "The service's log says more."),
        _ => Trouble::new(said, ""),
    }
}
