//! The app scanned an action's code where a bank encrypts: the bank says what the action is, to this connection alone.

use countersign_domain::account::Account;
use countersign_domain::app_space::AppSpace;
use countersign_domain::authenticator_settings::AuthenticatorSettings;
use countersign_domain::challenge::{Challenge, ChallengeState};
use countersign_domain::id::ChallengeId;
use countersign_domain::refused::Refused;
use countersign_domain::relayed::Relayed;
use countersign_domain::time::Timestamp;
use countersign_lambda::bank_call::{BankAnswer, BankLine};
use countersign_lambda::connection::{Connection, header};
use countersign_lambda::origin::ROUNDS;
use countersign_lambda::refusal::{AuthenticatorRefusal, internal};
use countersign_lambda::{App, Call, Refusal};
use countersign_store::bank::BankAction;
use countersign_store::{Read, Record, Write, keys};
use serde::{Deserialize, Serialize};

use crate::bank_body::{Encrypted, Word, time};
use crate::bank_question::{self, BankQuestion};

#[derive(Serialize)]
struct Asked<'a> {
    connection_id: String,
    access_token: &'a str,
}

#[derive(Deserialize)]
struct Answered {
    action_id: Word,
    user_id: Word,
    expires_at: String,
    authorization: Encrypted,
}

/// What is known here before the bank is asked.
struct Known {
    app_space: AppSpace,
    settings: AuthenticatorSettings,
    account: Record<Account>,
    action: Option<BankAction>,
}

/// What the bank said, as it concerns this connection.
struct Question {
    relayed: Relayed,
    expires_at: Timestamp,
}

/// The challenge that `action` is for this connection. Asked for again, it is the same.
pub(crate) async fn act<B>(
    app: &App,
    call: &Call<B>,
    connection: &Connection,
    action: &str,
) -> Result<ChallengeId, Refusal> {
    let unknown = || Refused::Unknown("action");
    if matches!(action, "" | "." | "..") || action.len() > 255 {
        return Err(unknown().into());
    }
    let known = read(app, connection, action).await?;
    if let Some(known) = &known.action {
        return own(app, connection, known).await?.ok_or_else(|| unknown().into());
    }
    let line = BankLine::open(app, &known.settings).await?.ok_or_else(unknown)?;
    let asked = Asked {
        connection_id: connection.device_id().number().to_string(),
        access_token: header(call, "Access-Token").unwrap_or_default(),
    };
    let answered = line.post(app, &["actions", action], &asked).await?;
    let answer = answered.map_err(|problem| {
        tracing::warn!(%problem, "a bank did not say what its action is");
        Refusal::BankUnavailable
    })?;
    let question = question(connection, &known.account.value, action, &answer)?;
    insert(app, connection, action, known, question).await
}

async fn read(app: &App, connection: &Connection, action: &str) -> Result<Known, Refusal> {
    let user = &connection.user.value;
    let tenant = user.app_space.tenant();
    let mut read = Read::new();
    let app_space = read.add::<AppSpace>(keys::app_space(tenant));
    let settings = read.add::<AuthenticatorSettings>(keys::authenticator_settings(tenant));
    let account = read.add::<Account>(keys::account(tenant, &user.account_id));
    let known = read.add::<BankAction>(keys::bank_action(tenant, action));
    let mut found = app.store.read(read, app.now()).await?;
    Ok(Known {
        app_space: found.take(app_space)?.ok_or_else(internal("a user without an App Space"))?.value,
        settings: found.take(settings)?.ok_or(Refused::Unknown("provider"))?.value,
        account: found.take(account)?.ok_or_else(internal("a user without an account"))?,
        action: found.take(known)?.map(|record| record.value),
    })
}

/// The challenge of a known action that is for this connection.
async fn own(app: &App, connection: &Connection, known: &BankAction) -> Result<Option<ChallengeId>, Refusal> {
    if known.user != connection.user_id() {
        return Ok(None);
    }
    let mut read = Read::new();
    let slots: Vec<_> =
        known.challenges.iter().map(|id| read.add::<Challenge>(keys::challenge(*id))).collect();
    let mut found = app.store.read(read, app.now()).await?;
    for slot in slots {
        let challenge = found.take(slot)?.map(|record| record.value.at(app.now()));
        let Some(challenge) = challenge.filter(|found| found.is_for_authenticator(connection.device_id()))
        else {
            continue;
        };
        if challenge.state.is_open() {
            return Ok(Some(challenge.id));
        }
        return Err(AuthenticatorRefusal::ActionExpired.into());
    }
    Ok(None)
}

/// What the bank said, if it is for this person and this action. A bank's refusal is told in the app's words.
fn question(
    connection: &Connection,
    account: &Account,
    action: &str,
    answer: &BankAnswer,
) -> Result<Question, Refusal> {
    if answer.status.is_client_error() {
        return Err(match answer.error_class().as_deref() {
            Some("ActionExpired" | "ActionClosed") => AuthenticatorRefusal::ActionExpired.into(),
            _ => Refused::Unknown("action").into(),
        });
    }
    let unusable = |problem: &'static str| {
        tracing::warn!(problem, status = answer.status.as_u16(), "a bank's answer cannot be used");
        Refusal::BankUnavailable
    };
    let said = answer.data::<Answered>().filter(|_| answer.is_success());
    let Answered { action_id, user_id, expires_at, authorization } =
        said.ok_or_else(|| unusable("it has not the documented form"))?;
    let same_action = action_id.id("action_id").is_ok_and(|id| id == action);
    let same_user = user_id.user().is_ok_and(|user| user == account.account_id);
    if !same_action || !same_user {
        return Err(unusable("it is about another action or user"));
    }
    let expires_at = time("expires_at", &expires_at).map_err(|_| unusable("its expiry is no time"))?;
    let envelope = authorization.for_device(connection.device_id());
    let envelopes = vec![envelope.map_err(|_| unusable("what it encrypted is not base64"))?];
    Ok(Question { relayed: Relayed { action_id: action.to_owned(), envelopes }, expires_at })
}

async fn insert(
    app: &App,
    connection: &Connection,
    action: &str,
    mut known: Known,
    question: Question,
) -> Result<ChallengeId, Refusal> {
    let Question { relayed, expires_at } = question;
    for _ in 0..ROUNDS {
        let now = app.now();
        if expires_at <= now {
            return Err(AuthenticatorRefusal::ActionExpired.into());
        }
        bank_question::check_expiry(&known.app_space, now, expires_at, now)?;
        let id = ChallengeId::new(now, app.random());
        let challenge = BankQuestion {
            app_space: &known.app_space,
            account_id: &known.account.value.account_id,
            relayed: relayed.clone(),
            push: false,
            asked_at: now,
            expires_at,
        };
        let state = ChallengeState::Pending { user: connection.user_id(), wrong_codes: 0 };
        let challenge = challenge.ask(app, id, state)?;
        let place = BankAction {
            app_space: known.app_space.id,
            action_id: action.to_owned(),
            user: connection.user_id(),
            multiple: false,
            challenges: vec![id],
            expires_at,
        };
        let write = Write::new().insert("action", &place)?.require_active_user(connection.user_id())?;
        let owner = known.account.value.clone();
        let (write, asked) =
            bank_question::insert(write, &known.app_space, owner, std::slice::from_ref(&challenge), now)?;
        match app.store.write(write.replace("account", &known.account, &asked)?).await {
            Ok(()) => return Ok(id),
            Err(error) if error.is_conflict_of("user") => return Err(Refusal::UserNotActive),
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
        known = read(app, connection, action).await?;
        // Another call of the same app was faster, or the bank itself.
        if let Some(place) = &known.action {
            return own(app, connection, place).await?.ok_or_else(|| Refused::Unknown("action").into());
        }
    }
    Err(Refusal::Conflict)
}
