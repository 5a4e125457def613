//! `PUT /api/account/webauthn/bind`: a Request Origin begins to give one of its users a WebAuthn credential.

use countersign_domain::account::Account;
use countersign_domain::channel::Channel;
use countersign_domain::enrolment::{CloudEnrolment, Enrolment};
use countersign_domain::id::{EnrolmentId, UserId};
use countersign_domain::idempotency::Made;
use countersign_domain::refused::Refused;
use countersign_domain::text::AccountId;
use countersign_domain::user::UserInfo;
use countersign_domain::web_authn::WebAuthnCeremony;
use countersign_lambda::binding::{self, Bound};
use countersign_lambda::enrolling::Opening;
use countersign_lambda::link::encode;
use countersign_lambda::origin::{Caller, Once, OriginRead, ROUNDS, Written};
use countersign_lambda::refusal::internal;
use countersign_lambda::web_authn::Shown;
use countersign_lambda::{App, Call, Refusal, Reply, derived_token, web_authn};
use countersign_store::{Record, keys};
use countersign_webauthn::{Selection, UserVerification};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::person::Person;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    account_id: String,
    user_info: Option<String>,
    domain: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Begun {
    privakey_id: String,
    registration_options: Value,
}

/// What separates these tokens from all else that is derived from the sealing key. Nobody is given one: the browser gets
/// its hash, as the challenge.
const TOKEN_LABEL: &str = "webauthn-enrolment";

/// What the caller says, parsed.
struct Asked {
    account_id: AccountId,
    info: Option<UserInfo>,
    person: Person,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<Begun>, Refusal> {
    let asked = parse(&call.body)?;
    let base_url = call.base_url(&app.settings);
    for _ in 0..ROUNDS {
        let mut read = OriginRead::of(&call)?;
        let account = read.add::<Account>(keys::account(read.tenant(), &asked.account_id));
        let once = Once::of(&call, &mut read)?;
        let (caller, mut found) = read.authenticate(app, &call).await?;
        let account = found.take(account)?;
        if let Some(made) = once.repeated(&mut found)? {
            let (enrolment, new_user) = again(app, made).await?;
            return begun(app, &base_url, &asked, &enrolment, account.as_ref(), new_user);
        }
        let domain = caller.origin.permit_domain("domain", &call.body.domain)?;
        binding::demand_simple(&caller.app_space)?;
        let info = asked.info.clone();
        let Bound { user, new_user, write } =
            binding::user(app, &caller, &asked.account_id, account.as_ref(), info)?;
        let ceremony = WebAuthnCeremony {
            rp: domain.relying_party(&caller.app_space.name, app.settings.loopback),
            user_verification: UserVerification::Required.name().to_owned(),
        };
        let (enrolment, token_key) = enrol(app, &caller, user, &asked.account_id, ceremony).await?;
        let write = write.insert("enrolment", &enrolment)?;
        let write = once.remember(app, write, Made::Enrolment { id: enrolment.id, new_user, token_key })?;
        match caller.write(app, write).await {
            Ok(()) => return begun(app, &base_url, &asked, &enrolment, account.as_ref(), new_user),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}

fn parse(body: &Body) -> Result<Asked, Refusal> {
    let account_id = AccountId::parse("accountId", body.account_id.clone())?;
    Ok(Asked {
        person: Person::of(body.user_info.as_deref(), account_id.as_str())?,
        info: body.user_info.clone().map(|info| UserInfo::parse("userInfo", info)).transpose()?,
        account_id,
    })
}

async fn enrol(
    app: &App,
    caller: &Caller,
    user: UserId,
    account_id: &AccountId,
    ceremony: WebAuthnCeremony,
) -> Result<(Enrolment, String), Refusal> {
    let sealing = app.keys.sealing().await?;
    let id = EnrolmentId::new(app.now(), app.random());
    let token_key = sealing.current_kid().to_owned();
    let token = derived_token::derive(app, TOKEN_LABEL, &token_key, id).await?;
    let cloud = CloudEnrolment {
        channel: Channel::Fido2,
        token_key: token_key.clone(),
        sms: None,
        wrong_codes: 0,
        web_authn: Some(ceremony),
    };
    let opening = Opening {
        id,
        app_space: &caller.app_space,
        origin: Some(caller.origin.id),
        user,
        account_id,
        token_hash: token.hash(),
    };
    let enrolment = Enrolment { cloud: Some(cloud), ..opening.open(app) };
    Ok((enrolment, token_key))
}

/// What the same request made before, and whether it made the user too.
async fn again(app: &App, made: Made) -> Result<(Enrolment, bool), Refusal> {
    let Made::Enrolment { id, new_user, token_key } = made else {
        return Err(internal("an Idempotency-Key that made something else")());
    };
    let token = derived_token::derive(app, TOKEN_LABEL, &token_key, id).await?;
    let enrolment = app.store.get::<Enrolment>(keys::enrolment(&token.hash().to_string()), app.now()).await?;
    // By now it may be gone from the table; its challenge would be refused either way.
    Ok((enrolment.ok_or(Refused::Unknown("enrolment"))?.value, new_user))
}

fn begun(
    app: &App,
    base_url: &str,
    asked: &Asked,
    enrolment: &Enrolment,
    account: Option<&Record<Account>>,
    new_user: bool,
) -> Result<Reply<Begun>, Refusal> {
    let Person { name, display_name } = &asked.person;
    // The account of a revoked user may have a new one by now: what that one had does not count.
    let account = account.map(|record| &record.value).filter(|account| account.user == enrolment.user);
    let registration_options = web_authn::creation(
        enrolment,
        account,
        Shown { name, display_name },
        Selection::default(),
        app.now(),
    )?;
    let begun = Begun { privakey_id: enrolment.user.to_string(), registration_options };
    Ok(if new_user {
        let account_id = encode(asked.account_id.as_str());
        Reply::created(begun, format!("{base_url}/api/account/get?accountId={account_id}"))
    } else {
        Reply::ok(begun)
    })
}
