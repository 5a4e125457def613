//! A person's decision about an authorization: the same in both versions.

use countersign_domain::answer::Answer;
use countersign_domain::challenge::Challenge;
use countersign_lambda::connection::{Connection, Said};
use countersign_lambda::{App, Refusal, outcome, vouching};
use countersign_store::Record;

/// What the person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Confirm,
    Deny,
}

impl Decision {
    fn answer(self, challenge: &Challenge) -> Answer {
        match self {
            Self::Confirm => Answer::Option(0),
            Self::Deny => challenge.no(),
        }
    }
}

/// Carries the decision out, in one write. Whether the app knows what it decided about was checked. Gives the challenge with
/// its outcome; nothing if somebody else was faster.
pub(crate) async fn decide(
    app: &App,
    issuer: &str,
    connection: &Connection,
    open: &Record<Challenge>,
    decision: Decision,
    said: Said,
) -> Result<Option<Challenge>, Refusal> {
    let user = &connection.user.value;
    vouching::demand(app, user, connection.tokens.clone()).await?;
    let signed = connection.answer(decision.answer(&open.value), said)?;
    let (decided, write) = outcome::answer(app, issuer, user, open, open.value.clone(), signed).await?;
    match app.store.write(write).await {
        Ok(()) => Ok(Some(decided)),
        Err(error) if error.is_conflict() => Ok(None),
        Err(error) => Err(error.into()),
    }
}
