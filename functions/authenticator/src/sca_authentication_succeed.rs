//! `PUT /api/sca/v1/connections/{connection}/success_authentication`: a bank says whose app it is that waited.

use countersign_crypto::authenticator::{AppKey, has_our_form};
use countersign_crypto::digest::Digest;
use countersign_domain::account::Account;
use countersign_domain::actor::Actor;
use countersign_domain::device::{AuthenticatorVersion, Device, DeviceKind, PushRegistration};
use countersign_domain::id::{AppSpaceId, UserId};
use countersign_domain::invalid::Invalid;
use countersign_domain::login::Connecting;
use countersign_domain::text::AccountId;
use countersign_domain::user::{User, UserState};
use countersign_lambda::call::Enclosed;
use countersign_lambda::connection::BANK_TOKEN_MAX;
use countersign_lambda::device::keep_key;
use countersign_lambda::origin::ROUNDS;
use countersign_lambda::{App, Call, Refusal, Reply, connecting, joining};
use countersign_store::bank::{BankConnection, BankConnectionState, BankToken};
use countersign_store::{Record, Write, keys};
use serde::{Deserialize, Serialize};

use crate::bank_body::Word;
use crate::bank_caller::{BankCaller, BankRead};
use crate::data::{Data, reply};

/// Fewest characters of a token: what is shorter can be guessed.
const TOKEN_MIN: usize = 16;

#[derive(Deserialize)]
struct Body {
    user_id: Word,
    access_token: String,
    rsa_public_key: String,
}

#[derive(Serialize)]
pub(crate) struct Connected {
    connection_id: String,
}

/// What the bank said of the connection.
struct Said {
    account_id: AccountId,
    token_hash: String,
    key: AppKey,
}

impl Said {
    fn read(body: Body) -> Result<Self, Invalid> {
        let Body { user_id, access_token, rsa_public_key } = body;
        let plain = access_token.bytes().all(|byte| byte.is_ascii_graphic());
        if !plain || !(TOKEN_MIN..=BANK_TOKEN_MAX).contains(&access_token.len()) {
            return Err(Invalid::new("access_token", "is not 16 to 1024 characters that a header can carry"));
        }
        if has_our_form(&access_token) {
            return Err(Invalid::new("access_token", "has the form of the service's own tokens"));
        }
        Ok(Self {
            account_id: user_id.user()?,
            token_hash: Digest::of(access_token.as_bytes()).to_string(),
            key: AppKey::from_pem(&rsa_public_key).map_err(|_| {
                Invalid::new("rsa_public_key", "is not an RSA key of 2048 to 4096 bits in PEM")
            })?,
        })
    }
}

pub(crate) async fn handle(app: &App, call: Call<Enclosed>) -> Result<Reply<Data<Connected>>, Refusal> {
    for _ in 0..ROUNDS {
        let mut read = BankRead::of(&call)?;
        let tenant = read.tenant();
        let said = call.body.read::<Body>().and_then(|body| Ok(Said::read(body)?));
        let connection = read.add_connection(&call);
        let account = said.as_ref().ok();
        let account = account.map(|said| read.add::<Account>(keys::account(tenant, &said.account_id)));
        let (caller, mut found) = read.authenticate(app, &call).await?;
        let connection = connection.take(&mut found)?;
        let said = said?;
        let number = connection.value.number.to_string();
        let BankConnectionState::Pending { connecting, .. } = &connection.value.state else {
            return same(app, &connection.value, &said)
                .await
                .map(|()| reply(Connected { connection_id: number }));
        };
        let account = account.map(|slot| found.take(slot)).transpose()?.flatten();
        let write = join(app, &caller, &said, account.as_ref(), &connection, connecting).await?;
        match app.store.write(write).await {
            Ok(()) => return Ok(reply(Connected { connection_id: number })),
            Err(error) if error.is_conflict_of("token") => {
                return Err(Invalid::new("access_token", "is that of another connection").into());
            }
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refusal::Conflict)
}

/// The device joins its user, who is made if there is none yet.
async fn join(
    app: &App,
    caller: &BankCaller,
    said: &Said,
    account: Option<&Record<Account>>,
    pending: &Record<BankConnection>,
    connecting: &Connecting,
) -> Result<Write, Refusal> {
    let app_space = &caller.app_space;
    // A revoked user stays revoked; the account id is free for a new one.
    let known = account.filter(|record| !matches!(record.value.state, UserState::Revoked { .. }));
    let user = match known {
        Some(record) => record.value.clone().active().map_err(|_| Refusal::UserNotActive)?.user,
        None => UserId::new(app.now(), app.random()),
    };
    let device = device(app, app_space.id, user, said, connecting)?;
    let joined = BankConnectionState::Joined { user, device: device.id };
    let token = BankToken { token_hash: said.token_hash.clone(), user, device: device.id };
    let write = Write::new()
        .replace("connection", pending, &BankConnection { state: joined, ..pending.value.clone() })?
        .insert("token", &token)?;
    if known.is_some() {
        return joining::join(app, write, app_space, &device).await;
    }
    let user = User::new(user, app_space.id, said.account_id.clone(), None, Actor::Service, app.now());
    joining::join_new_user(write, &user, account, &device)
}

fn device(
    app: &App,
    app_space: AppSpaceId,
    user: UserId,
    said: &Said,
    connecting: &Connecting,
) -> Result<Device, Refusal> {
    let kind = DeviceKind::Authenticator {
        version: AuthenticatorVersion::V2,
        key: keep_key(said.key.public_jwk(), &said.key.thumbprint())?,
        token_hash: said.token_hash.clone(),
        token_key: None,
    };
    let platform = connecting.platform;
    let name = connecting::name(platform)?;
    let device = Device::of(connecting.device, (app_space, user), name, platform, kind, app.now());
    let push = connecting.push_token.clone();
    let push = push.map_or(PushRegistration::None, |token| PushRegistration::Wanted { token });
    Ok(Device { push, ..device })
}

/// Said before: nothing more is done, if it is the same.
async fn same(app: &App, connection: &BankConnection, said: &Said) -> Result<(), Refusal> {
    let BankConnectionState::Joined { user, device } = connection.state else { return Ok(()) };
    let device = app.store.get::<Device>(keys::device(user, device), app.now()).await?;
    let is_same = device.is_some_and(|device| {
        matches!(&device.value.kind, DeviceKind::Authenticator { token_hash, .. } if *token_hash == said.token_hash)
    });
    if is_same { Ok(()) } else { Err(Refusal::Conflict) }
}
