//! Dispatching: how an operation of the Cloud API is handed to an app, by link, QR code or push.
//!
//! What is handed over is a dispatch token and where to redeem it. Tokens are derived, not drawn: a push that is made
//! later carries the same one though only its hash is kept.

use countersign_crypto::dispatch_token::DispatchToken;
use countersign_crypto::encoding::base64url;
use countersign_domain::cloud_settings::CloudSettings;
use countersign_domain::id::{ChallengeId, DeviceId, EnrolmentId};
use serde::Serialize;

use crate::app::App;
use crate::link::{Link, encode};
use crate::refusal::{Refusal, internal};

/// What separates the tokens of enrolments and challenges from each other and from all else that is derived.
const ENROLMENT: &str = "enrolment-dispatch";
const CHALLENGE: &str = "challenge-dispatch";

/// The token of an enrolment, under the sealing key `key`.
pub async fn enrolment_token(app: &App, key: &str, id: EnrolmentId) -> Result<DispatchToken, Refusal> {
    derive(app, key, ENROLMENT, &id.to_string()).await
}

/// The token of a challenge, for one device or for whoever gets the link.
pub async fn challenge_token(
    app: &App,
    key: &str,
    id: ChallengeId,
    device: Option<DeviceId>,
) -> Result<DispatchToken, Refusal> {
    let context = device.map_or_else(|| id.to_string(), |device| format!("{id} {device}"));
    derive(app, key, CHALLENGE, &context).await
}

async fn derive(app: &App, key: &str, label: &str, context: &str) -> Result<DispatchToken, Refusal> {
    let sealing = app.keys.sealing_with(key).await?;
    DispatchToken::derived(&sealing, Some(key), label, context.as_bytes())
        .map_err(|_| internal("a sealing key is gone from the ring")())
}

/// What a token is for, and so where it is redeemed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dispatched {
    /// An enrolment.
    Registration,
    /// A challenge.
    Authentication,
}

/// `nma_data`: what the app needs to fetch the operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NmaData {
    token: String,
    redeem_url: String,
    #[serde(rename = "correlationId")]
    correlation_id: String,
}

/// `nma_data` in its envelope, as links carry it.
#[derive(Serialize)]
struct Envelope<'a> {
    nma_data: &'a NmaData,
    nma_data_content_type: &'a str,
    nma_data_version: &'a str,
}

impl NmaData {
    /// For the operation `transaction`.
    pub fn new(base_url: &str, what: Dispatched, token: &DispatchToken, transaction: impl ToString) -> Self {
        let operation = match what {
            Dispatched::Registration => "registration",
            Dispatched::Authentication => "authentication",
        };
        Self {
            token: token.expose().to_owned(),
            redeem_url: format!("{base_url}/_app/token/redeem/{operation}"),
            correlation_id: transaction.to_string(),
        }
    }

    /// The link that hands it to the app, with its QR code.
    pub fn link(&self, base_url: &str, settings: Option<&CloudSettings>) -> Result<Link, Refusal> {
        let envelope =
            Envelope { nma_data: self, nma_data_content_type: "application/json", nma_data_version: "1" };
        let json = serde_json::to_vec(&envelope).map_err(|_| internal("a link that has no JSON")())?;
        let app = settings.and_then(|settings| settings.app_link.clone());
        let app = app.unwrap_or_else(|| format!("{base_url}/open"));
        Link::of(format!("{app}?dispatchTokenResponse={}", encode(&base64url(&json))))
    }
}

/// The application id of an App Space towards UAF clients: where its trusted facets are (FIDO AppID and Facet
/// Specification).
pub fn app_id(base_url: &str, app_space: countersign_domain::id::AppSpaceId) -> String {
    format!("{base_url}/_app/uaf/1.1/facets?appSpace={app_space}")
}
