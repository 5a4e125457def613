//! A question becomes a challenge: what `request/add` and `action/add` have in common.

use countersign_crypto::token::Token;
use countersign_domain::account::Account;
use countersign_domain::authenticator_settings::AuthenticatorSettings;
use countersign_domain::challenge::{Challenge, ChallengeState};
use countersign_domain::id::ChallengeId;
use countersign_domain::idempotency::Made;
use countersign_domain::refused::Refused;
use countersign_lambda::asking::Question;
use countersign_lambda::derived_token;
use countersign_lambda::origin::{Caller, Once, OriginRead, ROUNDS, Written};
use countersign_lambda::processed_request::ProcessedRequest;
use countersign_lambda::refusal::internal;
use countersign_lambda::{App, Call, Refusal};
use countersign_store::entities::Claim;
use countersign_store::{Write, keys};

use crate::action_terms::ActionTerms;
use crate::asked::{Asked, Body, Whom};
use crate::settings;

/// What separates claim tokens from all else that is derived from the sealing key.
const TOKEN_LABEL: &str = "claim-token";

/// A challenge as it was made, by this request or by the same one before.
pub(crate) struct Asking {
    pub(crate) caller: Caller,
    pub(crate) challenge: Challenge,
    /// What claims it, if it is claimable.
    pub(crate) claim_token: Option<Token>,
}

impl Asking {
    /// Asks what `body` says. With `terms` it is an action.
    pub(crate) async fn of<B>(
        app: &App,
        call: &Call<B>,
        body: &Body,
        terms: Option<&ActionTerms>,
    ) -> Result<Self, Refusal> {
        let whom = body.whom()?;
        for _ in 0..ROUNDS {
            let mut read = OriginRead::of(call)?;
            let account = whom.account_id().map(|id| read.add::<Account>(keys::account(read.tenant(), id)));
            let settings =
                terms.map(|_| read.add::<AuthenticatorSettings>(keys::authenticator_settings(read.tenant())));
            let once = Once::of(call, &mut read)?;
            let (caller, mut found) = read.authenticate(app, call).await?;
            if let Some(made) = once.repeated(&mut found)? {
                return again(app, caller, made).await;
            }
            if let Some(slot) = settings {
                settings::encrypting(found.take(slot)?)?;
            }
            let action = terms.map(|terms| terms.parse(&caller.app_space)).transpose()?;
            let (now, asked) = (app.now(), body.parse(app, call, &caller)?);
            let id = ChallengeId::new(now, app.random());
            let mut token_key = None;
            let (write, challenge) = match &whom {
                Whom::User(_) => {
                    let account = account.map(|slot| found.take(slot)).transpose()?.flatten();
                    let account = account.ok_or(Refused::Unknown("user"))?;
                    question(&caller, &asked, Some(&account.value)).ask_user(app, id, &account, now)?
                }
                Whom::Claimant => {
                    let sealing = app.keys.sealing().await?;
                    let key = token_key.insert(sealing.current_kid().to_owned());
                    let claim_hash =
                        derived_token::derive(app, TOKEN_LABEL, key, id).await?.hash().to_string();
                    let state = ChallengeState::Claimable { claim_hash: claim_hash.clone() };
                    let challenge = question(&caller, &asked, None).ask(app, id, state, now)?;
                    let challenge = Challenge { action, ..challenge };
                    let claim = Claim {
                        token_hash: claim_hash,
                        challenge: id,
                        device: None,
                        expires_at: challenge.expires_at,
                    };
                    (Write::new().insert("claim", &claim)?.insert("challenge", &challenge)?, challenge)
                }
            };
            let write = once.remember(app, write, Made::Challenge { id, token_key: token_key.clone() })?;
            match caller.write(app, write).await {
                Ok(()) => return Self::made(app, caller, challenge, token_key.as_deref()).await,
                Err(Written::Conflict(_)) => {}
                Err(Written::Refused(refusal)) => return Err(refusal),
            }
        }
        Err(Refusal::Conflict)
    }

    async fn made(
        app: &App,
        caller: Caller,
        challenge: Challenge,
        token_key: Option<&str>,
    ) -> Result<Self, Refusal> {
        let claim_token = match token_key {
            Some(key) => Some(derived_token::derive(app, TOKEN_LABEL, key, challenge.id).await?),
            None => None,
        };
        Ok(Self { caller, challenge, claim_token })
    }

    /// The challenge in the words of this API.
    pub(crate) fn view(&self) -> ProcessedRequest {
        ProcessedRequest::of(&self.challenge)
    }

    /// Where the challenge is found.
    pub(crate) fn location(&self, base_url: &str) -> String {
        format!("{base_url}/api/request/getRequest?requestGuid={}", self.challenge.id)
    }
}

fn question<'a>(caller: &'a Caller, asked: &Asked, account: Option<&Account>) -> Question<'a> {
    Question {
        app_space: &caller.app_space,
        origin: Some(&caller.origin),
        asked_by: None,
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
    }
}

async fn again(app: &App, caller: Caller, made: Made) -> Result<Asking, Refusal> {
    let Made::Challenge { id, token_key } = made else {
        return Err(internal("an Idempotency-Key that made something else")());
    };
    let challenge = app.store.get::<Challenge>(keys::challenge(id), app.now()).await?;
    let challenge = challenge.ok_or_else(internal("a remembered challenge is gone"))?.value.at(app.now());
    Asking::made(app, caller, challenge, token_key.as_deref()).await
}
