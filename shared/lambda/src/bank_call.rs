//! Calls to a bank that encrypts for the apps of an App Space: signed by the App Space's own key, answered within seconds.

use countersign_crypto::authenticator::ProviderKey;
use countersign_domain::authenticator_settings::{AuthenticatorSettings, Bank};
use countersign_domain::outbound_url::OutboundUrl;
use countersign_domain::time::Span;
use countersign_outbound::Unanswered;
use http::{Method, Request, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::provider_key;
use crate::refusal::{Refusal, internal};

/// How long a call is good: as long as those of apps.
const VALID: Span = Span::minutes(5);

/// What lies below the bank's address.
const API: [&str; 3] = ["api", "sca", "v1"];

/// A bank, and what calls to it are signed with.
#[derive(Debug)]
pub struct BankLine {
    bank: Bank,
    key: ProviderKey,
    provider: String,
}

/// What the bank answered.
#[derive(Debug)]
pub struct BankAnswer {
    /// The status.
    pub status: StatusCode,
    body: Vec<u8>,
}

#[derive(Serialize)]
struct Message<'a, T> {
    data: &'a T,
    exp: i64,
}

#[derive(Deserialize)]
struct Enclosed<T> {
    data: T,
}

#[derive(Deserialize)]
struct BankRefusal {
    error_class: String,
}

/// Where the bank of `bank`'s takes calls about `path`, whose segments are taken as they are.
pub fn address(bank: &Bank, path: &[&str]) -> Result<OutboundUrl, Refusal> {
    Ok(bank.url.below(&API)?.below(path)?)
}

impl BankLine {
    /// The line to the bank of these settings, if they have one.
    pub async fn open(app: &App, settings: &AuthenticatorSettings) -> Result<Option<Self>, Refusal> {
        let Some(bank) = settings.bank.clone() else { return Ok(None) };
        let key = provider_key::of(app, settings).await?;
        Ok(Some(Self { bank, key, provider: settings.app_space.tenant().number().to_string() }))
    }

    /// Posts `data` to `path`.
    pub async fn post(
        &self,
        app: &App,
        path: &[&str],
        data: &impl Serialize,
    ) -> Result<Result<BankAnswer, Unanswered>, Refusal> {
        self.send(app, Method::POST, &address(&self.bank, path)?, data).await
    }

    /// Puts `data` to `url`, which [`address`] gave.
    pub async fn put(
        &self,
        app: &App,
        url: &OutboundUrl,
        data: &impl Serialize,
    ) -> Result<Result<BankAnswer, Unanswered>, Refusal> {
        self.send(app, Method::PUT, url, data).await
    }

    /// An answer, or why there is none; refused is only what cannot be asked.
    async fn send(
        &self,
        app: &App,
        method: Method,
        url: &OutboundUrl,
        data: &impl Serialize,
    ) -> Result<Result<BankAnswer, Unanswered>, Refusal> {
        let message = Message { data, exp: (app.now() + VALID).secs() };
        let body = serde_json::to_vec(&message).map_err(|_| internal("a call to a bank without JSON")())?;
        let signature = self.key.sign_detached(&body).map_err(|_| internal("a call that is not signed")())?;
        let request = Request::builder()
            .method(method)
            .uri(url.url().as_str())
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .header("provider-id", &self.provider)
            .header("x-jws-signature", signature)
            .body(body)
            .map_err(|_| internal("a bank's address that is none")())?;
        let answered = app.outbound()?.answer(request).await;
        Ok(answered.map(|answer| BankAnswer { status: answer.status(), body: answer.into_body() }))
    }
}

impl BankAnswer {
    /// Whether the bank did what it was asked.
    pub fn is_success(&self) -> bool {
        self.status.is_success()
    }

    /// `data` of the answer, if it is as expected.
    pub fn data<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice::<Enclosed<T>>(&self.body).ok().map(|enclosed| enclosed.data)
    }

    /// The class of the bank's refusal, if it says one.
    pub fn error_class(&self) -> Option<String> {
        serde_json::from_slice::<BankRefusal>(&self.body).ok().map(|refusal| refusal.error_class)
    }
}
