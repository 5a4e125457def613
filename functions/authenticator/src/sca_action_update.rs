//! `PUT /api/sca/v1/actions/{action}`: a bank encrypts again what it asks, or gives more or less time for it.

use countersign_domain::account::Account;
use countersign_domain::challenge::{Challenge, ChallengeState};
use countersign_domain::refused::Refused;
use countersign_domain::relayed::{DeviceEnvelope, Relayed};
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_lambda::call::Enclosed;
use countersign_lambda::origin::ROUNDS;
use countersign_lambda::refusal::{AuthenticatorRefusal, internal};
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::bank::BankAction;
use countersign_store::entities::InboxEntry;
use countersign_store::{Read, Record, Write, keys};
use serde::{Deserialize, Serialize};

use crate::bank_body::{Encrypted, envelopes, time};
use crate::bank_caller::{BankCaller, BankRead};
use crate::bank_question::{self, BankQuestion};
use crate::data::{Data, reply};

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    expires_at: Option<String>,
    #[serde(default)]
    authorizations: Option<Vec<Encrypted>>,
}

#[derive(Serialize)]
pub(crate) struct Updated {
    action_id: String,
}

/// What the bank changes.
struct Changes {
    expires_at: Option<Timestamp>,
    envelopes: Option<Vec<DeviceEnvelope>>,
}

pub(crate) async fn handle(app: &App, call: Call<Enclosed>) -> Result<Reply<Data<Updated>>, Refusal> {
    for _ in 0..ROUNDS {
        let mut read = BankRead::of(&call)?;
        let slot = read.add::<BankAction>(keys::bank_action(read.tenant(), call.path("action")));
        let (caller, mut found) = read.authenticate(app, &call).await?;
        let body: Body = call.body.read()?;
        let action = found.take(slot)?.ok_or(Refused::Unknown("action"))?.value;

        let (open, account) = open(app, &action).await?;
        let changes = Changes {
            expires_at: body.expires_at.map(|text| time("expires_at", &text)).transpose()?,
            envelopes: body.authorizations.map(|all| envelopes(&account.value, all)).transpose()?,
        };
        let write = update(app, &caller, &action, &open, &account, changes)?;
        match app.store.write(caller.once(app, write)?).await {
            Ok(()) => return Ok(reply(Updated { action_id: action.action_id })),
            // This very call was carried out: the bank did not hear of it.
            Err(error) if error.is_conflict_of("signature") => {
                return Ok(reply(Updated { action_id: action.action_id }));
            }
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refusal::Conflict)
}

/// What of the action is open, and the account of its user. Once nothing is, the action is over.
async fn open(app: &App, action: &BankAction) -> Result<(Vec<Record<Challenge>>, Record<Account>), Refusal> {
    let now = app.now();
    let mut read = Read::new();
    let user = read.add::<User>(keys::user(action.user));
    let slots: Vec<_> =
        action.challenges.iter().map(|id| read.add::<Challenge>(keys::challenge(*id))).collect();
    let mut found = app.store.read(read, now).await?;
    let user = found.take(user)?.ok_or_else(internal("an action without a user"))?;
    let mut open = Vec::with_capacity(slots.len());
    for slot in slots {
        open.extend(found.take(slot)?.filter(|challenge| challenge.value.clone().at(now).state.is_open()));
    }
    if open.is_empty() {
        return Err(AuthenticatorRefusal::ActionExpired.into());
    }
    let account = app.store.account_of(&user.value, now).await?;
    Ok((open, account.ok_or(AuthenticatorRefusal::UserNotFound)?))
}

fn update(
    app: &App,
    caller: &BankCaller,
    action: &BankAction,
    open: &[Record<Challenge>],
    account: &Record<Account>,
    changes: Changes,
) -> Result<Write, Refusal> {
    let (app_space, now) = (&caller.app_space, app.now());
    let mut limits = account.value.limits.clone();
    let mut write = Write::new();
    for old in open {
        let challenge = &old.value;
        let expires_at = changes.expires_at.unwrap_or(challenge.expires_at);
        bank_question::check_expiry(app_space, challenge.asked_at, expires_at, now)?;
        let Some(relayed) = &challenge.relayed else { return Err(Refusal::Internal) };
        let envelopes = match &changes.envelopes {
            None => relayed.envelopes.clone(),
            Some(new) => of_challenge(new, relayed, action.multiple),
        };
        let question = BankQuestion {
            app_space,
            account_id: &account.value.account_id,
            relayed: Relayed { action_id: relayed.action_id.clone(), envelopes },
            push: challenge.notification.show,
            asked_at: challenge.asked_at,
            expires_at,
        };
        let state = ChallengeState::Pending { user: account.value.user, wrong_codes: 0 };
        let new = question.ask(app, challenge.id, state)?;
        limits = limits.decided(new.id).admit(&app_space.policy, now, new.id, expires_at, false)?;
        let inbox = InboxEntry { user: account.value.user, challenge: new.clone(), version: old.version + 1 };
        write = write.replace_live("challenge", old, &new, now)?.put_mark("inbox", &inbox)?;
    }
    Ok(write.replace("account", account, &Account { limits, ..account.value.clone() })?)
}

/// What of `new` is for a challenge that had `relayed`: all, or where each connection decides for itself, its own.
fn of_challenge(new: &[DeviceEnvelope], relayed: &Relayed, multiple: bool) -> Vec<DeviceEnvelope> {
    if !multiple {
        return new.to_vec();
    }
    let own = |old: &DeviceEnvelope| new.iter().find(|new| new.device == old.device).unwrap_or(old).clone();
    relayed.envelopes.iter().map(own).collect()
}
