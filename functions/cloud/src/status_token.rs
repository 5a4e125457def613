//! The status token of an operation.

use countersign_crypto::service_token::{Operation, StatusToken};
use countersign_domain::challenge::Challenge;
use countersign_domain::enrolment::Enrolment;
use countersign_domain::id::RequestOriginId;
use countersign_domain::invalid::Invalid;
use countersign_lambda::refusal::internal;
use countersign_lambda::transaction_token::KEPT;
use countersign_lambda::{App, Call, Refusal};

/// The status token of an enrolment that `origin` began.
pub(crate) async fn of_enrolment(
    app: &App,
    issuer: &str,
    origin: RequestOriginId,
    enrolment: &Enrolment,
) -> Result<String, Refusal> {
    let token = StatusToken {
        iss: issuer.to_owned(),
        aud: origin,
        sub: Some(enrolment.user),
        jti: format!("{}.status", enrolment.id),
        iat: enrolment.created_at.secs(),
        exp: (enrolment.expires_at + KEPT).secs(),
        operation: Operation::Enroll,
        transaction: enrolment.id.to_string(),
        record: Some(enrolment.token_hash.clone()),
    };
    issue(app, &token).await
}

/// The status token of an approval that `origin` began.
pub(crate) async fn of_challenge(
    app: &App,
    issuer: &str,
    origin: RequestOriginId,
    challenge: &Challenge,
) -> Result<String, Refusal> {
    let token = StatusToken {
        iss: issuer.to_owned(),
        aud: origin,
        sub: challenge.user(),
        jti: format!("{}.status", challenge.id),
        iat: challenge.asked_at.secs(),
        exp: (challenge.expires_at + KEPT).secs(),
        operation: Operation::Approval,
        transaction: challenge.id.to_string(),
        record: None,
    };
    issue(app, &token).await
}

async fn issue(app: &App, token: &StatusToken) -> Result<String, Refusal> {
    let keys = app.keys.signing().await?;
    token.issue(&keys).map_err(|_| internal("a status token cannot be signed")())
}

/// Takes the value of `statusToken`.
pub(crate) async fn verify<B>(app: &App, call: &Call<B>, text: &str) -> Result<StatusToken, Refusal> {
    let keys = app.keys.signing().await?;
    let issuer = call.base_url(&app.settings);
    StatusToken::verify(&keys, &issuer, app.now(), text)
        .map_err(|_| Invalid::new("statusToken", "is not a status token, or has expired").into())
}
