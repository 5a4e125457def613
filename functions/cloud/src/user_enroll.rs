//! `POST /api/v1/users/enroll`: a Request Origin begins to give one of its users another authenticator or factor.

use countersign_crypto::service_token::Operation;
use countersign_domain::account::Account;
use countersign_domain::cloud_settings::CloudSettings;
use countersign_domain::enrolment::{CloudEnrolment, Enrolment};
use countersign_domain::id::{EnrolmentId, UserId};
use countersign_domain::idempotency::Made;
use countersign_domain::recovery_codes::RecoveryCodes;
use countersign_domain::refused::Refused;
use countersign_domain::text::AccountId;
use countersign_domain::time::Span;
use countersign_lambda::binding::{self, Bound};
use countersign_lambda::enrolling::Opening;
use countersign_lambda::origin::{Caller, Once, ROUNDS, Written};
use countersign_lambda::refusal::internal;
use countersign_lambda::{App, Call, Refusal, Reply, dispatch, web_authn};
use countersign_store::guards::{Attempts, Failures};
use countersign_store::{Record, Write, keys};

use crate::authority::Authority;
use crate::enroll_body::{Body, Factor};
use crate::enrollment::{self, Context, Enrolled};
use crate::whom::Whom;

/// Codes that go out by SMS to one user's name. Each costs money, and nobody wants them.
const SMS: Attempts = Attempts { max: 5, window: Span::minutes(10) };
const SMS_PURPOSE: &str = "sms-enrolment";

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<Enrolled>, Refusal> {
    let body = &call.body;
    let whom = Whom::required(body.username.as_deref(), body.user_id.as_deref())?;
    let factor = body.factor()?;
    let authority = Authority::of(app, &call, Operation::Enroll, factor.channel(), Some(&whom)).await?;
    let base_url = call.base_url(&app.settings);
    for _ in 0..ROUNDS {
        let mut read = authority.read(&call)?;
        let account = whom.read(&mut read);
        let settings = read.add::<CloudSettings>(keys::cloud_settings(read.tenant()));
        let once = Once::of(&call, &mut read)?;
        let (caller, mut found) = read.authenticate(app, &call).await?;
        let made = once.repeated(&mut found)?;
        let account = account.find(app, &caller, &mut found).await?;
        let settings = found.take(settings)?.map(|record| record.value);
        let context = Context {
            app,
            base_url: &base_url,
            caller: &caller,
            settings: settings.as_ref(),
            account: account.as_ref().map(|record| &record.value),
        };
        let enrolled = match made {
            Some(made) => again(&context, made, &factor).await?,
            None => match begin(&context, &whom, account.as_ref(), &factor, &once).await? {
                Some(enrolled) => enrolled,
                None => continue,
            },
        };
        let location = format!("{base_url}/api/v1/users/{}", enrolled.user_id());
        return Ok(Reply::created(enrolled, location));
    }
    Err(Refusal::Conflict)
}

/// Begins the enrolment; nothing if somebody was faster.
async fn begin(
    context: &Context<'_>,
    whom: &Whom,
    account: Option<&Record<Account>>,
    factor: &Factor,
    once: &Once,
) -> Result<Option<Enrolled>, Refusal> {
    let (app, caller) = (context.app, context.caller);
    binding::demand_simple(&caller.app_space)?;
    let account_id = match (whom, account) {
        (Whom::Name(username), _) => username.account_id().clone(),
        (Whom::Id(_), Some(account)) => account.value.account_id.clone(),
        (Whom::Id(_), None) => return Err(Refused::Unknown("user").into()),
    };
    let Bound { user, new_user, write } = binding::user(app, caller, &account_id, account, None)?;
    demand_room(context, factor)?;
    if let Factor::Sms(_) = factor {
        admit_sms(app, caller, &account_id).await?;
    }
    let sealing = app.keys.sealing().await?;
    let key = sealing.current_kid().to_owned();
    let id = EnrolmentId::new(app.now(), app.random());
    let made = Made::Enrolment { id, new_user, token_key: key.clone() };
    let (write, enrolled) = match factor {
        Factor::Recovery => {
            let codes = enrollment::recovery_codes(app, &key, id).await?;
            let hashes = codes.iter().map(|code| code.hash().to_string()).collect();
            let write = replace_codes(app, write, user, new_user, hashes).await?;
            (write, context.recoverable(user, &account_id, id, &codes).await?)
        }
        _ => {
            let enrolment = enrolment(context, id, key, user, &account_id, factor).await?;
            (write.insert("enrolment", &enrolment)?, context.enrolled(&enrolment, factor).await?)
        }
    };
    let write = once.remember(app, write, made)?;
    match caller.write(app, write).await {
        Ok(()) => Ok(Some(enrolled)),
        Err(Written::Conflict(_)) => Ok(None),
        Err(Written::Refused(refusal)) => Err(refusal),
    }
}

/// Refuses what could never be finished.
fn demand_room(context: &Context<'_>, factor: &Factor) -> Result<(), Refusal> {
    if let Factor::Fido2 { selection, .. } = factor {
        web_authn::ceremony(context.settings, selection.user_verification)?;
    }
    let devices = context.account.map_or(0, |account| account.targets.len());
    if factor.is_device() && devices >= context.caller.app_space.policy.devices_max as usize {
        return Err(Refused::WrongState { what: "user", state: "at the limit of devices" }.into());
    }
    Ok(())
}

async fn admit_sms(app: &App, caller: &Caller, account_id: &AccountId) -> Result<(), Refusal> {
    let who = format!("{} {account_id}", caller.app_space.id);
    let sent = app.store.get::<Failures>(keys::attempts(SMS_PURPOSE, &who), app.now()).await?;
    if let Some(retry_after) = sent.and_then(|sent| sent.value.wait(SMS, app.now())) {
        return Err(Refused::TooMany { limit: "this user got too many codes", retry_after }.into());
    }
    Ok(app.store.count_failure(SMS_PURPOSE, &who, SMS, app.now()).await?)
}

async fn enrolment(
    context: &Context<'_>,
    id: EnrolmentId,
    key: String,
    user: UserId,
    account_id: &AccountId,
    factor: &Factor,
) -> Result<Enrolment, Refusal> {
    let (app, caller) = (context.app, context.caller);
    let token = dispatch::enrolment_token(app, &key, id).await?;
    let (sms, web_authn) = match factor {
        Factor::Sms(sms) => (Some(sms.clone()), None),
        Factor::Fido2 { selection, .. } => {
            (None, Some(web_authn::ceremony(context.settings, selection.user_verification)?))
        }
        Factor::App(_) | Factor::Recovery => (None, None),
    };
    let cloud = CloudEnrolment { channel: factor.channel(), token_key: key, sms, wrong_codes: 0, web_authn };
    let opening = Opening {
        id,
        app_space: &caller.app_space,
        origin: Some(caller.origin.id),
        user,
        account_id,
        token_hash: token.hash(),
    };
    Ok(Enrolment { cloud: Some(cloud), ..opening.open(app) })
}

/// New codes in place of those that the user may have.
async fn replace_codes(
    app: &App,
    write: Write,
    user: UserId,
    new_user: bool,
    hashes: Vec<String>,
) -> Result<Write, Refusal> {
    let codes = RecoveryCodes { user, hashes, created_at: app.now() };
    let former = match new_user {
        true => None,
        false => app.store.get::<RecoveryCodes>(keys::recovery_codes(user), app.now()).await?,
    };
    Ok(match former {
        Some(former) => write.replace("recovery codes", &former, &codes)?,
        None => write.insert("recovery codes", &codes)?,
    })
}

/// What the same request got before.
async fn again(context: &Context<'_>, made: Made, factor: &Factor) -> Result<Enrolled, Refusal> {
    let app = context.app;
    let Made::Enrolment { id, token_key, .. } = made else {
        return Err(internal("an Idempotency-Key that made something else")());
    };
    if let Factor::Recovery = factor {
        let codes = enrollment::recovery_codes(app, &token_key, id).await?;
        let account = context.account.ok_or(Refused::Unknown("user"))?;
        return context.recoverable(account.user, &account.account_id, id, &codes).await;
    }
    let token = dispatch::enrolment_token(app, &token_key, id).await?;
    let enrolment = app.store.get::<Enrolment>(keys::enrolment(&token.hash().to_string()), app.now()).await?;
    // By now it may be gone from the table; its token would be refused either way.
    let enrolment = enrolment.ok_or(Refused::Unknown("enrolment"))?.value;
    context.enrolled(&enrolment, factor).await
}
