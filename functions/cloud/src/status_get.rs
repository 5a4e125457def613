//! `POST /api/v1/status`: whoever holds the status token of an operation learns how it stands.

use countersign_crypto::service_token::Operation;
use countersign_domain::challenge::Challenge;
use countersign_domain::enrolment::Enrolment;
use countersign_lambda::refusal::Timestamp3339;
use countersign_lambda::transaction_token::Standing;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::keys;
use serde::{Deserialize, Serialize};

use crate::status_token;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    status_token: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Status {
    transaction_id: String,
    status: &'static str,
    user_id: Option<String>,
    username: Option<String>,
    /// The transaction token.
    token: Option<String>,
    created_at: Option<Timestamp3339>,
    last_updated_at: Option<Timestamp3339>,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<Status>, Refusal> {
    let token = status_token::verify(app, &call, &call.body.status_token).await?;
    let now = app.now();
    let standing = match (token.operation, &token.record) {
        (Operation::Enroll, Some(record)) => {
            let enrolment = app.store.get::<Enrolment>(keys::enrolment(record), now).await?;
            enrolment.map(|record| Standing::of_enrolment(record.value, now))
        }
        (Operation::Enroll, None) => None,
        (Operation::Approval, _) => match token.transaction.parse() {
            Ok(id) => {
                let challenge = app.store.get::<Challenge>(keys::challenge(id), now).await?;
                challenge.map(|record| Standing::of_challenge(record.value, now))
            }
            Err(_) => None,
        },
    };
    let Some(standing) = standing else {
        return Ok(Reply::ok(Status {
            transaction_id: token.transaction,
            status: "unknown",
            user_id: None,
            username: None,
            token: None,
            created_at: None,
            last_updated_at: None,
        }));
    };
    Ok(Reply::ok(Status {
        transaction_id: token.transaction,
        status: standing.status_name(),
        user_id: standing.user.map(|user| user.to_string()),
        username: standing.account_id.as_ref().map(ToString::to_string),
        token: Some(standing.token(app, &call.base_url(&app.settings)).await?),
        created_at: Some(Timestamp3339(standing.created_at)),
        last_updated_at: Some(Timestamp3339(standing.since)),
    }))
}
