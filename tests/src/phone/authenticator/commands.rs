//! What each command of `cargo phone authenticator` does. Each gives the text to print.

use std::io::stdin;
use std::path::Path;
use std::sync::Arc;

use countersign_crypto::system::SystemRandom;
use countersign_domain::device::Platform;
use countersign_domain::time::Clock;

use super::cli::{Authenticator, AuthenticatorCommand, Told};
use super::show;
use crate::authenticator::key::KeyPair;
use crate::authenticator::{
    ActionLink, ApiVersion, App, AppError, Authorization, ConnectLink, Connecting, Connection, Decided,
    Installation, PendingConnection, Status,
};
use crate::device::error::CallError;
use crate::phone::state::StoredAuthenticator;
use crate::phone::trouble::Trouble;
use crate::phone::{file, piped};
use crate::plain;

/// Does what is wanted.
pub(crate) async fn run(
    path: &Path,
    clock: Arc<dyn Clock>,
    wanted: Authenticator,
) -> Result<String, Trouble> {
    let kept = file::read(path)?.authenticator.unwrap_or_default();
    let command = match wanted.command {
        AuthenticatorCommand::Connect { link, platform, push_token } => {
            let link = piped::link(link, stdin())?;
            // Before anything is used up it must be sure that the key can be kept.
            file::update(path, |_| ())?;
            return match kept.pending.filter(|pending| link.starts_with(&pending.return_url)) {
                Some(pending) => finish(path, pending, &link),
                None => connect(path, clock, &link, platform, push_token).await,
            };
        }
        command => command,
    };
    let app = App::new(chosen(kept, wanted.connection.as_deref())?, clock)?;
    run_on(app, path, command).await
}

/// The connection of this id, or the last one.
fn chosen(kept: StoredAuthenticator, wanted: Option<&str>) -> Result<Connection, Trouble> {
    let ids: Vec<_> = kept.connections.iter().map(|connection| connection.id.clone()).collect();
    let found = kept.connections.into_iter().rfind(|one| wanted.is_none_or(|wanted| one.id == wanted));
    found.ok_or_else(|| match wanted {
        Some(_) if !ids.is_empty() => {
            Trouble::new("This app has no such connection.", format!("It has: {}.", ids.join(", ")))
        }
        _ => Trouble::new(
            "This app is not connected yet.",
            "Begin with `cargo phone authenticator connect <link>`.",
        ),
    })
}

async fn connect(
    path: &Path,
    clock: Arc<dyn Clock>,
    link: &str,
    platform: Platform,
    push_token: Option<String>,
) -> Result<String, Trouble> {
    let link = ConnectLink::parse(link).map_err(AppError::from)?;
    let mut phone = Installation::new(clock);
    (phone.platform, phone.push_token) = (platform, push_token);
    let key = KeyPair::generate(&SystemRandom).map_err(AppError::from)?;
    let connecting = match phone.connect_with(&link, key.clone()).await {
        // The connection may exist already, with only its reply lost: the same key gets the same answer.
        Err(AppError::Call(CallError::Unreachable(_))) => phone.connect_with(&link, key).await,
        result => result,
    };
    match connecting? {
        Connecting::Connected(connection) => keep(path, *connection),
        Connecting::Login(pending) => {
            let told = show::login(&pending);
            file::update(path, |state| {
                // All logins lead back to the same place, so that only the last can be told by it.
                state.authenticator.get_or_insert_default().pending = Some(*pending);
            })?;
            Ok(told)
        }
    }
}

fn finish(path: &Path, pending: PendingConnection, redirect: &str) -> Result<String, Trouble> {
    let over = || file::update(path, |state| state.authenticator.get_or_insert_default().pending = None);
    let connection = match pending.finish(redirect) {
        Err(error @ AppError::LoginFailed { .. }) => {
            over()?;
            return Err(error.into());
        }
        result => result?,
    };
    over()?;
    keep(path, connection)
}

fn keep(path: &Path, connection: Connection) -> Result<String, Trouble> {
    let told = show::connected(&connection);
    file::update(path, |state| {
        let kept = state.authenticator.get_or_insert_default();
        kept.connections.retain(|known| !same(known, &connection));
        kept.connections.push(connection);
    })?;
    Ok(told)
}

fn same(one: &Connection, other: &Connection) -> bool {
    one.id == other.id && one.provider.service_url == other.provider.service_url
}

async fn run_on(mut app: App, path: &Path, command: AuthenticatorCommand) -> Result<String, Trouble> {
    match command {
        AuthenticatorCommand::List => Ok(show::list(&app.list().await?, app.now())),
        AuthenticatorCommand::Show { id } => {
            let found = the_one(&app, id).await?;
            Ok(show::authorization(&found, &app.connection().provider.provider_name, app.now()))
        }
        AuthenticatorCommand::Confirm { id, told } => decide(&mut app, id, told, true).await,
        AuthenticatorCommand::Deny { id, told } => decide(&mut app, id, told, false).await,
        AuthenticatorCommand::Scan { link } => scan(&app, link).await,
        AuthenticatorCommand::Consents => Ok(show::consents(&app.consents().await?)),
        AuthenticatorCommand::RevokeConsent { id } => {
            app.revoke_consent(&id).await?;
            Ok(format!("The consent {} is taken back.", plain::line(&id)))
        }
        AuthenticatorCommand::Disconnect => disconnect(app, path).await,
        AuthenticatorCommand::Connect { .. } => Err(Trouble::new("This app is connected already.", "")),
    }
}

/// The authorization that is named, or the only one that waits.
async fn the_one(app: &App, id: Option<String>) -> Result<Authorization, Trouble> {
    if let Some(id) = id {
        return Ok(app.get(&id).await?);
    }
    let mut waiting = app.list().await?;
    waiting.retain(|one| one.status == Status::Pending);
    match (waiting.pop(), waiting.len()) {
        (Some(one), 0) => Ok(one),
        (None, _) => Err(Trouble::new("Nothing waits for an answer.", "Ask for something first.")),
        (Some(_), others) => Err(Trouble::new(
            format!("{} authorizations wait for an answer.", others + 1),
            "Say which: `cargo phone authenticator list` lists their ids.",
        )),
    }
}

async fn decide(app: &mut App, id: Option<String>, told: Told, confirm: bool) -> Result<String, Trouble> {
    if app.connection().provider.geolocation_required && told.geolocation.is_none() {
        return Err(Trouble::new(
            "The provider wants to know where the phone is.",
            "Give the command again with --geolocation, e.g. 'GEO:52.506931;13.144558'.",
        ));
    }
    app.geolocation = told.geolocation;
    app.authorization_type = Some(told.by.name().to_owned());
    let asked = the_one(app, id).await?;
    let decided = if confirm { app.confirm(&asked).await? } else { app.deny(&asked).await? };
    let title = plain::cut(&asked.title, 60);
    match decided {
        Decided::V1(true) => Ok(format!("{}: {title}", if confirm { "Confirmed" } else { "Denied" })),
        Decided::V1(false) => Err(Trouble::new(
            "The service did not take the decision: its code is not that of what is asked.",
            "Look at it with `cargo phone authenticator show`, and give the command again.",
        )),
        Decided::V2(status) => Ok(format!("{}: {title}", show::status(status))),
    }
}

async fn scan(app: &App, link: String) -> Result<String, Trouble> {
    let member = match app.version() {
        ApiVersion::V1 => "/actionUriV1",
        ApiVersion::V2 => "/actionUriV2",
    };
    let link = ActionLink::parse(&piped::member(link, &[member], stdin())?).map_err(AppError::from)?;
    let scanned = app.scan(&link).await?;
    Ok(match scanned.authorization_id {
        Some(id) => format!("Scanned.\nNext: cargo phone authenticator confirm {}", plain::line(&id)),
        None => "Scanned. Nothing more is asked.".to_owned(),
    })
}

async fn disconnect(app: App, path: &Path) -> Result<String, Trouble> {
    let told = match app.revoke().await {
        Ok(()) => "The connection is revoked and its key forgotten.",
        // An app gives up a connection that the service knows no more.
        Err(error) if error.error_class() == Some("ConnectionNotFound") => {
            "The service knew the connection no more. Its key is forgotten."
        }
        Err(error) => return Err(error.into()),
    };
    let gone = app.into_connection();
    file::update(path, |state| {
        state.authenticator.get_or_insert_default().connections.retain(|known| !same(known, &gone));
    })?;
    Ok(told.to_owned())
}
