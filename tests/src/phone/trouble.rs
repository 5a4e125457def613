//! What went wrong, in words for people, and what to do next.

use std::fmt;

use countersign_domain::time::Span;

use crate::device::error::{CallError, ErrorCode, Refusal};
use crate::plain;

/// What went wrong, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    what: String,
    next: String,
}

impl Trouble {
    /// Two sentences; `next` may be empty.
    pub(crate) fn new(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { what: what.into(), next: next.into() }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&plain::wrap(&self.what, plain::WIDTH).join("\n"))?;
        if self.next.is_empty() {
            return Ok(());
        }
        write!(f, "\n{}", plain::wrap(&self.next, plain::WIDTH).join("\n"))
    }
}

impl From<CallError> for Trouble {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Refused(refusal) => refused(&refusal),
            CallError::Unreachable(why) => Self::new(
                format!("The service cannot be reached: {why}."),
                "Is it running? `cargo local` starts one here. The same command may be given again.",
            ),
            CallError::NotGenuine(why) => Self::new(
                format!("This challenge is not genuine: {why}."),
                "Do not answer it. Tell whoever runs the service.",
            ),
            CallError::NotOpen => Self::new(
                "This challenge can no longer be answered.",
                "`cargo phone inbox` lists those that can.",
            ),
            CallError::NoSuchButton(index) => Self::new(
                format!("There is no button {index}."),
                "`cargo phone show <guid>` lists the buttons.",
            ),
            other => Self::new(format!("It did not work: {other}."), ""),
        }
    }
}

fn refused(refusal: &Refusal) -> Trouble {
    let said = format!("The service refused: {refusal}");
    match &refusal.code {
        ErrorCode::Unauthorized => Trouble::new(
            "The service does not accept this device: it is unknown there or was revoked.",
            "Enrol again with a new link (`cargo phone enrol <link>`), or choose another with --device.",
        ),
        ErrorCode::UserNotActive => Trouble::new(
            "The user of this device is suspended or revoked.",
            "Whoever manages the App Space can restore a suspended user, who then logs in again where there is an \
             identity provider (`cargo phone login`). `cargo phone status` still works.",
        ),
        ErrorCode::LoginRequired => Trouble::new(
            "The identity provider has to know the user anew before this device may answer.",
            "Log in with `cargo phone login`, then answer again: this device may as soon as the browser is back. The \
             link that comes back makes one more device and need not be used.",
        ),
        ErrorCode::ProviderUnavailable => {
            let wait = refusal.retry_after.unwrap_or(Span::secs(5)).as_secs_up();
            Trouble::new(
                "The identity provider cannot be asked whether it still vouches for the user; nothing was answered.",
                format!("Try again in {wait} seconds."),
            )
        }
        ErrorCode::NotFound => Trouble::new(
            "The service knows no such thing: unknown, used up or expired.",
            "`cargo phone inbox` lists what waits; for links, ask for a new one.",
        ),
        ErrorCode::WrongCode => match refusal.attempts_left {
            Some(0) => Trouble::new(
                "The code was wrong too often: the challenge has failed.",
                "Start over at the other screen.",
            ),
            Some(left) => Trouble::new(
                format!("The code is wrong. Tries left: {left}."),
                "Look at the other screen and give the command again with --code.",
            ),
            None => Trouble::new(said, "Look at the other screen and give the command again with --code."),
        },
        ErrorCode::WrongState => Trouble::new(
            "It is too late: decided, cancelled or expired before.",
            "`cargo phone show <guid>` tells how it ended.",
        ),
        ErrorCode::Conflict => Trouble::new(said, "Give the command again."),
        ErrorCode::TooMany | ErrorCode::Unavailable => {
            let wait = refusal.retry_after.unwrap_or(Span::secs(10)).as_secs_up();
            Trouble::new(said, format!("Try again in {wait} seconds."))
        }
        ErrorCode::Internal | ErrorCode::Other(_) => Trouble::new(said, "The service's log says more."),
        _ => Trouble::new(said, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trouble(body: &str) -> String {
        Trouble::from(CallError::Refused(Box::new(Refusal::read(409, Some(Span::secs(9)), body.as_bytes()))))
            .to_string()
    }

    #[test]
    fn a_refusal_is_told_with_what_to_do_next() {
        let text = trouble(r#"{"error":"wrong_code","message":"","attemptsLeft":3}"#);
        assert!(text.contains("Tries left: 3") && text.contains("--code"), "{text}");
        let text = trouble(r#"{"error":"wrong_code","message":"","attemptsLeft":0}"#);
        assert!(text.contains("failed"), "{text}");
        let text = trouble(r#"{"error":"too_many","message":"Too many."}"#);
        assert!(text.contains("in 9 seconds"), "{text}");
    }

    #[test]
    fn refusals_because_of_the_identity_provider_say_whose_turn_it_is() {
        let text = trouble(r#"{"error":"login_required","message":"Again."}"#);
        assert!(text.contains("identity provider") && text.contains("`cargo phone login`"), "{text}");
        let text = trouble(r#"{"error":"user_not_active","message":"No."}"#);
        assert!(text.contains("restore") && text.contains("`cargo phone login`"), "{text}");
        let text = trouble(r#"{"error":"provider_unavailable","message":"Later."}"#);
        assert!(text.contains("nothing was answered") && text.contains("in 9 seconds"), "{text}");
    }

    #[test]
    fn what_the_service_says_does_not_steer_the_terminal() {
        let text = trouble(r#"{"error":"odd","message":"a\u001b[2Jb"}"#);
        assert!(!text.contains('\u{1b}') && text.contains("[2Jb"), "{text}");
    }
}
