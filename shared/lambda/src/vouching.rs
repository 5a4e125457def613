//! Before an answer: whether the identity provider still vouches for the user.
//!
//! The access token is verified; if it is refused the refresh token is exchanged, by one process at a time; if that is
//! refused too, the App Space's Token Fail Behaviour applies. A provider that does not answer has refused nothing: then
//! nothing changes, and the answer is not taken until it is back.

use std::time::Duration;

use countersign_domain::account::Account;
use countersign_domain::actor::Actor;
use countersign_domain::device::Device;
use countersign_domain::identity_provider::{Identity, IdentityTokens, TokenFailBehaviour};
use countersign_domain::user::User;
use countersign_identity::{IdpError, Standing};
use countersign_store::{Read, Record, StoreError, Write, keys};

use crate::app::App;
use crate::identity::{OpenProvider, open_access, open_refresh, seal_tokens};
use crate::origin::ROUNDS;
use crate::refusal::{Refusal, internal};
use crate::user_change::Before;

/// How long to wait between looks at what another process makes of the refresh token, and how often to look.
const LOOK: Duration = Duration::from_millis(150);
const LOOKS: usize = 40;
/// How often new tokens are stored before they are lost.
const STORE_TRIES: usize = 3;

/// What came of asking.
enum Outcome {
    Vouched,
    /// The user has no tokens of this provider: restored, bound through another one, or they were lost here.
    NotLoggedIn,
    /// Refused, and so is the refresh token.
    Failed(Record<IdentityTokens>),
}

/// Lets an answer of `user` pass if the user needs no identity provider or is vouched for. `tokens` are the user's, as
/// they were read with the user.
pub async fn demand(app: &App, user: &User, tokens: Option<Record<IdentityTokens>>) -> Result<(), Refusal> {
    let Some(identity) = &user.identity else { return Ok(()) };
    // No provider any more: a simple App Space by now.
    let Some(provider) = OpenProvider::of_user(app, user.app_space).await? else { return Ok(()) };
    let behaviour = provider.settings.token_fail;
    let outcome = ask(app, &provider, user, identity, tokens).await;
    if behaviour == TokenFailBehaviour::Nothing {
        if let Ok(Outcome::Failed(tokens)) = outcome {
            forget(app, &tokens).await;
        }
        return Ok(());
    }
    match outcome? {
        Outcome::Vouched => Ok(()),
        Outcome::NotLoggedIn => Err(Refusal::LoginRequired),
        Outcome::Failed(tokens) => Err(fail(app, user, behaviour, &tokens).await?),
    }
}

async fn ask(
    app: &App,
    provider: &OpenProvider,
    user: &User,
    identity: &Identity,
    mut tokens: Option<Record<IdentityTokens>>,
) -> Result<Outcome, Refusal> {
    let connection = provider.connection();
    let mut refused = None;
    for look in 0..LOOKS {
        if look > 0 {
            tokio::time::sleep(LOOK).await;
            tokens = app.store.get(keys::identity_tokens(user.id), app.now()).await?;
        }
        let Some(held) = tokens.take().filter(|held| held.value.provider == provider.settings.id()) else {
            return Ok(Outcome::NotLoggedIn);
        };
        // Whoever waits does not ask again about what was refused.
        if refused.as_ref() != Some(&held.value.access) {
            let access = open_access(app, &held.value).await?;
            match app.idp()?.standing(&connection, &access, &identity.subject, app.now()).await {
                Ok(Standing::Good) => return Ok(Outcome::Vouched),
                Ok(Standing::Refused) => refused = Some(held.value.access.clone()),
                Err(error) => return Err(error.into()),
            }
        }
        if held.value.refresh.is_none() {
            return Ok(Outcome::Failed(held));
        }
        // Somebody else may be at it, or be faster: then what they get is looked at.
        if let Some(begun) = begin(app, &held).await? {
            return match renew(app, provider, identity, begun).await? {
                // Whoever began before and did not end may have spent the refresh token: that is no fault of the user.
                Outcome::Failed(tokens) if held.value.renewing_until.is_some() => {
                    forget(app, &tokens).await;
                    Ok(Outcome::NotLoggedIn)
                }
                outcome => Ok(outcome),
            };
        }
    }
    tracing::warn!(user = %user.id, "another process did not end its exchange of the refresh token");
    Err(Refusal::ProviderUnavailable)
}

/// Takes the refresh token for oneself.
async fn begin(app: &App, held: &Record<IdentityTokens>) -> Result<Option<Record<IdentityTokens>>, Refusal> {
    let Some(begun) = held.value.clone().begin_renewal(app.now()) else { return Ok(None) };
    match app.store.write(Write::new().replace("identity tokens", held, &begun)?).await {
        Ok(()) => Ok(Some(Record { value: begun, version: held.version + 1 })),
        Err(error) if error.is_conflict() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn renew(
    app: &App,
    provider: &OpenProvider,
    identity: &Identity,
    begun: Record<IdentityTokens>,
) -> Result<Outcome, Refusal> {
    let Some(refresh) = open_refresh(app, &begun.value).await? else { return Ok(Outcome::Failed(begun)) };
    let (idp, connection) = (app.idp()?, provider.connection());
    match idp.renew(&connection, &refresh, app.now()).await {
        Ok(grant) => {
            let (access, refresh) = seal_tokens(app, begun.value.user, &grant).await?;
            let renewed = begun.value.clone().renewed(access, refresh, app.now());
            keep(app, &begun, &renewed).await?;
            // A provider may renew for somebody whom it no longer vouches for.
            match idp.standing(&connection, &grant.access, &identity.subject, app.now()).await? {
                Standing::Good => Ok(Outcome::Vouched),
                Standing::Refused => {
                    Ok(Outcome::Failed(Record { value: renewed, version: begun.version + 1 }))
                }
            }
        }
        Err(IdpError::Refused { .. }) => Ok(Outcome::Failed(begun)),
        Err(error) => {
            // If this fails as well, the time limit ends it.
            let ended = begun.value.clone().renewal_ended();
            let _ = app.store.write(Write::new().replace("identity tokens", &begun, &ended)?).await;
            Err(error.into())
        }
    }
}

/// Stores rotated tokens: the old ones are worth nothing any more, so it is tried again.
async fn keep(app: &App, begun: &Record<IdentityTokens>, renewed: &IdentityTokens) -> Result<(), Refusal> {
    let mut problem = None;
    for _ in 0..STORE_TRIES {
        match app.store.write(Write::new().replace("identity tokens", begun, renewed)?).await {
            Ok(()) => return Ok(()),
            // The user logged in anew meanwhile, or an answer that was lost had said it was stored.
            Err(error) if error.is_conflict() => return Ok(()),
            Err(error) => problem = Some(error),
        }
    }
    Err(problem.map_or(Refusal::Unavailable, Into::into))
}

/// Drops tokens that are worth nothing, so that they are not tried before every answer: the user must log in. If this
/// fails, the next answer does it.
async fn forget(app: &App, tokens: &Record<IdentityTokens>) {
    if let Ok(write) = Write::new().remove("identity tokens", tokens) {
        let _ = app.store.write(write).await;
    }
}

/// The Token Fail Behaviour; gives what the device is told.
async fn fail(
    app: &App,
    user: &User,
    behaviour: TokenFailBehaviour,
    tokens: &Record<IdentityTokens>,
) -> Result<Refusal, Refusal> {
    tracing::warn!(user = %user.id, ?behaviour, "the identity provider no longer vouches for a user");
    for _ in 0..ROUNDS {
        match apply(app, user, behaviour, tokens).await? {
            Ok(()) => return Ok(Refusal::UserNotActive),
            // The user logged in anew meanwhile.
            Err(error) if error.is_conflict_of("identity tokens") => return Ok(Refusal::Conflict),
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refusal::Conflict)
}

async fn apply(
    app: &App,
    user: &User,
    behaviour: TokenFailBehaviour,
    tokens: &Record<IdentityTokens>,
) -> Result<Result<(), StoreError>, Refusal> {
    let now = app.now();
    let user = app.store.get::<User>(keys::user(user.id), now).await?;
    let user = user.ok_or_else(internal("a device without a user"))?;
    if user.value.active().is_err() {
        return Ok(Ok(()));
    }
    let account = app.store.account_of(&user.value, now).await?;
    let account = account.ok_or_else(internal("a user without an account"))?;
    let (changed, mut devices) = match behaviour {
        TokenFailBehaviour::Revoke => (
            user.try_map(|user| user.revoke(Actor::Service, now))?,
            active_devices(app, &account.value).await?,
        ),
        _ => (user.try_map(|user| user.suspend(Actor::Service, now))?, Vec::new()),
    };
    let before = Before { user: &user, account: &account, devices: &mut devices, tokens: Some(tokens) };
    Ok(app.store.write(before.becomes(&changed, now)?).await)
}

async fn active_devices(app: &App, account: &Account) -> Result<Vec<Record<Device>>, Refusal> {
    let mut read = Read::new();
    let targets = account.targets.iter();
    let slots: Vec<_> =
        targets.map(|target| read.add::<Device>(keys::device(account.user, target.device))).collect();
    let mut found = app.store.read(read, app.now()).await?;
    let devices = slots.into_iter().filter_map(|slot| found.take(slot).transpose());
    Ok(devices.collect::<Result<_, _>>()?)
}
