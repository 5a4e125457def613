//! Device tokens: an app that just proved a key may tend to that device for a while.

use countersign_crypto::encoding::base64url;
use countersign_crypto::service_token::DeviceToken;
use countersign_domain::chance;
use countersign_domain::device::Device;
use countersign_domain::id::{AppSpaceId, DeviceId, UserId};
use countersign_domain::time::Span;
use countersign_domain::user::User;
use countersign_lambda::refusal::internal;
use countersign_lambda::{App, Call, Refusal};
use countersign_store::{Read, Record, keys};

/// How long one is good. It sets a dispatch target right after a registration; later calls are signed.
const LIFETIME: Span = Span::minutes(10);

/// A token for `device`.
pub(crate) async fn issue(
    app: &App,
    base_url: &str,
    app_space: AppSpaceId,
    user: UserId,
    device: DeviceId,
) -> Result<String, Refusal> {
    let token = DeviceToken {
        iss: base_url.to_owned(),
        aud: app_space,
        sub: user,
        device,
        jti: base64url(&chance::bytes::<16>(app.random())),
        iat: app.now().secs(),
        exp: (app.now() + LIFETIME).secs(),
    };
    let signing = app.keys.signing().await?;
    token.issue(&signing).map_err(|_| internal("a device token that cannot be signed")())
}

/// Who a device token speaks for.
pub(crate) struct Bearer {
    /// The user; may be suspended.
    pub(crate) user: Record<User>,
    /// The device; may be revoked.
    pub(crate) device: Record<Device>,
}

impl Bearer {
    /// By the token of the `Authorization` header.
    pub(crate) async fn of<B>(app: &App, call: &Call<B>) -> Result<Self, Refusal> {
        let presented = call.bearer()?.ok_or(Refusal::Unauthorized)?;
        let (signing, base_url) = (app.keys.signing().await?, call.base_url(&app.settings));
        let token = DeviceToken::verify(&signing, &base_url, app.now(), presented);
        let token = token.map_err(|_| Refusal::Unauthorized)?;
        let mut read = Read::new();
        let user = read.add::<User>(keys::user(token.sub));
        let device = read.add::<Device>(keys::device(token.sub, token.device));
        let mut found = app.store.read(read, app.now()).await?;
        match (found.take(user)?, found.take(device)?) {
            (Some(user), Some(device)) if device.value.app_space == token.aud => Ok(Self { user, device }),
            _ => Err(Refusal::Unauthorized),
        }
    }
}
