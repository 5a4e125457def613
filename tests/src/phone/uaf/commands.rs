//! What each command of `cargo phone uaf` does. Each gives the text to print.

use std::io::stdin;
use std::path::Path;
use std::sync::Arc;

use countersign_crypto::encoding::base64url;
use countersign_crypto::system::SystemRandom;
use countersign_domain::answer::DeclineReason;
use countersign_domain::chance;
use countersign_domain::device::Platform;
use countersign_domain::time::{Clock, Span};

use super::cli::{Answer, Uaf, UafCommand};
use crate::device::service::Service;
use crate::device::service_url::ServiceUrl;
use crate::phone::demo::Demo;
use crate::phone::state::StoredUaf;
use crate::phone::trouble::Trouble;
use crate::phone::{file, piped};
use crate::plain;
use crate::uaf::UafApp;
use crate::uaf::app::{Description, Registered};
use crate::uaf::error::UafError;
use crate::uaf::link::AppLink;
use crate::uaf::operations::Pending;
use crate::uaf::target::Push;
use crate::uaf::token::Token;
use crate::uaf::wallet::Wallet;

/// Does what is wanted, and keeps what the app has learnt, also when it came to nothing: counters do not go back.
pub(crate) async fn run(path: &Path, clock: Arc<dyn Clock>, wanted: Uaf) -> Result<String, Trouble> {
    // Before anything is used up it must be sure that keys can be kept.
    file::update(path, |_| ())?;
    let kept = file::read(path)?.uaf;
    let (device_id, wallet) = match kept {
        Some(StoredUaf { device_id, wallet }) => (device_id, wallet),
        None => (base64url(&chance::bytes::<16>(&SystemRandom)), Wallet::default()),
    };
    let link = match &wanted.command {
        UafCommand::Register { link: Some(link), .. } | UafCommand::Authenticate { link, .. } => {
            Some(app_link(&piped::link(link.clone(), stdin())?)?)
        }
        _ => None,
    };
    let url = service_url(&wanted, link.as_ref(), &wallet)?;
    let (name, platform) = match &wanted.command {
        UafCommand::Register { name, platform, .. } => (name.clone(), *platform),
        _ => (String::new(), Platform::Other),
    };
    let description = Description { name, platform, device_id: device_id.clone() };
    let mut app = UafApp::new(Service::new(url, clock, Span::millis(0))?, description, wallet);
    if let Some(user) = &wanted.user {
        app = app.for_user(user);
    }
    let result = run_on(&mut app, wanted.command, link).await;
    let kept = StoredUaf { device_id, wallet: app.into_wallet() };
    file::update(path, |state| state.uaf = Some(kept))?;
    result
}

fn app_link(text: &str) -> Result<AppLink, Trouble> {
    AppLink::parse(text).map_err(|invalid| {
        Trouble::new(format!("This is not an app link: {invalid}."), "Copy it whole and put it in quotes.")
    })
}

/// Where the app speaks to: what the link says, what was asked for, where it registered last, or the demo.
fn service_url(wanted: &Uaf, link: Option<&AppLink>, wallet: &Wallet) -> Result<ServiceUrl, Trouble> {
    let last = || wallet.accounts.last().map(|account| account.service_url.clone());
    match link.map(|link| link.service_url.clone()).or_else(|| wanted.service.clone()).or_else(last) {
        Some(url) => Ok(url),
        None => Ok(Demo::read(&wanted.demo)?.base_url),
    }
}

async fn run_on(app: &mut UafApp, command: UafCommand, link: Option<AppLink>) -> Result<String, Trouble> {
    match (command, link) {
        (UafCommand::Register { platform, push_token, .. }, Some(link)) => {
            let registered = app.register(&link).await?;
            finish(app, registered, &push(platform, push_token)).await
        }
        (
            UafCommand::Register {
                intent: Some(intent), username: Some(username), platform, push_token, ..
            },
            None,
        ) => {
            let registered = app.register_with_intent(&intent, &username).await?;
            finish(app, registered, &push(platform, push_token)).await
        }
        (UafCommand::Authenticate { answer, .. }, Some(link)) => authenticate(app, &link, answer).await,
        (UafCommand::Login { username, app_space }, _) => login(app, &username, app_space).await,
        (UafCommand::Pending { answer }, _) => pending(app, answer).await,
        (UafCommand::Deregister, _) => {
            let username = app.account()?.username.clone();
            let gone = app.deregister().await?.len();
            Ok(format!("Keys of {} revoked and forgotten: {gone}.", plain::line(&username)))
        }
        (UafCommand::Register { .. } | UafCommand::Authenticate { .. }, _) => {
            Err(Trouble::new("There is no link.", "Give one, or --intent and --username."))
        }
    }
}

fn push(platform: Platform, target: Option<String>) -> Push {
    let dispatcher = match platform {
        Platform::Android => Some("fcm"),
        Platform::Ios => Some("apns"),
        Platform::Other => None,
    };
    let dispatcher = dispatcher.filter(|_| target.is_some()).map(str::to_owned);
    Push { target, dispatcher }
}

async fn finish(app: &mut UafApp, registered: Registered, push: &Push) -> Result<String, Trouble> {
    let told = format!(
        "{} has registered a key for {}.\nDevice {}\nKey {}",
        plain::line(&app.description().name),
        plain::line(&registered.username),
        plain::line(&registered.device),
        registered.key.key_id,
    );
    match app.create_target(&registered.device_token.value, push).await {
        Ok(_) => Ok(format!("{told}\nNext: cargo phone uaf pending")),
        Err(error) => Err(Trouble::new(
            format!("{} has registered its key, but has no dispatch target: {error}.", registered.username),
            "`cargo phone uaf login <username>` makes up for it.",
        )),
    }
}

async fn authenticate(app: &mut UafApp, link: &AppLink, answer: Answer) -> Result<String, Trouble> {
    if answer.decline {
        return decline(app, &link.transaction_id, answer).await;
    }
    match app.authenticate(link, &|question| answer.says_yes(question)).await {
        Ok(done) => {
            complete_target(app, done.device_token.as_ref()).await?;
            Ok(match done.shown {
                Some(text) => format!("Signed: {}", plain::line(&text)),
                None => "Authenticated.".to_owned(),
            })
        }
        Err(UafError::NotConfirmed) if app.account().is_ok_and(|account| account.target.is_some()) => {
            decline(app, &link.transaction_id, answer).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn decline(app: &UafApp, transaction_id: &str, answer: Answer) -> Result<String, Trouble> {
    let reason = if answer.not_me { DeclineReason::NotMe } else { DeclineReason::Cancelled };
    app.decline(transaction_id, reason).await?;
    Ok(format!("Declined ({}).", reason.name()))
}

async fn login(app: &mut UafApp, username: &str, app_space: Option<String>) -> Result<String, Trouble> {
    let known = app.wallet().account(app.service().url(), Some(username));
    let app_space = app_space.or_else(|| known.map(|account| account.app_space.clone()));
    let done = app.login(username, app_space.as_deref()).await?;
    let token = done.transaction_token.ok_or_else(|| {
        Trouble::new("The service gave no transaction token.", "Tell whoever runs the service.")
    })?;
    complete_target(app, done.device_token.as_ref()).await?;
    Ok(format!(
        "Authenticated as {}. The transaction token, for the backend to introspect:\n\n{}",
        plain::line(username),
        plain::line(&token.value),
    ))
}

/// Makes up for a dispatch target that the registration could not make.
async fn complete_target(app: &mut UafApp, device_token: Option<&Token>) -> Result<(), Trouble> {
    if let Some(token) = device_token.filter(|token| app.lacks_target(&token.value)) {
        app.create_target(&token.value, &Push::default()).await?;
    }
    Ok(())
}

async fn pending(app: &mut UafApp, answer: Answer) -> Result<String, Trouble> {
    let operations = app.pending().await?;
    if operations.is_empty() {
        return Ok("Nothing waits for an answer.".to_owned());
    }
    let mut lines = Vec::new();
    for operation in &operations {
        let what = match (&operation.link, answer.yes || answer.decline) {
            (Some(link), true) => authenticate(app, link, answer).await?,
            (None, true) => {
                app.deregister().await?;
                "The service has revoked the key; it is forgotten.".to_owned()
            }
            (_, false) => waiting(operation),
        };
        lines.push(format!("{}  {what}", plain::line(&operation.transaction_id)));
    }
    if !(answer.yes || answer.decline) {
        lines.push("Next: cargo phone uaf pending --yes or --decline".to_owned());
    }
    Ok(lines.join("\n"))
}

fn waiting(operation: &Pending) -> String {
    let what = match (&operation.link, &operation.message) {
        (None, _) => "The service has revoked the key.".to_owned(),
        (Some(_), Some(message)) => plain::cut(message, 40),
        (Some(_), None) => "To authenticate.".to_owned(),
    };
    let until = operation.expires_at.as_deref().map(|at| format!("  until {}", plain::line(at)));
    format!("{what}{}", until.unwrap_or_default())
}
