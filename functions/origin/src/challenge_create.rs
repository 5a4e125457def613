//! `POST /api/request/add`: a Request Origin asks one of its users, or whoever claims it, a question.

use countersign_domain::account::Account;
use countersign_domain::challenge::{Challenge, ChallengeState};
use countersign_domain::id::ChallengeId;
use countersign_domain::idempotency::Made;
use countersign_domain::refused::Refused;
use countersign_domain::time::Timestamp;
use countersign_lambda::asking::Question;
use countersign_lambda::derived_token;
use countersign_lambda::link::Link;
use countersign_lambda::origin::{Caller, Once, OriginRead, ROUNDS, Written};
use countersign_lambda::processed_request::ProcessedRequest;
use countersign_lambda::refusal::internal;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::entities::Claim;
use countersign_store::{Write, keys};
use serde::Serialize;

use crate::asked::{Asked, Body, Whom};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Created {
    #[serde(flatten)]
    request: ProcessedRequest,
    /// What the Request Origin shows its user, with `showCode`.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claim_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claim_qr_code: Option<String>,
}

/// What separates claim tokens from all else that is derived from the sealing key.
const TOKEN_LABEL: &str = "claim-token";

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<Created>, Refusal> {
    let whom = call.body.whom()?;
    let base_url = call.base_url(&app.settings);
    for _ in 0..ROUNDS {
        let mut read = OriginRead::of(&call)?;
        let account = whom.account_id().map(|id| read.add::<Account>(keys::account(read.tenant(), id)));
        let once = Once::of(&call, &mut read)?;
        let (caller, mut found) = read.authenticate(app, &call).await?;
        if let Some(made) = once.repeated(&mut found)? {
            return again(app, &base_url, &caller, made).await;
        }
        let (now, asked) = (app.now(), call.body.parse(app, &call, &caller)?);
        let id = ChallengeId::new(now, app.random());
        let mut token_key = None;
        let mut write = Write::new();
        let challenge = match &whom {
            Whom::User(_) => {
                let account = account.map(|slot| found.take(slot)).transpose()?.flatten();
                let account = account.ok_or(Refused::Unknown("user"))?;
                let Account { user, limits, .. } = account.value.clone().active()?;
                let push = asked.notification.show;
                let limits = limits.admit(&caller.app_space.policy, now, id, now + asked.lifetime, push)?;
                let state = ChallengeState::Pending { user, wrong_codes: 0 };
                let challenge = ask(app, &caller, id, &asked, Some(&account.value), state, now)?;
                write = write.replace("account", &account, &Account { limits, ..account.value.clone() })?;
                write.into_inbox(user, &challenge, 1).map(|with| (with, challenge))
            }
            Whom::Claimant => {
                let sealing = app.keys.sealing().await?;
                let key = token_key.insert(sealing.current_kid().to_owned());
                let claim_hash = derived_token::derive(app, TOKEN_LABEL, key, id).await?.hash().to_string();
                let state = ChallengeState::Claimable { claim_hash: claim_hash.clone() };
                let challenge = ask(app, &caller, id, &asked, None, state, now)?;
                let claim = Claim {
                    token_hash: claim_hash,
                    challenge: id,
                    device: None,
                    expires_at: challenge.expires_at,
                };
                write.insert("claim", &claim).map(|with| (with, challenge))
            }
        };
        let (with, challenge) = challenge?;
        write = with.insert("challenge", &challenge)?;
        write = once.remember(app, write, Made::Challenge { id, token_key: token_key.clone() })?;
        match caller.write(app, write).await {
            Ok(()) => return created(app, &base_url, &caller, &challenge, token_key.as_deref()).await,
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}

fn ask(
    app: &App,
    caller: &Caller,
    id: ChallengeId,
    asked: &Asked,
    account: Option<&Account>,
    state: ChallengeState,
    now: Timestamp,
) -> Result<Challenge, Refusal> {
    let question = Question {
        app_space: &caller.app_space,
        origin: Some(&caller.origin),
        account_id: account.map(|account| account.account_id.clone()),
        content: asked.content.clone(),
        additional_info: asked.additional_info.clone(),
        options: asked.options.clone(),
        show_code: asked.show_code,
        transaction_id: asked.transaction_id.clone(),
        callback: asked.callback.clone(),
        notification: asked.notification.clone(),
        approval: None,
        followed: account.is_some_and(Account::has_authenticator),
        lifetime: asked.lifetime,
    };
    question.ask(app, id, state, now)
}

async fn again(app: &App, base_url: &str, caller: &Caller, made: Made) -> Result<Reply<Created>, Refusal> {
    let Made::Challenge { id, token_key } = made else {
        return Err(internal("an Idempotency-Key that made something else")());
    };
    let challenge = app.store.get::<Challenge>(keys::challenge(id), app.now()).await?;
    let challenge = challenge.ok_or_else(internal("a remembered challenge is gone"))?.value.at(app.now());
    created(app, base_url, caller, &challenge, token_key.as_deref()).await
}

async fn created(
    app: &App,
    base_url: &str,
    caller: &Caller,
    challenge: &Challenge,
    token_key: Option<&str>,
) -> Result<Reply<Created>, Refusal> {
    let link = match token_key {
        Some(key) => Some(Link::to_claim(
            base_url,
            &caller.app_space,
            challenge,
            &derived_token::derive(app, TOKEN_LABEL, key, challenge.id).await?,
        )?),
        None => None,
    };
    let (claim_uri, claim_qr_code) = link.map(|link| (link.uri, link.qr_code)).unzip();
    let created = Created {
        request: ProcessedRequest::of(challenge),
        code: challenge.matching_code.as_ref().map(|code| code.expose().to_owned()),
        claim_uri,
        claim_qr_code,
    };
    Ok(Reply::created(created, format!("{base_url}/api/request/getRequest?requestGuid={}", challenge.id)))
}
