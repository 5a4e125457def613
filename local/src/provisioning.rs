//! `cargo local provision`: an App Space with its first Request Origin in a deployed stack, with the AWS credentials and
//! region of whoever runs it.

use clap::Args;
use countersign_domain::app_space::{AppProtocol, AppSpace, Company, Policy, PushPlatforms};
use countersign_domain::callback::{CallbackKind, CallbackRule};

use countersign_domain::id::{AppSpaceId, CompanyId};
use countersign_domain::outbound_url::Loopback;
use countersign_domain::text;
use countersign_local::provision::{self, KeyType, NewOrigin};

use crate::idp_command;

#[derive(Args)]
pub(crate) struct Provision {
    /// The stack's table: output `TableName`
    #[arg(long)]
    table: String,
    /// The stack's secret with the sealing keys: output `SealingKeysSecretArn`
    #[arg(long)]
    sealing_keys_secret: String,
    /// The company's name
    #[arg(long)]
    company: String,
    /// The App Space's name, as users see it
    #[arg(long)]
    app_space: String,
    /// The URL scheme that opens the app
    #[arg(long)]
    app_protocol: String,
    /// ARN of the SNS platform application for Firebase
    #[arg(long)]
    android_application: Option<String>,
    /// ARN of the SNS platform application for APNs
    #[arg(long)]
    ios_application: Option<String>,
    /// The Request Origin's name
    #[arg(long)]
    origin: String,
    /// basic or hmac
    #[arg(long, default_value = "basic")]
    key_type: KeyType,
    /// A whitelist entry for callbacks, e.g. shop.example.com/api/{*}/callback; may be given several times
    #[arg(long)]
    callback: Vec<String>,
}

/// Makes it, and prints the keys: the only time that they are seen.
pub(crate) async fn run(wanted: Provision) -> Result<(), String> {
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let callbacks =
        wanted.callback.iter().map(|rule| CallbackRule::parse("--callback", CallbackKind::Result, rule));
    let callbacks: Vec<CallbackRule> = callbacks.collect::<Result<_, _>>().map_err(|error| told(&error))?;
    let app_protocol =
        AppProtocol::parse("--app-protocol", &wanted.app_protocol).map_err(|error| told(&error))?;
    let name = |field, value| text::line(field, value, 100).map_err(|error| told(&error));

    let app = idp_command::app(wanted.table, wanted.sealing_keys_secret, Loopback::Refused).await;
    let sealing = app.keys.sealing().await.map_err(|error| told(&error))?;

    let company =
        Company { id: CompanyId::new(app.now(), app.random()), name: name("--company", wanted.company)? };
    let app_space = AppSpace {
        id: AppSpaceId::new(app.random()),
        company: company.id,
        name: name("--app-space", wanted.app_space)?,
        app_protocol,
        identity_provider: None,
        push: PushPlatforms { android: wanted.android_application, ios: wanted.ios_application },
        policy: Policy::default(),
    };
    let origin = NewOrigin { name: name("--origin", wanted.origin)?, key_type: wanted.key_type, callbacks };
    let made = [origin.provision(&app, &sealing, &app_space)];
    provision::write(&app, &company, &app_space, &made).await.map_err(|error| told(&error))?;
    let [made] = made;
    println!("App Space       {}  {}", app_space.name, app_space.id);
    println!("Request Origin  {}  {}", made.origin.name, made.origin.id);
    println!("{} key       {}", wanted.key_type, made.key.expose());
    println!("webhook secret  {}", made.webhook_secret.expose());
    println!("Keep both: neither can be shown again.");
    Ok(())
}
