//! An app asks to be connected: at once, where it brings the token of an enrolment, else after its person's login.

use countersign_crypto::authenticator::AppKey;
use countersign_domain::app_space::AppSpace;
use countersign_domain::device::{AuthenticatorVersion, Platform};
use countersign_domain::invalid::Invalid;
use countersign_domain::text::PushToken;
use countersign_lambda::connecting::{self, Connected, Wanted};
use countersign_lambda::identity::OpenProvider;
use countersign_lambda::login::{self, Beginner};
use countersign_lambda::refusal::AuthenticatorRefusal;
use countersign_lambda::{App, Call, Refusal};
use serde::Deserialize;

use crate::provider::Connectable;

/// What both versions say of an app, beside its key and its provider.
#[derive(Deserialize)]
pub(crate) struct Body {
    return_url: String,
    platform: String,
    push_token: Option<String>,
    connect_query: Option<String>,
}

/// What an app says of itself, checked.
pub(crate) struct Said {
    pub(crate) platform: Platform,
    pub(crate) push_token: Option<PushToken>,
    pub(crate) return_url: String,
}

impl Body {
    /// The enrolment's token, if there is one.
    pub(crate) fn connect_query(&self) -> Option<&str> {
        self.connect_query.as_deref().filter(|token| !token.is_empty())
    }

    pub(crate) fn said(&self, app_space: &AppSpace) -> Result<Said, Invalid> {
        let platform = match self.platform.as_str() {
            "android" => Platform::Android,
            "ios" => Platform::Ios,
            _ => return Err(Invalid::new("platform", "is neither android nor ios")),
        };
        Ok(Said {
            platform,
            push_token: push_token(self.push_token.clone())?,
            return_url: connecting::return_url("return_url", &self.return_url, &app_space.app_protocol)?,
        })
    }

    pub(crate) fn wanted(
        &self,
        app_space: &AppSpace,
        version: AuthenticatorVersion,
        key: AppKey,
    ) -> Result<Wanted, Invalid> {
        let Said { platform, push_token, return_url } = self.said(app_space)?;
        Ok(Wanted { version, key, platform, push_token, return_url })
    }
}

/// A push token; an empty one is none.
pub(crate) fn push_token(said: Option<String>) -> Result<Option<PushToken>, Invalid> {
    let said = said.filter(|token| !token.is_empty());
    said.map(|token| PushToken::parse("push_token", token)).transpose()
}

/// Connects, or says where the person logs in; the connection then is the one with this id.
pub(crate) async fn connect<B>(
    app: &App,
    call: &Call<B>,
    mut provider: Connectable,
    body: &Body,
    wanted: &Wanted,
) -> Result<Connected, Refusal> {
    if let Some(token) = body.connect_query() {
        return connecting::by_token(app, call, &provider.app_space, token, wanted).await;
    }
    let Some(identity_provider) = OpenProvider::of(app, &provider.app_space).await? else {
        return Err(AuthenticatorRefusal::ConnectQueryMissing.into());
    };
    provider.check_logins(app)?;
    let connecting = wanted.connecting(app)?;
    let device = connecting.device;
    let auth_key = wanted.key.thumbprint().to_string();
    let app_space = &provider.app_space;
    let begun =
        login::begin(app, call, app_space, &identity_provider, auth_key, Beginner::Connecting(connecting))
            .await?;
    Ok(Connected { device, url: begun.authorization_url })
}
