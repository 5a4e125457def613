//! Why an answer was not taken: by a rule of UAF, told within a 200, or by any other, told by HTTP's status.

use countersign_domain::refused::Refused as RefusedByRule;
use countersign_lambda::Refusal;
use countersign_store::StoreError;
use countersign_uaf::refusal::{Refusal as UafRefusal, Refused as UafRefused};
use countersign_uaf::status::StatusCode;

/// See the module's line.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The message was understood and does not hold.
    Uaf {
        /// The status code.
        status: StatusCode,
        /// A sentence.
        description: String,
    },
    /// The call.
    Call(Refusal),
}

impl Failed {
    /// The user may not do this.
    pub(crate) fn forbidden(why: &str) -> Self {
        Self::Uaf { status: StatusCode::Forbidden, description: sentence(why) }
    }
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

impl From<UafRefused> for Failed {
    fn from(refused: UafRefused) -> Self {
        Self::Uaf { status: refused.status(), description: sentence(&refused.to_string()) }
    }
}

impl From<UafRefusal> for Failed {
    fn from(refusal: UafRefusal) -> Self {
        UafRefused::from(refusal).into()
    }
}

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::UserNotActive => Self::forbidden("the user is suspended or revoked"),
            Refusal::Domain(error @ RefusedByRule::WrongState { what: "user", .. }) => {
                Self::forbidden(&error.to_string())
            }
            refusal => Self::Call(refusal),
        }
    }
}

impl From<RefusedByRule> for Failed {
    fn from(refused: RefusedByRule) -> Self {
        Refusal::from(refused).into()
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Call(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_who_may_not_act_is_told_in_the_words_of_uaf() {
        for refusal in [
            Refusal::UserNotActive,
            RefusedByRule::WrongState { what: "user", state: "at the limit of devices" }.into(),
        ] {
            let Failed::Uaf { status, description } = Failed::from(refusal) else { panic!() };
            assert_eq!(status, StatusCode::Forbidden);
            assert!(description.starts_with("The user is ") && description.ends_with('.'), "{description}");
        }
        assert!(matches!(Failed::from(Refusal::Unavailable), Failed::Call(Refusal::Unavailable)));
        let Failed::Uaf { status, description } = Failed::from(UafRefusal::Counter) else { panic!() };
        assert_eq!(
            (status, &*description),
            (StatusCode::UnacceptableAuthenticator, "The counter did not grow.")
        );
    }
}
