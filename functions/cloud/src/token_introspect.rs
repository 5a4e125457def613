//! `POST /api/v1/introspect`: what a token says, and whether it is good (RFC 7662).

use countersign_crypto::service_token::{
    AccessKeyClaims, IntentToken, Kind, Operation, Registered, StatusToken, TransactionStatus,
    TransactionToken,
};
use countersign_domain::id::DeviceId;
use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;
use countersign_lambda::lenient::Flag;
use countersign_lambda::origin::{Caller, OriginRead, Written, has_access_key};
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::guards::Seen;
use countersign_store::{Stored, Write};
use serde::{Deserialize, Serialize};

use crate::authority;

#[derive(Deserialize)]
pub(crate) struct Body {
    token: String,
    consume: Option<Flag>,
}

/// What is told. Of a token that is not good, or not the caller's, nothing but that.
#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Introspection {
    active: bool,
    #[serde(flatten)]
    registered: Option<Registered>,
    #[serde(flatten)]
    about: Option<About>,
}

/// The operation that a token is about.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct About {
    operation: Operation,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<TransactionStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authenticator_id: Option<DeviceId>,
    /// SHA-256 of the document that was shown, base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
}

/// A token that says of itself that it is good.
enum Token {
    AccessKey(AccessKeyClaims),
    Status(StatusToken),
    Intent(IntentToken),
    Transaction(TransactionToken),
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<Introspection>, Refusal> {
    let token = Token::read(app, &call).await?;
    let mut read = OriginRead::of(&call)?;
    let used = token.as_ref().and_then(Token::mark);
    let slot = used.as_ref().map(|mark| read.add::<Seen>(mark.key()));
    let (caller, mut found) = read.authenticate(app, &call).await?;
    let was_used = slot.map(|slot| found.take(slot)).transpose()?.flatten().is_some();
    let token = token.filter(|token| !was_used && token.is_of(&caller, &call.body.token, app.now()));
    let Some(token) = token else { return Ok(Reply::ok(Introspection::default())) };
    if let Token::Transaction(claims) = &token
        && claims.status != TransactionStatus::Pending
        && call.body.consume.is_none_or(|Flag(consume)| consume)
    {
        let write = Write::new().insert_over_expired("transaction token", &consumed(claims), app.now())?;
        match caller.write(app, write).await {
            Ok(()) => {}
            // Somebody was faster, and has it.
            Err(Written::Conflict(_)) => return Ok(Reply::ok(Introspection::default())),
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Ok(Reply::ok(token.told()))
}

/// The mark that a transaction token was consumed. It outlives every token of that operation and status.
fn consumed(claims: &TransactionToken) -> Seen {
    Seen::new("transaction-token", &claims.jti, Timestamp::from_secs(claims.exp))
}

impl Token {
    /// The token of the body; nothing if it is none that can be introspected, or is not good.
    async fn read(app: &App, call: &Call<Body>) -> Result<Option<Self>, Refusal> {
        let (text, now) = (call.body.token.as_str(), app.now());
        let Some(kind) = Kind::of(text).filter(|kind| kind.is_introspectable()) else { return Ok(None) };
        let (keys, issuer) = (app.keys.signing().await?, call.base_url(&app.settings));
        Ok(match kind {
            Kind::AccessKey => AccessKeyClaims::peek(text).ok().map(Self::AccessKey),
            Kind::Status => StatusToken::verify(&keys, &issuer, now, text).ok().map(Self::Status),
            Kind::Intent => IntentToken::verify(&keys, &issuer, now, text).ok().map(Self::Intent),
            Kind::Transaction => {
                TransactionToken::verify(&keys, &issuer, now, text).ok().map(Self::Transaction)
            }
            Kind::Device => None,
        })
    }

    /// What is in the table once it was used.
    fn mark(&self) -> Option<Seen> {
        match self {
            Self::Intent(intent) => Some(authority::seen(intent)),
            Self::Transaction(claims) => Some(consumed(claims)),
            Self::AccessKey(_) | Self::Status(_) => None,
        }
    }

    /// Whether it is for the caller, and, of an access key, really one of the caller's.
    fn is_of(&self, caller: &Caller, text: &str, now: Timestamp) -> bool {
        match self {
            Self::AccessKey(claims) => {
                let key = Secret::new(text.to_owned());
                claims.sub == caller.origin.id && has_access_key(&caller.origin, &key, claims, now)
            }
            Self::Status(token) => token.aud == caller.origin.id,
            Self::Intent(token) => token.aud == caller.origin.id,
            // What the user's own app began is for every Request Origin of the App Space.
            Self::Transaction(token) => {
                token.app_space == caller.app_space.id
                    && [caller.origin.id.to_string(), caller.app_space.id.to_string()].contains(&token.aud)
            }
        }
    }

    fn told(self) -> Introspection {
        let about = |operation| About {
            operation,
            transaction_id: None,
            status: None,
            authenticator_id: None,
            digest: None,
        };
        let (registered, about) = match self {
            Self::AccessKey(claims) => (claims.registered(), None),
            Self::Status(token) => {
                let registered = token.registered();
                (
                    registered,
                    Some(About { transaction_id: Some(token.transaction), ..about(token.operation) }),
                )
            }
            Self::Intent(token) => (token.registered(), Some(about(token.operation))),
            Self::Transaction(token) => (
                token.registered(),
                Some(About {
                    operation: token.operation,
                    transaction_id: Some(token.transaction),
                    status: Some(token.status),
                    authenticator_id: token.device,
                    digest: token.digest,
                }),
            ),
        };
        Introspection { active: true, registered: Some(registered), about }
    }
}
