//! `cargo local idp`: the identity provider of an App Space in a deployed stack, with the AWS credentials and region of
//! whoever runs it.

use std::sync::Arc;

use aws_config::BehaviorVersion;
use clap::{Args, Subcommand};
use countersign_domain::id::AppSpaceId;
use countersign_domain::outbound_url::Loopback;
use countersign_lambda::App;
use countersign_lambda::settings::Settings;
use countersign_local::clock::SystemClock;
use countersign_local::identity_provider::{self, Wanted};

use crate::idp_flags::IdpFlags;

#[derive(Subcommand)]
pub(crate) enum IdpCommand {
    /// Set it, or change it: in use from the next call on
    Set(Box<Set>),
    /// Remove it: Request Origins bind the users
    Remove(Where),
}

#[derive(Args)]
pub(crate) struct Where {
    /// The stack's table: output `TableName`
    #[arg(long)]
    table: String,
    /// The App Space's GUID
    #[arg(long)]
    app_space: AppSpaceId,
}

#[derive(Args)]
pub(crate) struct Set {
    #[command(flatten)]
    place: Where,
    /// The stack's secret with the sealing keys: output `SealingKeysSecretArn`
    #[arg(long)]
    sealing_keys_secret: String,
    /// Let the provider be on this machine, over plain HTTP too: for local use only
    #[arg(long, env = "ALLOW_LOOPBACK_CALLBACKS")]
    allow_loopback: bool,
    #[command(flatten)]
    flags: IdpFlags,
}

/// Carries it out, and says so.
pub(crate) async fn run(command: IdpCommand) -> Result<(), String> {
    let told = |error: identity_provider::NotSet| error.to_string();
    match command {
        IdpCommand::Set(set) => {
            let Set { place, sealing_keys_secret, allow_loopback, flags } = *set;
            let Wanted::Provider(chosen) = flags.wanted()? else {
                return Err("--idp oidc or --idp oauth2 is missing".into());
            };
            if chosen.client_secret.is_none() {
                println!("Without --idp-client-secret this service is a public client there.");
            }
            let loopback = if allow_loopback { Loopback::Allowed } else { Loopback::Refused };
            let app = app(place.table, sealing_keys_secret, loopback).await;
            identity_provider::set(&app, place.app_space, *chosen).await.map_err(told)?;
            println!("Users of App Space {} log in at their identity provider from now on.", place.app_space);
        }
        IdpCommand::Remove(place) => {
            let app = app(place.table, String::new(), Loopback::Refused).await;
            identity_provider::remove(&app, place.app_space).await.map_err(told)?;
            println!("Users of App Space {} are bound by its Request Origins from now on.", place.app_space);
        }
    }
    Ok(())
}

/// The app of somebody who signs nothing.
pub(crate) async fn app(table: String, sealing_keys_secret: String, loopback: Loopback) -> App {
    over(settings(table, sealing_keys_secret, loopback)).await
}

/// The settings of somebody who signs nothing.
pub(crate) fn settings(table: String, sealing_keys_secret: String, loopback: Loopback) -> Settings {
    Settings {
        table,
        signing_keys_secret: String::new(),
        sealing_keys_secret,
        public_url: None,
        loopback,
        default_app_space: None,
    }
}

/// The app with these settings, and the AWS credentials and region of whoever runs it.
pub(crate) async fn over(settings: Settings) -> App {
    let aws = aws_config::defaults(BehaviorVersion::latest()).load().await;
    App::new(settings, &aws, Arc::new(SystemClock))
}
