//! An app asks to be connected where a bank encrypts: the app's key is for the bank's eyes, and so is who its person is.

use countersign_crypto::authenticator::Envelope;
use countersign_domain::device::AuthenticatorVersion;
use countersign_domain::id::DeviceId;
use countersign_domain::login::Connecting;
use countersign_lambda::bank_call::{BankAnswer, BankLine};
use countersign_lambda::connecting::Connected;
use countersign_lambda::origin::ROUNDS;
use countersign_lambda::refusal::internal;
use countersign_lambda::{App, Call, Refusal, login};
use countersign_store::bank::{BankConnection, BankConnectionState};
use countersign_store::{Record, Write};
use serde::{Deserialize, Serialize};

use crate::connect::Body;
use crate::provider::Connectable;

/// Most characters of an address that a bank sends an app to.
const URL_MAX: usize = 4096;

#[derive(Serialize)]
struct Asked<'a> {
    connection_id: String,
    provider_code: String,
    return_url: &'a str,
    enc_rsa_public_key: &'a Envelope,
    #[serde(skip_serializing_if = "Option::is_none")]
    connect_query: Option<&'a str>,
}

#[derive(Deserialize)]
struct Answered {
    authentication_url: String,
}

/// Asks the bank where the app's person logs in. What waits for the end of that is kept before the bank is asked, and goes
/// if the bank does not help.
pub(crate) async fn connect<B>(
    app: &App,
    call: &Call<B>,
    mut provider: Connectable,
    body: &Body,
    key: &Envelope,
) -> Result<Connected, Refusal> {
    provider.check_logins(app)?;
    login::count(app, call).await?;
    let line = BankLine::open(app, &provider.settings).await?;
    let line = line.ok_or_else(internal("a provider without a bank"))?;
    let (pending, connecting) = keep(app, &provider, body).await?;
    let asked = Asked {
        connection_id: pending.value.number.to_string(),
        provider_code: provider.app_space.id.tenant().to_string(),
        return_url: &connecting.return_url,
        enc_rsa_public_key: key,
        connect_query: body.connect_query(),
    };
    let answered = line.post(app, &["connections"], &asked).await?;
    let url = answered.as_ref().ok().and_then(|answer| address(answer, &connecting.return_url));
    let Some(url) = url else {
        let status = answered.as_ref().map(|answer| answer.status.as_u16());
        tracing::warn!(?status, "a bank did not say where its users log in");
        forget(app, &pending).await;
        return Err(Refusal::BankUnavailable);
    };
    Ok(Connected { device: connecting.device, url })
}

/// The connection that waits, under a number that no other of the App Space has.
async fn keep(
    app: &App,
    provider: &Connectable,
    body: &Body,
) -> Result<(Record<BankConnection>, Connecting), Refusal> {
    let app_space = &provider.app_space;
    let app_said = body.said(app_space)?;
    let expires_at = app.now() + app_space.policy.enrolment_lifetime;
    for _ in 0..ROUNDS {
        let connecting = Connecting {
            device: DeviceId::new(app.now(), app.random()),
            version: AuthenticatorVersion::V2,
            key: None,
            platform: app_said.platform,
            push_token: app_said.push_token.clone(),
            return_url: app_said.return_url.clone(),
        };
        let pending = BankConnection {
            app_space: app_space.id,
            number: connecting.device.number(),
            state: BankConnectionState::Pending { connecting: Box::new(connecting.clone()), expires_at },
        };
        match app.store.write(Write::new().insert("connection", &pending)?).await {
            Ok(()) => return Ok((Record { value: pending, version: 1 }, connecting)),
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refusal::Conflict)
}

/// Nobody can end this login. Should the item stay, it is over in minutes.
async fn forget(app: &App, pending: &Record<BankConnection>) {
    let Ok(write) = Write::new().remove("connection", pending) else { return };
    if let Err(error) = app.store.write(write).await {
        tracing::warn!(%error, "a connection that cannot come about is not removed");
    }
}

/// Where the bank sends the app: a page of its own, or straight back.
fn address(answer: &BankAnswer, return_url: &str) -> Option<String> {
    let url = answer.data::<Answered>().filter(|_| answer.is_success())?.authentication_url;
    let plain = url.len() <= URL_MAX && url.bytes().all(|byte| byte.is_ascii_graphic());
    (plain && (is_page(&url) || url.starts_with(return_url))).then_some(url)
}

/// On this machine, pages need no TLS.
fn is_page(url: &str) -> bool {
    ["https://", "http://127.0.0.1:", "http://localhost:"].iter().any(|start| url.starts_with(start))
}
