//! `POST /api/request/webauthn/authenticate`: a Request Origin asks one of its users for a WebAuthn credential's yes.

use countersign_domain::account::Account;
use countersign_domain::approval::{Approval, Audience};
use countersign_domain::authenticator_key::KeyName;
use countersign_domain::challenge::{Challenge, ChallengeState, Notification};
use countersign_domain::channel::Channel;
use countersign_domain::id::ChallengeId;
use countersign_domain::idempotency::Made;
use countersign_domain::question::AnswerOption;
use countersign_domain::refused::Refused;
use countersign_domain::text::AccountId;
use countersign_domain::web_authn::WebAuthnCeremony;
use countersign_lambda::asking::Question;
use countersign_lambda::origin::{Caller, Once, OriginRead, ROUNDS, Written};
use countersign_lambda::refusal::internal;
use countersign_lambda::{App, Call, Refusal, Reply, web_authn};
use countersign_store::{Record, Write, keys};
use countersign_webauthn::UserVerification;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    account_id: String,
    domain: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Asked {
    request_guid: String,
    request_options: Value,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<Asked>, Refusal> {
    let account_id = AccountId::parse("accountId", call.body.account_id.clone())?;
    let base_url = call.base_url(&app.settings);
    for _ in 0..ROUNDS {
        let mut read = OriginRead::of(&call)?;
        let account = read.add::<Account>(keys::account(read.tenant(), &account_id));
        let once = Once::of(&call, &mut read)?;
        let (caller, mut found) = read.authenticate(app, &call).await?;
        let account = found.take(account)?.ok_or(Refused::Unknown("user"))?;
        if let Some(made) = once.repeated(&mut found)? {
            return asked(app, &base_url, &again(app, made).await?, &account.value);
        }
        let domain = caller.origin.permit_domain("domain", &call.body.domain)?;
        let ceremony = WebAuthnCeremony {
            rp: domain.relying_party(&caller.app_space.name, app.settings.loopback),
            user_verification: UserVerification::Required.name().to_owned(),
        };
        let (write, challenge) = ask(app, &caller, &account, ceremony).await?;
        let write = once.remember(app, write, Made::Challenge { id: challenge.id, token_key: None })?;
        match caller.write(app, write).await {
            Ok(()) => return asked(app, &base_url, &challenge, &account.value),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}

/// The challenge, and the write that makes it.
async fn ask(
    app: &App,
    caller: &Caller,
    record: &Record<Account>,
    ceremony: WebAuthnCeremony,
) -> Result<(Write, Challenge), Refusal> {
    let (now, policy) = (app.now(), &caller.app_space.policy);
    let account = record.value.clone().active()?;
    if !account.targets.iter().any(|target| matches!(target.key, Some(KeyName::Fido2 { .. }))) {
        let state = "without a WebAuthn credential";
        return Err(Refused::WrongState { what: "user", state }.into());
    }
    let question = Question {
        app_space: &caller.app_space,
        origin: Some(&caller.origin),
        asked_by: None,
        account_id: Some(account.account_id.clone()),
        content: None,
        additional_info: None,
        options: AnswerOption::default_pair(),
        show_code: false,
        transaction_id: None,
        callback: None,
        // The browser is at hand: nothing is to be pushed.
        notification: Notification {
            show: false,
            title: policy.notification_title.clone(),
            body: policy.notification_body.clone(),
        },
        followed: false,
        approval: Some(Approval {
            channel: Channel::Fido2,
            message: None,
            prompt: false,
            audience: Audience::Any,
            token_key: app.keys.sealing().await?.current_kid().to_owned(),
            sms: None,
            web_authn: Some(ceremony),
        }),
        lifetime: policy.challenge_lifetime,
    };
    let id = ChallengeId::new(now, app.random());
    let state = ChallengeState::Pending { user: account.user, wrong_codes: 0 };
    let challenge = question.ask(app, id, state, now)?;
    let limits = account.limits.clone().admit(policy, now, id, challenge.expires_at, false)?;
    let write = Write::new().replace("account", record, &Account { limits, ..account })?;
    Ok((write.insert("challenge", &challenge)?, challenge))
}

/// What the same request made before.
async fn again(app: &App, made: Made) -> Result<Challenge, Refusal> {
    let Made::Challenge { id, .. } = made else {
        return Err(internal("an Idempotency-Key that made something else")());
    };
    let challenge = app.store.get::<Challenge>(keys::challenge(id), app.now()).await?;
    Ok(challenge.ok_or_else(internal("a remembered challenge is gone"))?.value)
}

fn asked(
    app: &App,
    base_url: &str,
    challenge: &Challenge,
    account: &Account,
) -> Result<Reply<Asked>, Refusal> {
    let guid = challenge.id.to_string();
    let url = format!("{base_url}/api/request/getRequest?requestGuid={guid}");
    let request_options = web_authn::request(challenge, account, app.now())?;
    Ok(Reply::created(Asked { request_guid: guid, request_options }, url))
}
