//! `cargo local provision`: an App Space with its first Request Origin in a deployed stack, with the AWS credentials and
//! region of whoever runs it.

use clap::Args;
use countersign_crypto::authenticator::ProviderKey;
use countersign_domain::app_space::{AppProtocol, AppSpace, PushPlatforms};
use countersign_domain::callback::{CallbackKind, CallbackRule};
use countersign_domain::company::Company;
use countersign_domain::id::{AppSpaceId, CompanyId};
use countersign_domain::outbound_url::Loopback;
use countersign_domain::text;
use countersign_lambda::settings::Settings;
use countersign_lambda::setup::origin_keys::KeyType;
use countersign_local::provision::{self, NewOrigin};

use crate::authenticator_flags::AuthenticatorFlags;
use crate::cloud_flags::CloudFlags;
use crate::idp_command;

#[derive(Args)]
pub(crate) struct Provision {
    /// The stack's table: output `TableName`
    #[arg(long)]
    table: String,
    /// The stack's secret with the sealing keys: output `SealingKeysSecretArn`
    #[arg(long)]
    sealing_keys_secret: String,
    /// The stack's secret with the signing keys, output `SigningKeysSecretArn`: the Request Origin gets an access key for
    /// the Cloud API as well
    #[arg(long, requires = "public_url")]
    signing_keys_secret: Option<String>,
    /// Where callers reach the stack: output `ApiUrl`
    #[arg(long)]
    public_url: Option<String>,
    #[command(flatten)]
    cloud: CloudFlags,
    #[command(flatten)]
    authenticator: AuthenticatorFlags,
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
    #[arg(long, default_value = "basic", value_parser = key_type)]
    key_type: KeyType,
    /// A whitelist entry for callbacks, e.g. shop.example.com/api/{*}/callback; may be given several times
    #[arg(long)]
    callback: Vec<String>,
}

fn key_type(text: &str) -> Result<KeyType, String> {
    KeyType::parse("--key-type", text).map_err(|error| error.to_string())
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

    let authenticator = wanted.authenticator.wanted()?;

    let settings = Settings {
        table: wanted.table,
        signing_keys_secret: wanted.signing_keys_secret.clone().unwrap_or_default(),
        sealing_keys_secret: wanted.sealing_keys_secret,
        public_url: wanted.public_url,
        loopback: Loopback::Refused,
        default_app_space: None,
    };
    let app = idp_command::over(settings).await;
    let sealing = app.keys.sealing().await.map_err(|error| told(&error))?;
    let signing = match wanted.signing_keys_secret {
        Some(_) => Some(app.keys.signing().await.map_err(|error| told(&error))?),
        None => None,
    };

    let id = CompanyId::new(app.now(), app.random());
    let company = Company::new(id, name("--company", wanted.company)?, None, app.now());
    let name_of_app_space = name("--app-space", wanted.app_space)?;
    let id = AppSpaceId::new(app.random());
    let app_space = AppSpace::new(id, company.id, name_of_app_space, app_protocol);
    let push = PushPlatforms { android: wanted.android_application, ios: wanted.ios_application };
    let app_space = AppSpace { push, ..app_space };
    let origin = NewOrigin { name: name("--origin", wanted.origin)?, key_type: wanted.key_type, callbacks };
    let made = origin.provision(&app, signing.as_deref(), &sealing, &app_space);
    let made = [made.map_err(|error| told(&error))?];
    let cloud = wanted.cloud.settings(&app_space)?;
    let authenticator = match authenticator {
        Some(wanted) => {
            let key = ProviderKey::generate().map_err(|error| told(&error))?;
            let made = wanted.provision(&app, &sealing, &app_space, &key);
            Some(made.map_err(|refusal| refusal.tell().body.message)?)
        }
        None => None,
    };
    let written = provision::write(&app, &company, &app_space, &cloud, authenticator.as_ref(), &made).await;
    written.map_err(|error| told(&error))?;
    let [made] = made;
    println!("App Space       {}  {}", app_space.name, app_space.id);
    if authenticator.is_some() {
        let tenant = app_space.id.tenant();
        println!("Provider        {}  code {tenant}", tenant.number());
    }
    println!("Request Origin  {}  {}", made.origin.name, made.origin.id);
    println!("{} key       {}", wanted.key_type, made.key.expose());
    println!("webhook secret  {}", made.webhook_secret.expose());
    if let Some(key) = &made.access_key {
        println!("access key      {}", key.expose());
    }
    println!("Keep them: none can be shown again.");
    Ok(())
}
