//! `POST /_app/uaf/1.1/request/registration/`: an app begins a registration, with an intent token of its backend or with
//! a dispatch token that it has not redeemed.

use countersign_crypto::service_token::{IntentToken, Operation};
use countersign_domain::account::Account;
use countersign_domain::channel::Channel;
use countersign_domain::cloud_settings::CloudSettings;
use countersign_domain::enrolment::{CloudEnrolment, Enrolment, EnrolmentState};
use countersign_domain::id::{EnrolmentId, UserId};
use countersign_domain::invalid::Invalid;
use countersign_domain::text::AccountId;
use countersign_domain::user::User;
use countersign_domain::username::Username;
use countersign_lambda::dialect::FIDO_UAF;
use countersign_lambda::enrolling::Opening;
use countersign_lambda::origin::{Caller, OriginRead, ROUNDS, Written};
use countersign_lambda::{App, Call, Refusal, Reply, binding, dispatch};
use countersign_store::keys;
use serde::Deserialize;

use crate::authority;
use crate::registering::redeem;
use crate::uaf::application::Application;
use crate::uaf::ask;
use crate::uaf::messages::{GetRequest, ReturnRequest};

#[derive(Deserialize, Default)]
struct Context {
    username: Option<String>,
    token: Option<String>,
}

pub(crate) async fn handle(app: &App, call: Call<GetRequest>) -> Result<Reply<ReturnRequest>, Refusal> {
    let context: Context = call.body.context("Reg")?;
    let request = match (&context.token, call.bearer()?) {
        (Some(token), None) => redeem(app, &call, token).await?,
        (None, Some(_)) => begin(app, &call, context.username.as_deref()).await?,
        (Some(_), Some(_)) => return Err(Invalid::new("context.token", "excludes an intent token").into()),
        (None, None) => return Err(Refusal::Unauthorized),
    };
    Ok(Reply::ok(request).media_type(FIDO_UAF))
}

/// Enrols the user of the intent token and asks at once.
async fn begin(app: &App, call: &Call<GetRequest>, username: Option<&str>) -> Result<ReturnRequest, Refusal> {
    let base_url = call.base_url(&app.settings);
    let intent = verify(app, call).await?;
    for _ in 0..ROUNDS {
        let account_id = account_id(app, &intent, username).await?;
        let mut read = OriginRead::vouched(call, intent.aud, authority::seen(&intent));
        let account = read.add::<Account>(keys::account(read.tenant(), &account_id));
        let settings = read.add::<CloudSettings>(keys::cloud_settings(read.tenant()));
        let (caller, mut found) = read.authenticate(app, call).await?;
        binding::demand_simple(&caller.app_space)?;
        let settings = found.take(settings)?.map(|settings| settings.value);
        let application = Application::of(&base_url, settings)?;
        let account = found.take(account)?;
        let bound = binding::user(app, &caller, &account_id, account.as_ref(), None)?;
        let devices = match bound.new_user {
            true => Vec::new(),
            false => app.store.user_partition(bound.user, app.now()).await?.devices,
        };
        let enrolment = enrolment(app, &caller, bound.user, &account_id).await?;
        let request = ask::registration(app, &application, &enrolment, &devices).await?;
        let write = bound.write.insert("enrolment", &enrolment)?;
        match caller.write(app, write).await {
            Ok(()) => return Ok(request),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}

async fn verify(app: &App, call: &Call<GetRequest>) -> Result<IntentToken, Refusal> {
    let intent = authority::intent(app, call).await?.ok_or(Refusal::Unauthorized)?;
    let by_app = |channel: &String| channel == Channel::App.name();
    let by_app = intent.channels.is_empty() || intent.channels.iter().any(by_app);
    if intent.operation == Operation::Enroll && by_app { Ok(intent) } else { Err(Refusal::Unauthorized) }
}

/// The account of the user whom the intent is for; the app may say again whom it means.
async fn account_id(app: &App, intent: &IntentToken, username: Option<&str>) -> Result<AccountId, Refusal> {
    let account_id = match (&intent.username, intent.sub) {
        (Some(username), _) => AccountId::from(Username::parse("username", username.clone())?),
        (None, Some(user)) => {
            let user = app.store.get::<User>(keys::user(user), app.now()).await?;
            let user = user.filter(|user| user.value.app_space.tenant() == intent.aud.tenant());
            user.ok_or(Refusal::Unauthorized)?.value.account_id
        }
        (None, None) => return Err(Refusal::Unauthorized),
    };
    match username {
        Some(username) if username != account_id.as_str() => {
            Err(Invalid::new("context.username", "is not the user of the intent token").into())
        }
        _ => Ok(account_id),
    }
}

/// One whose token nobody has: it is dispatched already.
async fn enrolment(
    app: &App,
    caller: &Caller,
    user: UserId,
    account_id: &AccountId,
) -> Result<Enrolment, Refusal> {
    let now = app.now();
    let id = EnrolmentId::new(now, app.random());
    let token_key = app.keys.sealing().await?.current_kid().to_owned();
    let token = dispatch::enrolment_token(app, &token_key, id).await?;
    let cloud =
        CloudEnrolment { channel: Channel::App, token_key, sms: None, wrong_codes: 0, web_authn: None };
    let opening = Opening {
        id,
        app_space: &caller.app_space,
        origin: Some(caller.origin.id),
        user,
        account_id,
        token_hash: token.hash(),
    };
    let state = EnrolmentState::Dispatched { at: now };
    Ok(Enrolment { cloud: Some(cloud), state, ..opening.open(app) })
}
