//! Every way to say no, and the one table that gives each its status and words.

use countersign_domain::invalid::Invalid;
use countersign_domain::refused::Refused;
use countersign_domain::time::{Span, Timestamp};
use countersign_identity::IdpError;
use countersign_push::PushError;
use countersign_store::StoreError;
use http::StatusCode;
use serde::Serialize;

use crate::keys::KeysError;

/// Why a request was not carried out.
#[derive(Debug)]
pub enum Refusal {
    /// A rule of the domain.
    Domain(Refused),
    /// The body as a whole cannot be read.
    Malformed(&'static str),
    /// The body is too long.
    TooLarge,
    /// The caller did not prove who it is.
    Unauthorized,
    /// The proof, signature or one-time token was used before.
    Replayed,
    /// The proof's time is off.
    ClockSkew {
        /// What time it is here.
        server_time: Timestamp,
    },
    /// An administrator's roles do not allow it here.
    Forbidden,
    /// A browser sent it on behalf of another site.
    CrossSite,
    /// The device's user may not act.
    UserNotActive,
    /// The device's user has no tokens of the identity provider.
    LoginRequired,
    /// The identity provider cannot be asked.
    ProviderUnavailable,
    /// The bank that encrypts for the App Space's apps cannot be asked, or does not help.
    BankUnavailable,
    /// The code that the user got by SMS or keeps on paper is wrong.
    WrongCode {
        /// How many more tries there are, where the operation counts them.
        attempts_left: Option<u8>,
    },
    /// What only apps and banks of the Authenticator API are told.
    Authenticator(AuthenticatorRefusal),
    /// Others changed the same thing at the same time, again and again.
    Conflict,
    /// AWS did not do its part; worth another try.
    Unavailable,
    /// Something is wrong here; the log says what.
    Internal,
}

/// Refusals of the Authenticator API, by its own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthenticatorRefusal {
    /// There is no `Access-Token` header.
    AccessTokenMissing,
    /// There is no signature header.
    SignatureMissing,
    /// The signature's expiry is missing, over, or too far ahead.
    SignatureExpired,
    /// The signature is not that of the connection's key over this call.
    InvalidSignature,
    /// The token is of no active device.
    ConnectionNotFound,
    /// Nobody is known by that, or may act.
    UserNotFound,
    /// Nobody is known without a `connect_query`.
    ConnectQueryMissing,
    /// The action is over.
    ActionExpired,
}

impl AuthenticatorRefusal {
    fn tell(self) -> (StatusCode, &'static str, &'static str) {
        use StatusCode as S;
        match self {
            Self::AccessTokenMissing => {
                (S::BAD_REQUEST, "access_token_missing", "The Access-Token header is missing.")
            }
            Self::SignatureMissing => {
                (S::BAD_REQUEST, "signature_missing", "The signature header is missing.")
            }
            Self::SignatureExpired => (
                S::BAD_REQUEST,
                "signature_expired",
                "The signature's expiry is missing, over, or more than an hour ahead.",
            ),
            Self::InvalidSignature => {
                (S::BAD_REQUEST, "invalid_signature", "The signature is not valid for this call.")
            }
            Self::ConnectionNotFound => {
                (S::UNAUTHORIZED, "connection_not_found", "There is no such connection.")
            }
            Self::UserNotFound => (S::UNAUTHORIZED, "user_not_found", "There is no such user."),
            Self::ConnectQueryMissing => {
                (S::UNAUTHORIZED, "user_not_found", "A connect_query is needed: users do not log in here.")
            }
            Self::ActionExpired => (S::BAD_REQUEST, "action_expired", "The action is over."),
        }
    }
}

impl From<AuthenticatorRefusal> for Refusal {
    fn from(refusal: AuthenticatorRefusal) -> Self {
        Self::Authenticator(refusal)
    }
}

/// The body of a refusal.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RefusalBody {
    /// A stable word for programs.
    pub error: &'static str,
    /// A sentence for people.
    pub message: String,
    /// Which field, by the caller's own name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// After a wrong matching code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts_left: Option<u8>,
    /// After a skewed clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_time: Option<Timestamp3339>,
}

/// A time written as RFC 3339.
#[derive(Debug, Clone, Copy)]
pub struct Timestamp3339(pub Timestamp);

impl Serialize for Timestamp3339 {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.rfc3339())
    }
}

/// A refusal in HTTP's words.
#[derive(Debug)]
pub struct Told {
    /// The status.
    pub status: StatusCode,
    /// For `Retry-After`.
    pub retry_after: Option<Span>,
    /// What there is none of, after a 404.
    pub missing: Option<&'static str>,
    /// The body.
    pub body: RefusalBody,
}

impl Refusal {
    /// The table: status, word and sentence of every refusal.
    pub fn tell(self) -> Told {
        use StatusCode as S;
        let told = |status, error, message: &str| Told {
            status,
            retry_after: None,
            missing: None,
            body: RefusalBody {
                error,
                message: message.to_owned(),
                field: None,
                attempts_left: None,
                server_time: None,
            },
        };
        match self {
            Self::Domain(Refused::Invalid(Invalid { field, problem })) => {
                let mut told = told(S::BAD_REQUEST, "invalid_field", &format!("{field} {problem}."));
                told.body.field = Some(field.into_owned());
                told
            }
            Self::Domain(Refused::Unknown(what)) => {
                let mut told = told(S::NOT_FOUND, "not_found", &format!("There is no such {what}."));
                told.missing = Some(what);
                told
            }
            Self::Domain(Refused::WrongState { what, state }) => {
                told(S::UNPROCESSABLE_ENTITY, "wrong_state", &format!("The {what} is {state}."))
            }
            Self::Domain(Refused::TooMany { limit, retry_after }) => {
                let mut told = told(S::TOO_MANY_REQUESTS, "too_many", &format!("Try again later: {limit}."));
                told.retry_after = Some(retry_after);
                told
            }
            Self::Domain(Refused::WrongCode { attempts_left }) => {
                let mut told = told(S::CONFLICT, "wrong_code", "The matching code is wrong.");
                told.body.attempts_left = Some(attempts_left);
                told
            }
            Self::WrongCode { attempts_left } => {
                let mut told = told(S::BAD_REQUEST, "wrong_code", "The code is wrong.");
                told.body.attempts_left = attempts_left;
                told
            }
            Self::Malformed(problem) => told(S::BAD_REQUEST, "malformed", &format!("{problem}.")),
            Self::TooLarge => told(S::PAYLOAD_TOO_LARGE, "too_large", "The body has more than 65536 bytes."),
            Self::Unauthorized => {
                told(S::UNAUTHORIZED, "unauthorized", "The credentials or the proof are not valid.")
            }
            Self::Replayed => {
                told(S::UNAUTHORIZED, "replayed", "This signature or token was used before; make a new one.")
            }
            Self::ClockSkew { server_time } => {
                let mut told = told(S::UNAUTHORIZED, "clock_skew", "The signature's time is too far off.");
                told.body.server_time = Some(Timestamp3339(server_time));
                told
            }
            Self::Forbidden => told(S::FORBIDDEN, "forbidden", "Your roles do not allow this here."),
            Self::CrossSite => {
                told(S::FORBIDDEN, "cross_site", "Only pages of this service may send this with a session.")
            }
            Self::UserNotActive => told(S::FORBIDDEN, "user_not_active", "The user is suspended or revoked."),
            Self::LoginRequired => {
                told(S::FORBIDDEN, "login_required", "The user must log in at the identity provider again.")
            }
            Self::ProviderUnavailable => {
                let message = "The identity provider cannot be asked; try again.";
                let mut told = told(S::SERVICE_UNAVAILABLE, "provider_unavailable", message);
                told.retry_after = Some(Span::secs(5));
                told
            }
            Self::BankUnavailable => {
                let message = "The bank cannot be asked; try again.";
                let mut told = told(S::SERVICE_UNAVAILABLE, "bank_unavailable", message);
                told.retry_after = Some(Span::secs(5));
                told
            }
            Self::Authenticator(refusal) => {
                let (status, error, message) = refusal.tell();
                told(status, error, message)
            }
            Self::Conflict => {
                told(S::CONFLICT, "conflict", "The same thing was changed at the same time; try again.")
            }
            Self::Unavailable => {
                let mut told =
                    told(S::SERVICE_UNAVAILABLE, "unavailable", "The service is not available; try again.");
                told.retry_after = Some(Span::secs(1));
                told
            }
            Self::Internal => {
                told(S::INTERNAL_SERVER_ERROR, "internal", "Something is wrong here; the log says what.")
            }
        }
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        Self::Domain(refused)
    }
}

impl From<Invalid> for Refusal {
    fn from(invalid: Invalid) -> Self {
        Self::Domain(invalid.into())
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(_) => Self::Conflict,
            StoreError::Unavailable(_) => {
                tracing::warn!(%error, "the table did not answer");
                Self::Unavailable
            }
            StoreError::Refused(_) | StoreError::Unreadable { .. } => {
                tracing::error!(%error, "the table cannot be used");
                Self::Internal
            }
        }
    }
}

impl From<KeysError> for Refusal {
    fn from(error: KeysError) -> Self {
        tracing::error!(%error, "the keys cannot be used");
        match error {
            KeysError::Unopened { .. } => Self::Internal,
            KeysError::Unread { .. } | KeysError::NotRotated { .. } | KeysError::Unusable { .. } => {
                Self::Unavailable
            }
        }
    }
}

impl From<IdpError> for Refusal {
    /// Of a provider that should say whether a token is good: what it did not say is not held against the user.
    fn from(error: IdpError) -> Self {
        match &error {
            IdpError::Misconfigured(_) => tracing::error!(%error, "the identity provider cannot be used"),
            _ => tracing::warn!(%error, "the identity provider did not help"),
        }
        Self::ProviderUnavailable
    }
}

impl From<PushError> for Refusal {
    fn from(error: PushError) -> Self {
        tracing::error!(%error, "the push failed");
        Self::Unavailable
    }
}

/// What cannot happen unless the code or the table is wrong.
pub fn internal(what: &'static str) -> impl Fn() -> Refusal {
    move || {
        tracing::error!(what, "unexpected");
        Refusal::Internal
    }
}
