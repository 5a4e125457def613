//! `cargo phone login`: begins a login at the identity provider of an App Space.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use countersign_crypto::jwk::Algorithm;
use countersign_crypto::system::SystemRandom;
use countersign_domain::id::AppSpaceId;
use countersign_domain::time::{Clock, Span};

use super::cli::algorithm;
use super::demo::{self, Demo};
use super::state::PendingLogin;
use super::trouble::Trouble;
use super::{file, show};
use crate::device::error::{CallError, ErrorCode};
use crate::device::keys::DeviceKeys;
use crate::device::link::FailedLogin;
use crate::device::login;
use crate::device::service::Service;
use crate::device::service_url::ServiceUrl;
use crate::plain;

/// Where to log in, and with which keys.
#[derive(Debug, Args)]
pub(crate) struct Login {
    /// The App Space; the demo's if not given
    #[arg(long, value_name = "GUID")]
    app_space: Option<AppSpaceId>,
    /// The service's public URL; the demo's if not given
    #[arg(long, value_name = "URL")]
    service: Option<ServiceUrl>,
    /// ES256, EdDSA or RS256
    #[arg(long = "alg", default_value = "ES256", value_parser = algorithm)]
    algorithm: Algorithm,
    /// Where `cargo local` wrote what it made
    #[arg(long, value_name = "FILE", default_value = demo::DEFAULT_PATH)]
    demo: PathBuf,
}

/// Begins the login with keys that `file` keeps until its link comes back.
pub(crate) async fn begin(file: &Path, clock: Arc<dyn Clock>, wanted: Login) -> Result<String, Trouble> {
    let (app_space, service_url) = match (wanted.app_space, wanted.service) {
        (Some(app_space), Some(service)) => (app_space, service),
        (app_space, service) => {
            let demo = Demo::read(&wanted.demo)?;
            (app_space.unwrap_or(demo.app_space.guid), service.unwrap_or(demo.base_url))
        }
    };
    // Before anybody logs in it must be sure that the keys can be kept.
    file::update(file, |_| ())?;
    let service = Service::new(service_url, clock, Span::millis(0))?;
    let keys = DeviceKeys::generate(wanted.algorithm, &SystemRandom).map_err(CallError::from)?;
    let begun = login::begin(&service, app_space, &keys, None).await.map_err(of_login)?;
    let pending = PendingLogin::new(app_space, &service, &keys).map_err(CallError::from)?;
    file::update(file, |state| state.begin_login(pending))?;
    Ok(show::login(&begun))
}

/// Refusals mean something else before anybody has logged in.
fn of_login(error: CallError) -> Trouble {
    match error.refusal().map(|refusal| &refusal.code) {
        Some(ErrorCode::NotFound) => Trouble::new(
            "The service knows no such App Space.",
            "Give the right one with --app-space; `cargo local` prints that of the demo.",
        ),
        Some(ErrorCode::WrongState) => Trouble::new(
            "This App Space has no identity provider: its Request Origins bind its users.",
            "Enrol with the link of a bind, or start `cargo local --idp demo` for a provider to try.",
        ),
        Some(ErrorCode::ProviderUnavailable) => Trouble::new(
            "The identity provider cannot be asked, so nobody can log in there now.",
            "Try again later.",
        ),
        _ => error.into(),
    }
}

/// The refusal that a link brought back. The login is used up.
pub(crate) fn failed(failed: &FailedLogin) -> Trouble {
    let mut what = format!("The login came to nothing: {}", plain::line(&failed.error));
    if !failed.description.is_empty() {
        what.push_str(&format!(" ({})", plain::line(&failed.description)));
    }
    what.push('.');
    Trouble::new(
        what,
        match failed.error.as_str() {
            "account_in_use" => {
                "Whoever manages the App Space can revoke the other user or give it another account id; \
                 then begin again with `cargo phone login`."
            }
            "user_not_active" => {
                "Whoever manages the App Space can restore the user, who then begins again with `cargo phone login`."
            }
            "provider_misconfigured" | "internal" => {
                "Tell whoever runs the service: its log says more. Then begin again with `cargo phone login`."
            }
            "provider_unavailable"
            | "unavailable"
            | "temporarily_unavailable"
            | "server_error"
            | "conflict" => "Begin again in a while with `cargo phone login`.",
            _ => "Begin again with `cargo phone login`.",
        },
    )
}
