//! `PUT /api/account/bind`: a Request Origin begins to bind a device to one of its users.

use countersign_crypto::token::Token;
use countersign_domain::account::Account;
use countersign_domain::authenticator_settings::AuthenticatorSettings;
use countersign_domain::enrolment::Enrolment;
use countersign_domain::id::{EnrolmentId, UserId};
use countersign_domain::idempotency::Made;
use countersign_domain::refused::Refused;
use countersign_domain::text::AccountId;
use countersign_domain::user::UserInfo;
use countersign_lambda::binding::Bound;
use countersign_lambda::enrolling::Opening;
use countersign_lambda::link::{Link, encode};
use countersign_lambda::origin::{Caller, Once, OriginRead, ROUNDS, Written};
use countersign_lambda::refusal::{Timestamp3339, internal};
use countersign_lambda::{App, Call, Refusal, Reply, binding, derived_token};
use countersign_store::keys;
use serde::{Deserialize, Serialize};

use crate::device_kind::DeviceKind;
use crate::settings;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    account_id: String,
    user_info: Option<String>,
    device_kind: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Opened {
    session_token: String,
    session_token_expiration: Timestamp3339,
    app_space_guid: String,
    app_space_name: String,
    privakey_id: String,
    bind_uri: String,
    qr_code: String,
}

/// What separates enrolment tokens from all else that is derived from the sealing key.
const TOKEN_LABEL: &str = "enrolment-token";

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<Opened>, Refusal> {
    let account_id = AccountId::parse("accountId", call.body.account_id.clone())?;
    let user_info = call.body.user_info.clone().map(|info| UserInfo::parse("userInfo", info)).transpose()?;
    let device_kind = DeviceKind::parse(call.body.device_kind.as_deref())?;
    let base_url = call.base_url(&app.settings);
    for _ in 0..ROUNDS {
        let mut read = OriginRead::of(&call)?;
        let account = read.add::<Account>(keys::account(read.tenant(), &account_id));
        let settings = device_kind.authenticator().map(|version| {
            (read.add::<AuthenticatorSettings>(keys::authenticator_settings(read.tenant())), version)
        });
        let once = Once::of(&call, &mut read)?;
        let (caller, mut found) = read.authenticate(app, &call).await?;
        if let Some(made) = once.repeated(&mut found)? {
            return again(app, &base_url, &caller, device_kind, made).await;
        }
        binding::demand_simple(&caller.app_space)?;
        if let Some((slot, version)) = settings {
            settings::speaking(found.take(slot)?, version)?;
        }
        let account = found.take(account)?;
        let Bound { user, new_user, mut write } =
            binding::user(app, &caller, &account_id, account.as_ref(), user_info.clone())?;
        let (enrolment, token, token_key) = enrol(app, &caller, user, &account_id).await?;
        write = write.insert("enrolment", &enrolment)?;
        write = once.remember(app, write, Made::Enrolment { id: enrolment.id, new_user, token_key })?;
        match caller.write(app, write).await {
            Ok(()) => return opened(&base_url, &caller, device_kind, &enrolment, &token, new_user),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}

async fn enrol(
    app: &App,
    caller: &Caller,
    user: UserId,
    account_id: &AccountId,
) -> Result<(Enrolment, Token, String), Refusal> {
    let sealing = app.keys.sealing().await?;
    let id = EnrolmentId::new(app.now(), app.random());
    let token_key = sealing.current_kid().to_owned();
    let token = derived_token::derive(app, TOKEN_LABEL, &token_key, id).await?;
    let opening = Opening {
        id,
        app_space: &caller.app_space,
        origin: Some(caller.origin.id),
        user,
        account_id,
        token_hash: token.hash(),
    };
    let enrolment = opening.open(app);
    Ok((enrolment, token, token_key))
}

async fn again(
    app: &App,
    base_url: &str,
    caller: &Caller,
    device_kind: DeviceKind,
    made: Made,
) -> Result<Reply<Opened>, Refusal> {
    let Made::Enrolment { id, new_user, token_key } = made else {
        return Err(internal("an Idempotency-Key that made something else")());
    };
    let token = derived_token::derive(app, TOKEN_LABEL, &token_key, id).await?;
    let key = keys::enrolment(&token.hash().to_string());
    let enrolment = app.store.get::<Enrolment>(key, app.now()).await?;
    // By now it may be gone from the table; its token would be refused either way.
    let enrolment = enrolment.ok_or(Refused::Unknown("enrolment"))?;
    opened(base_url, caller, device_kind, &enrolment.value, &token, new_user)
}

fn opened(
    base_url: &str,
    caller: &Caller,
    device_kind: DeviceKind,
    enrolment: &Enrolment,
    token: &Token,
    new_user: bool,
) -> Result<Reply<Opened>, Refusal> {
    let app_space = &caller.app_space;
    let link = match device_kind {
        DeviceKind::Native => Link::to_bind(base_url, app_space, enrolment, token),
        DeviceKind::Authenticator(version) => {
            Link::to_connect(base_url, app_space.id.tenant(), version, token)
        }
    }?;
    let opened = Opened {
        session_token: token.expose().to_owned(),
        session_token_expiration: Timestamp3339(enrolment.expires_at),
        app_space_guid: app_space.id.to_string(),
        app_space_name: app_space.name.clone(),
        privakey_id: enrolment.user.to_string(),
        bind_uri: link.uri,
        qr_code: link.qr_code,
    };
    Ok(if new_user {
        Reply::created(
            opened,
            format!("{base_url}/api/account/get?accountId={}", encode(enrolment.account_id.as_str())),
        )
    } else {
        Reply::ok(opened)
    })
}
