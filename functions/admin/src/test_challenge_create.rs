//! `POST …/challenges/new`: an administrator asks a user by hand, to see that all of it works.

use countersign_domain::account::Account;
use countersign_domain::challenge::{Challenge, Notification};
use countersign_domain::id::ChallengeId;
use countersign_domain::idempotency::Made;
use countersign_domain::question::{AnswerOption, Content};
use countersign_domain::refused::Refused;
use countersign_domain::role::Permission;
use countersign_domain::text::AccountId;
use countersign_lambda::admin::{AdminCaller, AdminRead};
use countersign_lambda::asking::Question;
use countersign_lambda::guarded::{ROUNDS, Written};
use countersign_lambda::refusal::internal;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::keys;
use serde::Deserialize;
use serde_json::Value;

use crate::challenge_view::ChallengeView;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    account_id: String,
    content: Option<Value>,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<ChallengeView>, Refusal> {
    let account_id = AccountId::parse("accountId", call.body.account_id.clone())?;
    let content = call.body.content.clone().map(|content| Content::parse("content", content)).transpose()?;
    for _ in 0..ROUNDS {
        let mut read = AdminRead::of(app, &call, Permission::SendChallenges)?;
        let slot = read.add::<Account>(keys::account(read.tenant()?, &account_id));
        let once = read.once(&call)?;
        let (caller, mut found) = read.authenticate(app, &call).await?;
        if let Some(made) = once.repeated(&mut found)? {
            let challenge = again(app, made).await?;
            return created(&caller, &challenge);
        }
        let account = found.take(slot)?.ok_or(Refused::Unknown("user"))?;
        let (now, id) = (app.now(), ChallengeId::new(app.now(), app.random()));
        let question = question(&caller, &account.value, content.clone())?;
        let (write, challenge) = question.ask_user(app, id, &account, now)?;
        let write = once.remember(app, write, Made::Challenge { id, token_key: None })?;
        match caller.write_untold(app, write).await {
            Ok(()) => return created(&caller, &challenge),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}

fn question<'a>(
    caller: &'a AdminCaller,
    account: &Account,
    content: Option<Content>,
) -> Result<Question<'a>, Refusal> {
    let app_space = &caller.app_space()?.value;
    let policy = &app_space.policy;
    let by = match &caller.administrator {
        Some(administrator) => &administrator.value.name,
        None => &caller.company.value.name,
    };
    Ok(Question {
        app_space,
        origin: None,
        asked_by: Some(caller.actor),
        account_id: Some(account.account_id.clone()),
        content: Some(content.unwrap_or_else(|| Content::Text(format!("Test challenge from {by}")))),
        additional_info: None,
        options: AnswerOption::default_pair(),
        show_code: false,
        transaction_id: None,
        callback: None,
        notification: Notification {
            show: true,
            title: policy.notification_title.clone(),
            body: policy.notification_body.clone(),
        },
        approval: None,
        followed: account.has_authenticator(),
        lifetime: policy.challenge_lifetime,
    })
}

fn created(caller: &AdminCaller, challenge: &Challenge) -> Result<Reply<ChallengeView>, Refusal> {
    let AdminCaller { base_url, company, .. } = caller;
    let (company, app_space) = (company.value.id, caller.app_space()?.value.id);
    let url =
        format!("{base_url}/admin/api/companies/{company}/appSpaces/{app_space}/challenges/{}", challenge.id);
    Ok(Reply::created(ChallengeView::of(challenge, true), url))
}

async fn again(app: &App, made: Made) -> Result<Challenge, Refusal> {
    let Made::Challenge { id, .. } = made else {
        return Err(internal("an Idempotency-Key that made something else")());
    };
    let challenge = app.store.get::<Challenge>(keys::challenge(id), app.now()).await?;
    Ok(challenge.ok_or_else(internal("a remembered challenge is gone"))?.value.at(app.now()))
}
