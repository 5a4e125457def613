//! An enrolment becomes a connection of the Authenticator API: its device joins and is given an access token.
//!
//! The token goes to the app in the URL that the app asked to be sent back to. It is derived, not drawn: the app that did
//! not hear of it asks again with the same key and gets the same one, though only its hash is kept.

use countersign_crypto::authenticator::{AccessToken, AppKey};
use countersign_crypto::token::Token;
use countersign_domain::app_space::{AppProtocol, AppSpace};
use countersign_domain::device::{
    AuthenticatorVersion, Device, DeviceKind, DeviceName, Platform, PushRegistration,
};
use countersign_domain::enrolment::Enrolment;
use countersign_domain::id::{DeviceId, UserId};
use countersign_domain::invalid::Invalid;
use countersign_domain::login::Connecting;
use countersign_domain::text::PushToken;
use countersign_store::{Read, Record, Write, keys};

use crate::app::App;
use crate::call::Call;
use crate::connection::open_key;
use crate::device::keep_key;
use crate::guesses::Guesses;
use crate::joining;
use crate::link::encode;
use crate::refusal::{AuthenticatorRefusal, Refusal, internal};

/// How often the enrolment is read again after somebody was faster: see `device-enrol`.
const ROUNDS: usize = 10;

/// What a new connection is, and where the app waits for it.
#[derive(Debug)]
pub struct Connected {
    /// Its id.
    pub device: DeviceId,
    /// Where the app is told id and access token: its return URL with both.
    pub url: String,
}

/// An app that wants to be connected, as it said it.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Of the API.
    pub version: AuthenticatorVersion,
    /// Its key.
    pub key: AppKey,
    /// What it runs on.
    pub platform: Platform,
    /// Where it takes pushes.
    pub push_token: Option<PushToken>,
    /// Where it waits.
    pub return_url: String,
}

impl Wanted {
    /// The app as it is remembered during a login.
    pub fn connecting(&self, app: &App) -> Result<Connecting, Refusal> {
        Ok(Connecting {
            device: DeviceId::new(app.now(), app.random()),
            version: self.version,
            key: Some(keep_key(self.key.public_jwk(), &self.key.thumbprint())?),
            platform: self.platform,
            push_token: self.push_token.clone(),
            return_url: self.return_url.clone(),
        })
    }
}

/// A return URL as an app may choose it: by the scheme of the Authenticator apps, or of the App Space's own app. A page would
/// give the access token to whoever began a login and had somebody else finish it.
pub fn return_url(field: &'static str, text: &str, own: &AppProtocol) -> Result<String, Invalid> {
    if text.len() > 2048 {
        return Err(Invalid::new(field, "has more than 2048 characters"));
    }
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic()) && !text.contains('#');
    let opens_app = text
        .split_once("://")
        .is_some_and(|(scheme, rest)| !rest.is_empty() && ["authenticator", own.as_str()].contains(&scheme));
    if plain && opens_app {
        return Ok(text.to_owned());
    }
    Err(Invalid::new(
        field,
        "is no URL of the authenticator:// scheme, or of the App Space's own, without a fragment",
    ))
}

/// `return_url` with parameters.
pub fn with_parameters(return_url: &str, parameters: &[(&str, &str)]) -> String {
    let parameters: Vec<_> =
        parameters.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    let joint = if return_url.contains('?') { '&' } else { '?' };
    format!("{return_url}{joint}{}", parameters.join("&"))
}

/// Redeems the enrolment that `connect_query` stands for, in `app_space`. Whatever is wrong with it, there is no such user;
/// the same key again gets the same answer.
pub async fn by_token<B>(
    app: &App,
    call: &Call<B>,
    app_space: &AppSpace,
    connect_query: &str,
    wanted: &Wanted,
) -> Result<Connected, Refusal> {
    let token: Option<Token> = connect_query.parse().ok();
    let thumbprint = wanted.key.thumbprint().to_string();
    for _ in 0..ROUNDS {
        let mut read = Read::new();
        let guesses = Guesses::of(call, &mut read);
        let slot =
            token.as_ref().map(|token| read.add::<Enrolment>(keys::enrolment(&token.hash().to_string())));
        let mut found = app.store.read(read, app.now()).await?;
        guesses.check(app, &mut found)?;
        let usable = |enrolment: &Enrolment| {
            enrolment.app_space == app_space.id
                && enrolment.is_for(&thumbprint)
                && (enrolment.is_open(app.now()) || enrolment.redeemed_by(&thumbprint, app.now()).is_some())
        };
        let enrolment = slot.map(|slot| found.take(slot)).transpose()?.flatten();
        let Some(enrolment) = enrolment.filter(|record| usable(&record.value)) else {
            guesses.wrong(app, "user").await?;
            return Err(AuthenticatorRefusal::UserNotFound.into());
        };
        if let Some(device) = enrolment.value.redeemed_by(&thumbprint, app.now()) {
            return again(app, enrolment.value.user, device, &wanted.return_url).await;
        }
        if let Some(connected) = redeem(app, app_space, &enrolment, wanted.connecting(app)?).await? {
            return Ok(connected);
        }
    }
    Err(Refusal::Conflict)
}

/// Redeems an enrolment that was just made for `connecting` by the login that it waited for.
pub async fn by_login(
    app: &App,
    app_space: &AppSpace,
    enrolment: &Record<Enrolment>,
    connecting: &Connecting,
) -> Result<Connected, Refusal> {
    for _ in 0..ROUNDS {
        // Nobody else knows this enrolment: who was faster let another device join.
        if let Some(connected) = redeem(app, app_space, enrolment, connecting.clone()).await? {
            return Ok(connected);
        }
    }
    Err(Refusal::Conflict)
}

/// The device joins; nothing if somebody else was faster.
async fn redeem(
    app: &App,
    app_space: &AppSpace,
    enrolment: &Record<Enrolment>,
    connecting: Connecting,
) -> Result<Option<Connected>, Refusal> {
    let Connecting { device: id, version, key, platform, push_token, return_url } = connecting;
    let key = key.ok_or_else(internal("a connection without a key"))?;
    let sealing = app.keys.sealing().await?;
    let token_key = sealing.current_kid().to_owned();
    let token = access_token(app, &token_key, enrolment.value.user, id).await?;
    let kind = DeviceKind::Authenticator {
        version,
        key: key.clone(),
        token_hash: token.hash().to_string(),
        token_key: Some(token_key),
    };
    let device = Device::new(id, &enrolment.value, name(platform)?, platform, kind, app.now());
    let push = push_token.map_or(PushRegistration::None, |token| PushRegistration::Wanted { token });
    let device = Device { push, ..device };
    let redeemed = enrolment.try_map(|enrolment| enrolment.redeem(id, key.thumbprint.clone(), app.now()))?;
    let write = Write::new().replace_live("enrolment", enrolment, &redeemed, app.now())?;
    let write = joining::join(app, write, app_space, &device).await?;
    match app.store.write(write).await {
        Ok(()) => told(&device, &token, &return_url).map(Some),
        Err(error) if error.is_conflict() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The answer that the app did not hear, as long as the device is one.
async fn again(app: &App, user: UserId, id: DeviceId, return_url: &str) -> Result<Connected, Refusal> {
    let device = app.store.get::<Device>(keys::device(user, id), app.now()).await?;
    let device = device.map(|record| record.value).filter(Device::is_active);
    // Redeemed by another kind of device with the same key, or revoked since.
    let (Some(device), Some(token_key)) = (&device, device.as_ref().and_then(token_key)) else {
        return Err(AuthenticatorRefusal::UserNotFound.into());
    };
    let token = access_token(app, token_key, user, id).await?;
    told(device, &token, return_url)
}

fn token_key(device: &Device) -> Option<&str> {
    match &device.kind {
        DeviceKind::Authenticator { token_key, .. } => token_key.as_deref(),
        _ => None,
    }
}

async fn access_token(app: &App, key: &str, user: UserId, device: DeviceId) -> Result<AccessToken, Refusal> {
    let sealing = app.keys.sealing_with(key).await?;
    AccessToken::derived(&sealing, Some(key), user, device)
        .map_err(|_| internal("a sealing key is gone from the ring")())
}

/// What the app is told at its return URL, in the words of its version.
fn told(device: &Device, token: &AccessToken, return_url: &str) -> Result<Connected, Refusal> {
    let DeviceKind::Authenticator { version, key, .. } = &device.kind else {
        return Err(internal("a connection that is no authenticator")());
    };
    let (id, token) = match version {
        AuthenticatorVersion::V1 => (device.id.to_string(), token.expose().to_owned()),
        AuthenticatorVersion::V2 => {
            let sealed = token.redirect_value(&open_key(key)?);
            let sealed = sealed.map_err(|_| internal("an access token that cannot be encrypted")())?;
            (device.id.number().to_string(), sealed)
        }
    };
    let url = with_parameters(return_url, &[("id", &id), ("access_token", &token)]);
    Ok(Connected { device: device.id, url })
}

/// What the user's list of devices calls it, until somebody renames it: apps of this API do not say a name.
pub fn name(platform: Platform) -> Result<DeviceName, Invalid> {
    let name = match platform {
        Platform::Android => "Authenticator (Android)",
        Platform::Ios => "Authenticator (iOS)",
        Platform::Other => "Authenticator",
    };
    DeviceName::parse("platform", name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_url_leads_to_an_app() {
        let own = AppProtocol::parse("appProtocol", "demobank").unwrap();
        for url in ["authenticator://oauth/redirect", "demobank://back?a=1", "authenticator://x"] {
            assert_eq!(return_url("return_url", url, &own), Ok(url.to_owned()));
        }
        for url in [
            "",
            "authenticator://",
            "https://bank.example/back",
            "http://bank.example/",
            "otherbank://back",
            "javascript:alert(1)//authenticator://x",
            "authenticator://x#a",
            "authenticator://x\r\nSet-Cookie: a=b",
            "authenticator://ä",
            &format!("authenticator://{}", "a".repeat(2048)),
        ] {
            assert!(return_url("return_url", url, &own).is_err(), "{url}");
        }
    }

    #[test]
    fn parameters_are_encoded_and_come_after_those_that_are_there() {
        let parameters = [("id", "1"), ("access_token", "a+/=")];
        assert_eq!(with_parameters("https://a.b", &parameters), "https://a.b?id=1&access_token=a%2B%2F%3D");
        assert_eq!(with_parameters("x://a?b=c", &parameters), "x://a?b=c&id=1&access_token=a%2B%2F%3D");
    }
}
