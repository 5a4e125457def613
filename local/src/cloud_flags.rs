//! `--app-link`, `--facet`, `--authenticator`, `--server-end-point`, `--rp-id`, `--web-origin`: what an App Space sets for the Cloud API.

use std::path::PathBuf;

use clap::Args;
use countersign_domain::app_space::AppSpace;
use countersign_domain::cloud_settings::{CloudSettings, RelyingParty};
use countersign_uaf::metadata::Statement;

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
        if self.app_link.as_ref().is_some_and(|link| !link.starts_with("https://")) {
            return Err("--app-link must begin with https://".into());
        }
        let name = app_space.name.clone();
        Ok(CloudSettings {
            app_space: app_space.id,
            app_link: self.app_link,
            facets: self.facet,
            authenticators: self.authenticator.iter().map(statement).collect::<Result<_, _>>()?,
            server_end_points: self.server_end_point,
            relying_party: self.rp_id.map(|id| RelyingParty { id, name, origins: self.web_origin }),
        })
    }
}

fn statement(file: &PathBuf) -> Result<String, String> {
    let shown = file.display();
    let text = std::fs::read_to_string(file).map_err(|error| format!("{shown} cannot be read: {error}"))?;
    serde_json::from_str::<Statement>(&text)
        .map_err(|error| format!("{shown} is not a metadata statement for UAF: {error}"))?;
    Ok(text)
}
