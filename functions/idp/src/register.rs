//! Who logged in becomes a user of the App Space, found by provider and subject, and may enrol a device.

use countersign_crypto::token::Token;
use countersign_domain::account::Account;
use countersign_domain::actor::Actor;
use countersign_domain::app_space::AppSpace;
use countersign_domain::enrolment::Enrolment;
use countersign_domain::id::{EnrolmentId, UserId};
use countersign_domain::identity_provider::{Identity, IdentityTokens, KnownIdentity};
use countersign_domain::login::Login;
use countersign_domain::text::AccountId;
use countersign_domain::user::{User, UserState};
use countersign_identity::Grant;
use countersign_lambda::enrolling::Opening;
use countersign_lambda::origin::ROUNDS;
use countersign_lambda::{App, Refusal, identity as seals, user_change};
use countersign_store::{Read, Record, StoreError, Write, keys};

use crate::login_end::NoToken;

/// An enrolment, and the token that redeems it.
pub(crate) struct Registered {
    pub(crate) enrolment: Record<Enrolment>,
    pub(crate) token: Token,
}

/// What is known of somebody who logged in.
struct Known {
    identity: Option<Record<KnownIdentity>>,
    user: Option<User>,
    tokens: Option<Record<IdentityTokens>>,
    /// The account that is called as the identity's subject is.
    account: Option<Record<Account>>,
}

impl From<StoreError> for NoToken {
    fn from(error: StoreError) -> Self {
        Refusal::from(error).into()
    }
}

/// Finds or makes the user, keeps the tokens, and opens an enrolment for the key that the login began with: in one write.
pub(crate) async fn register(
    app: &App,
    app_space: &AppSpace,
    login: &Login,
    identity: Identity,
    grant: &Grant,
) -> Result<Registered, NoToken> {
    let account_id = AccountId::parse("subject", identity.subject.clone())
        .map_err(|_| NoToken::because("invalid_token", "the user's id cannot be an account id"))?;
    for _ in 0..ROUNDS {
        let known = look_up(app, app_space, &identity, &account_id).await?;
        let (user, write) = match known.user.as_ref().map(|user| (user, user.state)) {
            Some((user, UserState::Active)) => (user.clone(), Write::new().require_active_user(user.id)?),
            Some((_, UserState::Suspended { .. })) => {
                return Err(NoToken::because("user_not_active", "the user is suspended"));
            }
            // A revoked user stays revoked; the same person is a new one.
            Some((_, UserState::Revoked { .. })) | None => {
                make(app, app_space, identity.clone(), account_id.clone(), &known)?
            }
        };
        let write = keep_tokens(app, write, login, user.id, grant, known.tokens.as_ref()).await?;
        let registered = open_enrolment(app, app_space, login, &user);
        let write = write.insert("enrolment", &registered.enrolment.value)?;
        match app.store.write(write).await {
            Ok(()) => return Ok(registered),
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refusal::Conflict.into())
}

async fn look_up(
    app: &App,
    app_space: &AppSpace,
    identity: &Identity,
    account_id: &AccountId,
) -> Result<Known, StoreError> {
    let (store, now, tenant) = (&app.store, app.now(), app_space.id.tenant());
    let mut read = Read::new();
    let known = read.add::<KnownIdentity>(keys::identity(tenant, identity));
    let account = read.add::<Account>(keys::account(tenant, account_id));
    let mut found = store.read(read, now).await?;
    let (known, account) = (found.take(known)?, found.take(account)?);
    let Some(user) = known.as_ref().map(|known| known.value.user) else {
        return Ok(Known { identity: None, user: None, tokens: None, account });
    };
    let mut read = Read::new();
    let (tokens, user) =
        (read.add::<IdentityTokens>(keys::identity_tokens(user)), read.add::<User>(keys::user(user)));
    let mut found = store.read(read, now).await?;
    let user = found.take(user)?.map(|record| record.value);
    // The tokens of a revoked user are not those of the next one.
    let tokens = found.take(tokens)?.filter(|_| user.as_ref().is_some_and(|user| user.active().is_ok()));
    Ok(Known { identity: known, user, tokens, account })
}

/// A new user whose account is called as the provider calls the user.
fn make(
    app: &App,
    app_space: &AppSpace,
    identity: Identity,
    account_id: AccountId,
    known: &Known,
) -> Result<(User, Write), NoToken> {
    let taken = known
        .account
        .as_ref()
        .is_some_and(|account| !matches!(account.value.state, UserState::Revoked { .. }));
    if taken {
        // Somebody of a former provider, or bound by a Request Origin: whether it is the same person nobody can tell.
        return Err(NoToken::because("account_in_use", "another user has this account id"));
    }
    let (now, id) = (app.now(), UserId::new(app.now(), app.random()));
    let user =
        User::new(id, app_space.id, account_id, None, Actor::Service, now).identified(identity.clone());
    let write = user_change::create(Write::new(), &user, known.account.as_ref())?;
    let identity = KnownIdentity { app_space: app_space.id, identity, user: id };
    let write = match &known.identity {
        Some(former) => write.replace("identity", former, &identity)?,
        None => write.insert("identity", &identity)?,
    };
    Ok((user, write))
}

/// The tokens of the latest login are the user's.
async fn keep_tokens(
    app: &App,
    write: Write,
    login: &Login,
    user: UserId,
    grant: &Grant,
    former: Option<&Record<IdentityTokens>>,
) -> Result<Write, NoToken> {
    let (access, refresh) = seals::seal_tokens(app, user, grant).await?;
    let provider = login.provider.clone();
    let tokens =
        IdentityTokens { user, provider, access, refresh, obtained_at: app.now(), renewing_until: None };
    Ok(match former {
        Some(former) => write.replace("identity tokens", former, &tokens)?,
        None => write.insert("identity tokens", &tokens)?,
    })
}

fn open_enrolment(app: &App, app_space: &AppSpace, login: &Login, user: &User) -> Registered {
    let token = Token::random(app.random());
    let opening = Opening {
        id: EnrolmentId::new(app.now(), app.random()),
        app_space,
        origin: None,
        user: user.id,
        account_id: &user.account_id,
        token_hash: token.hash(),
    };
    let enrolment = Enrolment { for_key: Some(login.auth_key.clone()), ..opening.open(app) };
    // As the write that inserts it leaves it.
    Registered { enrolment: Record { value: enrolment, version: 1 }, token }
}
