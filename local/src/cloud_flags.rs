//! `--app-link`, `--facet`, `--authenticator`, `--server-end-point`, `--rp-id`, `--web-origin`: what an App Space sets for the Cloud API.

use std::path::PathBuf;

use clap::Args;
use countersign_domain::app_space::AppSpace;
use countersign_domain::changes::Changes;
use countersign_domain::cloud_settings::CloudSettings;
use countersign_domain::outbound_url::Loopback;
use countersign_lambda::setup::cloud::{CloudChange, RelyingPartyChange};
use serde_json::Value;

#[derive(Args)]
pub(crate) struct CloudFlags {
    /// The link that opens the app, e.g. https://app.example.com/open
    #[arg(long)]
    app_link: Option<String>,
    /// A facet that may speak UAF for the app, e.g. ios:bundle-id:com.example.app; may be given several times
    #[arg(long)]
    facet: Vec<String>,
    /// A file with the FIDO metadata statement of a UAF authenticator that may be registered; may be given several times
    #[arg(long, value_name = "FILE")]
    authenticator: Vec<PathBuf>,
    /// The hash of a certificate that TLS may end with, base64url; UAF clients that saw another are refused; may be given
    /// several times
    #[arg(long, value_name = "HASH")]
    server_end_point: Vec<String>,
    /// The domain for which WebAuthn credentials are made
    #[arg(long, requires = "web_origin")]
    rp_id: Option<String>,
    /// An origin whose pages may use them, e.g. https://www.example.com; may be given several times
    #[arg(long)]
    web_origin: Vec<String>,
}

impl CloudFlags {
    /// The settings of `app_space`.
    pub(crate) fn settings(self, app_space: &AppSpace) -> Result<CloudSettings, String> {
        let origins = self.web_origin;
        let wanted = CloudChange {
            app_link: Some(self.app_link),
            facets: Some(self.facet),
            authenticators: Some(self.authenticator.iter().map(statement).collect::<Result<_, _>>()?),
            server_end_points: Some(self.server_end_point),
            relying_party: Some(self.rp_id.map(|id| RelyingPartyChange { id, name: None, origins })),
        };
        let mut settings = CloudSettings::new(app_space.id);
        let applied =
            wanted.apply(&app_space.name, Loopback::Refused, &mut settings, &mut Changes::default());
        applied.map_err(|error| error.to_string())?;
        Ok(settings)
    }
}

fn statement(file: &PathBuf) -> Result<Value, String> {
    let shown = file.display();
    let text = std::fs::read_to_string(file).map_err(|error| format!("{shown} cannot be read: {error}"))?;
    Ok(Value::String(text))
}
