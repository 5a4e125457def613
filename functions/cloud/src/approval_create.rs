//! `POST /api/v1/approval`: a Request Origin asks one of its users, or whoever scans a code.

use countersign_crypto::service_token::Operation;
use countersign_domain::account::Account;
use countersign_domain::approval::{Approval, Audience};
use countersign_domain::challenge::{Challenge, ChallengeState, Notification};
use countersign_domain::channel::Channel;
use countersign_domain::cloud_settings::CloudSettings;
use countersign_domain::id::{ChallengeId, DeviceId};
use countersign_domain::idempotency::Made;
use countersign_domain::invalid::Invalid;
use countersign_domain::question::{AnswerOption, Content};
use countersign_domain::refused::Refused;
use countersign_domain::sms::Sms;
use countersign_domain::web_authn::WebAuthnCeremony;
use countersign_lambda::asking::Question;
use countersign_lambda::origin::{Caller, Once, ROUNDS, Written};
use countersign_lambda::refusal::internal;
use countersign_lambda::{App, Call, Refusal, Reply, dispatch, web_authn};
use countersign_store::entities::Claim;
use countersign_store::{Record, Write, keys};
use countersign_webauthn::UserVerification;
use serde_json::json;

use crate::approval_body::{Asked, Body, Wanted};
use crate::approval_view::{ApprovalView, Context};
use crate::audience;
use crate::authority::Authority;
use crate::transaction_text::ShownAs;
use crate::whom::Whom;

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<ApprovalView>, Refusal> {
    let body = &call.body;
    let whom = Whom::of(body.username.as_deref(), body.user_id.as_deref())?;
    let asked = body.parse()?;
    if whom.is_none() {
        demand_claimable(&asked)?;
    }
    let authority = Authority::of(app, &call, Operation::Approval, asked.channel, whom.as_ref()).await?;
    let base_url = call.base_url(&app.settings);
    for _ in 0..ROUNDS {
        let mut read = authority.read(&call)?;
        let account = whom.as_ref().map(|whom| whom.read(&mut read));
        let settings = read.add::<CloudSettings>(keys::cloud_settings(read.tenant()));
        let once = Once::of(&call, &mut read)?;
        let (caller, mut found) = read.authenticate(app, &call).await?;
        let made = once.repeated(&mut found)?;
        let account = match account {
            Some(slot) => Some(slot.find_known(app, &caller, &mut found).await?),
            None => None,
        };
        let settings = found.take(settings)?.map(|record| record.value);
        let context = Context {
            app,
            base_url: &base_url,
            caller: &caller,
            settings: settings.as_ref(),
            account: account.as_ref().map(|record| &record.value),
        };
        if let Some(made) = made {
            return Ok(Reply::made(again(&context, made).await?));
        }
        let (write, challenge) = ask(app, &caller, &asked, account.as_ref(), settings.as_ref()).await?;
        let view = context.view(&challenge).await?;
        let token_key = challenge.approval.as_ref().map(|approval| approval.token_key.clone());
        let write = once.remember(app, write, Made::Challenge { id: challenge.id, token_key })?;
        match caller.write(app, write).await {
            Ok(()) => return Ok(Reply::made(view)),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}

/// Only a link can be scanned by somebody whom nobody knows yet.
fn demand_claimable(asked: &Asked) -> Result<(), Invalid> {
    match (asked.channel, asked.wanted) {
        (Channel::App, Wanted::Last | Wanted::Any) => Ok(()),
        (Channel::App, Wanted::This(_)) => Err(Invalid::new("authenticatorId", "is given without its user")),
        _ => Err(Invalid::new("username", "is missing: only the channel app asks whoever scans its link")),
    }
}

/// The approval, and the write that makes it.
async fn ask(
    app: &App,
    caller: &Caller,
    asked: &Asked,
    account: Option<&Record<Account>>,
    settings: Option<&CloudSettings>,
) -> Result<(Write, Challenge), Refusal> {
    let now = app.now();
    let id = ChallengeId::new(now, app.random());
    let key = app.keys.sealing().await?.current_kid().to_owned();
    let Some(record) = account else {
        let claim_hash = dispatch::challenge_token(app, &key, id, None).await?.hash().to_string();
        let state = ChallengeState::Claimable { claim_hash };
        let question = question(caller, asked, approval(asked, Audience::Any, key, None, None), None);
        let challenge = question.ask(app, id, state, now)?;
        let write = claim(app, Write::new(), &challenge, None).await?.insert("challenge", &challenge)?;
        return Ok((write, challenge));
    };
    let account = record.value.clone().active()?;
    let audience = audience::choose(&account, asked.channel, asked.wanted)?;
    let sms = account.phone.clone().filter(|_| asked.channel == Channel::Sms);
    let sms = sms.map(|phone| Sms { phone, text: asked.sms.clone() });
    let devices: Vec<_> = audience::dispatched_to(&account, asked.channel, &audience).collect();
    // A yes is a strong answer.
    let by_browser = asked.channel == Channel::Fido2;
    let ceremony =
        by_browser.then(|| web_authn::ceremony(settings, UserVerification::Required)).transpose()?;
    let approval = approval(asked, audience, key, sms, ceremony);
    let state = ChallengeState::Pending { user: account.user, wrong_codes: 0 };
    let challenge = question(caller, asked, approval, Some(&account)).ask(app, id, state, now)?;

    let disturbs = matches!(asked.channel, Channel::Push | Channel::Sms);
    let policy = &caller.app_space.policy;
    let limits = account.limits.clone().admit(policy, now, id, challenge.expires_at, disturbs)?;
    let mut write = Write::new().replace("account", record, &Account { limits, ..account.clone() })?;
    if !devices.is_empty() || challenge.followed {
        // What an app finds by asking.
        write = write.into_inbox(account.user, &challenge, 1)?;
    }
    for device in devices {
        write = claim(app, write, &challenge, Some(device)).await?;
    }
    if asked.channel == Channel::App {
        // The link is for whichever of them opens it.
        write = claim(app, write, &challenge, None).await?;
    }
    Ok((write.insert("challenge", &challenge)?, challenge))
}

fn approval(
    asked: &Asked,
    audience: Audience,
    token_key: String,
    sms: Option<Sms>,
    web_authn: Option<WebAuthnCeremony>,
) -> Approval {
    let message = asked.message.as_ref().map(|message| message.as_str().to_owned());
    Approval { channel: asked.channel, message, prompt: asked.prompt, audience, token_key, sms, web_authn }
}

fn question<'a>(
    caller: &'a Caller,
    asked: &Asked,
    approval: Approval,
    account: Option<&Account>,
) -> Question<'a> {
    let policy = &caller.app_space.policy;
    let text = match (&asked.message, &approval.sms) {
        (Some(message), _) => Some(message.as_str().to_owned()),
        (None, Some(sms)) => Some(sms.text.as_str().to_owned()),
        (None, None) => None,
    };
    let shown = asked.message.as_ref().map(|message| match asked.channel {
        // What a browser shows is for the Request Origin's page.
        Channel::Fido2 => json!({ "prompt": asked.prompt }),
        _ => json!({ "prompt": asked.prompt, "shownAs": ShownAs::of(message).name() }),
    });
    Question {
        app_space: &caller.app_space,
        origin: Some(&caller.origin),
        asked_by: None,
        account_id: account.map(|account| account.account_id.clone()),
        content: text.map(Content::Text),
        additional_info: shown,
        options: AnswerOption::default_pair(),
        show_code: false,
        transaction_id: None,
        callback: None,
        notification: Notification {
            show: asked.channel == Channel::Push,
            title: policy.notification_title.clone(),
            body: asked.notification.clone().unwrap_or_else(|| policy.notification_body.clone()),
        },
        approval: Some(approval),
        followed: account.is_some_and(Account::has_authenticator),
        lifetime: policy.challenge_lifetime,
    }
}

/// Adds that a token leads to the challenge: that of one device, or of the link.
async fn claim(
    app: &App,
    write: Write,
    challenge: &Challenge,
    device: Option<DeviceId>,
) -> Result<Write, Refusal> {
    let key = challenge.approval.as_ref().map(|approval| approval.token_key.as_str());
    let key = key.ok_or_else(internal("a challenge of another API"))?;
    let token = dispatch::challenge_token(app, key, challenge.id, device).await?;
    let claim = Claim {
        token_hash: token.hash().to_string(),
        challenge: challenge.id,
        device,
        expires_at: challenge.expires_at,
    };
    Ok(write.insert("claim", &claim)?)
}

/// What the same request got before.
async fn again(context: &Context<'_>, made: Made) -> Result<ApprovalView, Refusal> {
    let Made::Challenge { id, .. } = made else {
        return Err(internal("an Idempotency-Key that made something else")());
    };
    let challenge = context.app.store.get::<Challenge>(keys::challenge(id), context.app.now()).await?;
    context.view(&challenge.ok_or(Refused::Unknown("approval"))?.value).await
}
