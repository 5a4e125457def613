//! What a first start makes: a company, an App Space, two Request Origins, and how to reach them.

use std::path::Path;

use aws_sdk_sns::error::DisplayErrorContext;
use countersign_authenticator::uaf::{PHONE_FACET, metadata_statement};
use countersign_domain::app_space::{AppProtocol, AppSpace, PushPlatforms};
use countersign_domain::callback::{CallbackKind, CallbackRule};
use countersign_domain::cloud_settings::{CloudSettings, RelyingParty};
use countersign_domain::company::Company;
use countersign_domain::id::{AppSpaceId, CompanyId};
use countersign_lambda::App;
use countersign_lambda::setup::company_key;
use countersign_lambda::setup::origin_keys::KeyType;
use countersign_store::Write;
use serde::{Deserialize, Serialize};

use crate::demo_admin::DemoAdmin;
use crate::demo_authenticator::{DemoAuthenticator, demo_authenticator, provider_key};
use crate::provision::{self, NewOrigin, Provisioned};

/// Where `cargo listen` waits for callbacks.
pub const LISTENER: &str = "127.0.0.1:4100";

/// The file of a data folder that says what was made.
pub const FILE: &str = "demo.json";

/// The demo as scripts read it: `.local/demo.json`. It holds keys, of this machine's demo only.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Demo {
    /// Where the APIs are.
    pub base_url: String,
    /// Where the public keys are.
    pub jwks_url: String,
    /// Where AWS answers from this machine; embedded, its port may change from start to start.
    pub aws_endpoint_url: Option<String>,
    /// What the functions must be told to use the same table and secrets.
    pub environment: std::collections::BTreeMap<String, String>,
    /// The company; none in a demo of an older version.
    #[serde(default)]
    pub company: Option<DemoCompany>,
    /// The App Space.
    pub app_space: DemoAppSpace,
    /// How apps of the Authenticator API reach it.
    pub authenticator: DemoAuthenticator,
    /// Who administers its company; none in a demo of an older version.
    #[serde(default)]
    pub admin: Option<DemoAdmin>,
    /// Its Request Origins: one by Basic, one by HMAC.
    pub origins: Vec<DemoOrigin>,
}

/// See [`Demo::company`].
#[derive(Clone, Serialize, Deserialize)]
pub struct DemoCompany {
    /// Its id.
    pub guid: String,
    /// Its name.
    pub name: String,
    /// Its provisioning key.
    pub key: String,
}

/// See [`Demo::app_space`].
#[derive(Clone, Serialize, Deserialize)]
pub struct DemoAppSpace {
    /// Its id.
    pub guid: String,
    /// Its name.
    pub name: String,
}

/// See [`Demo::origins`].
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DemoOrigin {
    /// Its name.
    pub name: String,
    /// Its id: the user name of Basic authentication.
    pub guid: String,
    /// `basic` or `hmac`.
    pub key_type: String,
    /// The password or HMAC secret.
    pub key: String,
    /// What signs its webhooks.
    pub webhook_secret: String,
    /// What it calls the Cloud API with.
    pub access_key: String,
    /// A callback that its whitelist has.
    pub callback: String,
}

/// The demo could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DemoFailed {
    /// A rule, the table or the keys refused it.
    #[error("the demo cannot be made: {0}")]
    Refused(String),
    /// The file could not be read or written.
    #[error("{0}")]
    File(String),
}

impl DemoFailed {
    pub(crate) fn no_app_space() -> Self {
        Self::File(format!("{FILE} names no App Space; start with --fresh"))
    }
}

pub(crate) fn refused(error: impl std::fmt::Display) -> DemoFailed {
    DemoFailed::Refused(error.to_string())
}

impl Demo {
    /// Makes the demo in the app's table. `callbacks` are whitelist entries beside that of `cargo listen`.
    pub async fn seed(
        app: &App,
        sns: &aws_sdk_sns::Client,
        base_url: &str,
        callbacks: &[String],
    ) -> Result<Self, DemoFailed> {
        let (now, random) = (app.now(), app.random());
        let company = Company::new(CompanyId::new(now, random), "Demo Company".into(), None, now);
        let keyed = company_key::with_key(app, company).await;
        let (company, company_key) = keyed.map_err(|_| refused("its provisioning key cannot be kept"))?;
        let app_protocol = AppProtocol::parse("appProtocol", "demobank").map_err(refused)?;
        let app_space = AppSpace::new(AppSpaceId::new(random), company.id, "Demo Bank".into(), app_protocol);
        let app_space = AppSpace { push: push_platforms(sns).await?, ..app_space };
        let sealing = app.keys.sealing().await.map_err(refused)?;
        let rules = whitelist(callbacks)?;
        let signing = app.keys.signing().await.map_err(refused)?;
        let origins =
            [("Demo Shop", KeyType::Basic), ("Demo Backend", KeyType::Hmac)].map(|(name, key_type)| {
                let origin = NewOrigin { name: name.into(), key_type, callbacks: rules.clone() };
                origin.provision(app, Some(&signing), &sealing, &app_space).map(|made| (made, key_type))
            });
        let origins: Vec<_> = origins.into_iter().collect::<Result<_, _>>().map_err(refused)?;
        let (origins, key_types): (Vec<_>, Vec<_>) = origins.into_iter().unzip();
        let cloud = cloud_settings(base_url, app_space.id);
        let key = provider_key()?;
        let authenticator = demo_authenticator().provision(app, &sealing, &app_space, key);
        let authenticator = authenticator.map_err(|_| refused("its provider key cannot be kept"))?;
        let written = provision::write(app, &company, &app_space, &cloud, Some(&authenticator), &origins);
        written.await.map_err(refused)?;
        let (administrator, admin) = DemoAdmin::new(app, &company);
        let write = Write::new().insert("administrator", &administrator).map_err(refused)?;
        app.store.write(write).await.map_err(refused)?;
        let settings = &app.settings;
        let environment = [
            ("TABLE_NAME", settings.table.clone()),
            ("SIGNING_KEYS_SECRET", settings.signing_keys_secret.clone()),
            ("SEALING_KEYS_SECRET", settings.sealing_keys_secret.clone()),
            ("PUBLIC_URL", base_url.to_owned()),
            ("ALLOW_LOOPBACK_CALLBACKS", "true".into()),
            ("DEFAULT_APP_SPACE", app_space.id.to_string()),
        ];
        Ok(Self {
            base_url: base_url.to_owned(),
            jwks_url: format!("{base_url}/.well-known/jwks.json"),
            aws_endpoint_url: None,
            environment: environment.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            authenticator: DemoAuthenticator::of(base_url, app_space.id.tenant(), key.public().to_pem()),
            admin: Some(admin),
            company: Some(DemoCompany {
                guid: company.id.to_string(),
                name: company.name,
                key: company_key.expose().clone(),
            }),
            app_space: DemoAppSpace { guid: app_space.id.to_string(), name: app_space.name },
            origins: origins
                .iter()
                .zip(key_types)
                .map(|(origin, key_type)| DemoOrigin::of(origin, key_type))
                .collect(),
        })
    }

    /// Reads what a former start wrote, if there was one.
    pub fn read(data: &Path) -> Result<Option<Self>, DemoFailed> {
        let file = data.join(FILE);
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(DemoFailed::File(format!("{} cannot be read: {error}", file.display())));
            }
        };
        let demo = serde_json::from_str(&text);
        demo.map(Some)
            .map_err(|_| DemoFailed::File(format!("{} is damaged; start with --fresh", file.display())))
    }

    /// Writes it for scripts: `demo.json`, and `demo.env` for shells; readable by their owner only.
    pub fn write(&self, data: &Path) -> Result<(), DemoFailed> {
        let json = serde_json::to_string_pretty(self).map_err(refused)?;
        write(&data.join(FILE), &json)?;
        write(&data.join("demo.env"), &self.environment_file())
    }

    /// What the commands of the README take: `. .local/demo.env`.
    fn environment_file(&self) -> String {
        let basic = self.origins.iter().find(|origin| origin.key_type == "basic");
        let basic = basic.map(|origin| {
            let DemoOrigin { guid, key, callback, access_key, .. } = origin;
            format!("ORIGIN='{guid}:{key}'\nCALLBACK='{callback}'\nACCESS_KEY='{access_key}'\n")
        });
        let link = self.admin.as_ref().and_then(|admin| admin.link.as_ref());
        let link = link.map(|link| format!("ADMIN_LINK='{link}'\n")).unwrap_or_default();
        let DemoAuthenticator { configuration_v1, configuration_v2, .. } = &self.authenticator;
        let company = self.company.as_ref();
        let company = company
            .map(|DemoCompany { guid, key, .. }| format!("COMPANY='{guid}'\nCOMPANY_KEY='{key}'\n"))
            .unwrap_or_default();
        format!(
            "BASE_URL='{}'\n{}{company}{link}AUTHENTICATOR_V1='{configuration_v1}'\nAUTHENTICATOR_V2='{configuration_v2}'\n",
            self.base_url,
            basic.unwrap_or_default()
        )
    }

    /// The same demo under another address: port and public URL may change from start to start.
    pub fn at(mut self, base_url: &str) -> Self {
        self.base_url = base_url.to_owned();
        self.jwks_url = format!("{base_url}/.well-known/jwks.json");
        self.authenticator = self.authenticator.at(base_url);
        self.environment.insert("PUBLIC_URL".into(), base_url.to_owned());
        self
    }
}

fn write(file: &Path, text: &str) -> Result<(), DemoFailed> {
    let failed =
        |error: std::io::Error| DemoFailed::File(format!("{} cannot be written: {error}", file.display()));
    let fresh = file.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut open = options.open(&fresh).map_err(failed)?;
    std::io::Write::write_all(&mut open, text.as_bytes()).map_err(failed)?;
    std::fs::rename(&fresh, file).map_err(failed)
}

/// The demo's app speaks UAF as `cargo phone` does, and web pages of this address speak WebAuthn.
fn cloud_settings(base_url: &str, app_space: AppSpaceId) -> CloudSettings {
    CloudSettings {
        facets: vec![PHONE_FACET.into()],
        authenticators: vec![metadata_statement().to_string()],
        relying_party: Some(RelyingParty {
            id: "localhost".into(),
            name: "Demo Bank".into(),
            origins: vec![base_url.to_owned(), "http://localhost".into()],
        }),
        ..CloudSettings::new(app_space)
    }
}

/// The demo's app for both platforms. The stand-in for SNS asks for no certificate of Apple or Google.
async fn push_platforms(sns: &aws_sdk_sns::Client) -> Result<PushPlatforms, DemoFailed> {
    let mut arns = Vec::new();
    for platform in ["GCM", "APNS_SANDBOX"] {
        let made = sns
            .create_platform_application()
            .name("countersign-demo")
            .platform(platform)
            .attributes("PlatformCredential", "demo")
            .attributes("PlatformPrincipal", "demo")
            .send()
            .await
            .map_err(|error| refused(DisplayErrorContext(error)))?;
        arns.push(made.platform_application_arn);
    }
    let ios = arns.pop().flatten();
    Ok(PushPlatforms { android: arns.pop().flatten(), ios })
}

fn whitelist(callbacks: &[String]) -> Result<Vec<CallbackRule>, DemoFailed> {
    let listener = format!("{LISTENER}/{{*}}");
    let results = std::iter::once(listener.as_str()).chain(callbacks.iter().map(String::as_str));
    let rules = results.map(|rule| (CallbackKind::Result, rule));
    // Pages of this machine, whatever serves them.
    let rules = rules.chain([(CallbackKind::Webauthn, "localhost")]);
    rules.map(|(kind, rule)| CallbackRule::parse("callback", kind, rule).map_err(refused)).collect()
}

impl DemoOrigin {
    fn of(provisioned: &Provisioned, key_type: KeyType) -> Self {
        Self {
            name: provisioned.origin.name.clone(),
            guid: provisioned.origin.id.to_string(),
            key_type: key_type.to_string(),
            key: provisioned.key.expose().clone(),
            webhook_secret: provisioned.webhook_secret.expose().clone(),
            access_key: provisioned.access_key.as_ref().map(|key| key.expose().clone()).unwrap_or_default(),
            callback: format!("http://{LISTENER}/callback"),
        }
    }
}
