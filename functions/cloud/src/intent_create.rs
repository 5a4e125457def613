//! `POST /api/v1/intent`: a Request Origin lets a frontend begin one operation for one user, once.

use countersign_crypto::encoding::base64url;
use countersign_crypto::service_token::{IntentToken, Operation};
use countersign_domain::chance;
use countersign_domain::channel::Channel;
use countersign_domain::invalid::Invalid;
use countersign_domain::refused::Refused;
use countersign_domain::time::Span;
use countersign_domain::user::UserState;
use countersign_lambda::origin::OriginRead;
use countersign_lambda::refusal::internal;
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::{Deserialize, Serialize};

use crate::whom::Whom;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    username: Option<String>,
    user_id: Option<String>,
    operation: String,
    channels: Option<Vec<String>>,
}

#[derive(Serialize)]
pub(crate) struct Intent {
    token: String,
}

/// How long a frontend has to begin.
const LIFETIME: Span = Span::minutes(10);

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<Intent>, Refusal> {
    let body = &call.body;
    let whom = Whom::required(body.username.as_deref(), body.user_id.as_deref())?;
    let operation = operation(&body.operation)?;
    let channels = channels(operation, body.channels.as_deref().unwrap_or_default())?;
    let mut read = OriginRead::of(&call)?;
    let slot = whom.read(&mut read);
    let (caller, mut found) = read.authenticate(app, &call).await?;
    let account = slot.find(app, &caller, &mut found).await?.map(|record| record.value);
    // Under the name of a revoked user, enrolling makes a new one.
    let account = account.filter(|account| !matches!(account.state, UserState::Revoked { .. }));
    let username = match (&whom, &account) {
        (_, Some(account)) => account.account_id.as_str().to_owned(),
        (Whom::Name(username), None) if operation == Operation::Enroll => username.as_str().to_owned(),
        _ => return Err(Refused::Unknown("user").into()),
    };
    let now = app.now();
    let intent = IntentToken {
        iss: call.base_url(&app.settings),
        aud: caller.origin.id,
        sub: account.map(|account| account.user),
        username: Some(username),
        jti: base64url(&chance::bytes::<16>(app.random())),
        iat: now.secs(),
        exp: (now + LIFETIME).secs(),
        operation,
        channels,
    };
    let keys = app.keys.signing().await?;
    let token = intent.issue(&keys).map_err(|_| internal("an intent token cannot be signed")())?;
    Ok(Reply::ok(Intent { token }))
}

fn operation(text: &str) -> Result<Operation, Invalid> {
    match text {
        "enroll" => Ok(Operation::Enroll),
        "approve" => Ok(Operation::Approval),
        _ => Err(Invalid::new("operation", "is neither enroll nor approve")),
    }
}

/// The channels that the operation has; none means all of them.
fn channels(operation: Operation, names: &[String]) -> Result<Vec<String>, Invalid> {
    for name in names {
        if Channel::parse("channels", name)? == Channel::Recovery && operation == Operation::Approval {
            return Err(Invalid::new("channels", "has recovery, which no approval goes by"));
        }
    }
    Ok(names.to_vec())
}
