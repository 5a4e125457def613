//! What waits for an app, and how it says no.

use countersign_domain::answer::DeclineReason;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::app::UafApp;
use super::call::JSON;
use super::error::UafError;
use super::link::AppLink;
use crate::device::error::CallError;

/// Where pending operations are listed.
pub const PENDING: &str = "/_app/token/dispatch/pending/";
/// Where operations are declined.
pub const DECLINE: &str = "/_app/token/dispatch/decline/";

/// An operation that waits.
#[derive(Debug)]
pub struct Pending {
    /// The operation, as the backend knows it.
    pub transaction_id: String,
    /// What to redeem; none where the service wants a key forgotten.
    pub link: Option<AppLink>,
    /// What is asked.
    pub message: Option<String>,
    /// Until when, RFC 3339.
    pub expires_at: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    transaction_id: String,
    operation: String,
    #[serde(rename = "nma_data")]
    nma_data: Option<Value>,
    message: Option<String>,
    notification_message: Option<String>,
    expires_at: Option<String>,
}

impl Listed {
    fn read(self, app: &UafApp) -> Result<Pending, CallError> {
        let link = match (self.operation.as_str(), &self.nma_data) {
            ("authentication", Some(data)) => {
                let link = AppLink::from_data(data)
                    .map_err(|_| CallError::NotTheProtocol("a pending operation cannot be redeemed"))?;
                if link.service_url != *app.service().url() {
                    return Err(CallError::NotGenuine("it is to be redeemed at another service"));
                }
                Some(link)
            }
            ("deregistration", _) => None,
            _ => return Err(CallError::NotTheProtocol("a pending operation is of no kind that is known")),
        };
        Ok(Pending {
            transaction_id: self.transaction_id,
            link,
            message: self.message.or(self.notification_message),
            expires_at: self.expires_at,
        })
    }
}

impl UafApp {
    /// What waits for this device.
    ///
    /// # Errors
    /// [`UafError`].
    pub async fn pending(&self) -> Result<Vec<Pending>, UafError> {
        #[derive(Deserialize)]
        struct List {
            operations: Vec<Listed>,
        }
        let list: List = self.signed(&Method::GET, PENDING, JSON, Vec::new()).await?.json()?;
        let read = list.operations.into_iter().map(|listed| listed.read(self));
        Ok(read.collect::<Result<_, _>>()?)
    }

    /// What a push leads to whose `nma_data` was encrypted to this app.
    ///
    /// # Errors
    /// [`UafError::NoTarget`]; [`CallError::NotGenuine`] when it was encrypted to another key, or leads elsewhere.
    pub fn open_push(&self, nma_data: &str) -> Result<AppLink, UafError> {
        let target = self.account()?.target.as_ref().ok_or(UafError::NoTarget)?;
        let link = target.encryption_key.open(nma_data).ok().and_then(|json| {
            let data: Value = serde_json::from_slice(&json).ok()?;
            AppLink::from_data(&data).ok()
        });
        link.filter(|link| link.service_url == *self.service().url())
            .ok_or_else(|| CallError::NotGenuine("the push is not for this app").into())
    }

    /// Says no to an operation.
    ///
    /// # Errors
    /// [`UafError`].
    pub async fn decline(&self, transaction_id: &str, reason: DeclineReason) -> Result<(), UafError> {
        let body = json!({ "transactionId": transaction_id, "reason": reason.name() });
        self.signed(&Method::POST, DECLINE, JSON, body.to_string().into_bytes()).await.map(drop)
    }
}
