//! `POST /api/sca/v1/actions`: a bank asks one of its users, in words that only the user's apps can read.

use countersign_domain::account::Account;
use countersign_domain::challenge::{Challenge, ChallengeState};
use countersign_domain::id::ChallengeId;
use countersign_domain::relayed::Relayed;
use countersign_domain::text::AccountId;
use countersign_domain::time::Timestamp;
use countersign_lambda::call::Enclosed;
use countersign_lambda::lenient::Flag;
use countersign_lambda::origin::ROUNDS;
use countersign_lambda::refusal::AuthenticatorRefusal;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::bank::BankAction;
use countersign_store::{Write, keys};
use serde::{Deserialize, Serialize};

use crate::bank_body::{Encrypted, Word, envelopes, time};
use crate::bank_caller::{BankCaller, BankRead};
use crate::bank_question::{self, BankQuestion};
use crate::data::{Data, reply};

#[derive(Deserialize)]
struct Body {
    action_id: Word,
    user_id: Word,
    expires_at: String,
    authorizations: Vec<Encrypted>,
    /// Whether each connection decides for itself.
    #[serde(default)]
    multiple: Option<Flag>,
}

#[derive(Serialize)]
pub(crate) struct Created {
    action_id: String,
}

struct Asked {
    action_id: String,
    account_id: AccountId,
    expires_at: Timestamp,
    authorizations: Vec<Encrypted>,
    multiple: bool,
}

fn asked(call: &Call<Enclosed>) -> Result<Asked, Refusal> {
    let body: Body = call.body.read()?;
    Ok(Asked {
        action_id: body.action_id.id("action_id")?,
        account_id: body.user_id.user()?,
        expires_at: time("expires_at", &body.expires_at)?,
        authorizations: body.authorizations,
        multiple: body.multiple.is_some_and(|Flag(multiple)| multiple),
    })
}

pub(crate) async fn handle(app: &App, call: Call<Enclosed>) -> Result<Reply<Data<Created>>, Refusal> {
    for _ in 0..ROUNDS {
        let mut read = BankRead::of(&call)?;
        let tenant = read.tenant();
        let asked = asked(&call);
        let slots = asked.as_ref().ok().map(|asked| {
            let action = read.add::<BankAction>(keys::bank_action(tenant, &asked.action_id));
            (action, read.add::<Account>(keys::account(tenant, &asked.account_id)))
        });
        let (caller, mut found) = read.authenticate(app, &call).await?;
        let asked = asked?;
        let Some((action, account)) = slots else { return Err(Refusal::Internal) };
        if found.take(action)?.is_some() {
            return Err(Refusal::Conflict);
        }
        let account = found.take(account)?.ok_or(AuthenticatorRefusal::UserNotFound)?;
        let owner = account.value.clone().active().map_err(|_| Refusal::UserNotActive)?;
        let challenges = ask(app, &caller, &owner, &asked)?;
        let action = BankAction {
            app_space: caller.app_space.id,
            action_id: asked.action_id.clone(),
            user: owner.user,
            multiple: asked.multiple,
            challenges: challenges.iter().map(|challenge| challenge.id).collect(),
            expires_at: asked.expires_at,
        };
        let write = Write::new().insert("action", &action)?;
        let (write, asked_account) =
            bank_question::insert(write, &caller.app_space, owner, &challenges, app.now())?;
        match app.store.write(write.replace("account", &account, &asked_account)?).await {
            Ok(()) => return Ok(reply(Created { action_id: asked.action_id })),
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refusal::Conflict)
}

/// One challenge for all connections, or one for each.
fn ask(app: &App, caller: &BankCaller, owner: &Account, asked: &Asked) -> Result<Vec<Challenge>, Refusal> {
    let now = app.now();
    bank_question::check_expiry(&caller.app_space, now, asked.expires_at, now)?;
    let envelopes = envelopes(owner, asked.authorizations.clone())?;
    let decisions = if asked.multiple {
        envelopes.into_iter().map(|envelope| vec![envelope]).collect()
    } else {
        vec![envelopes]
    };
    let ask = |envelopes| {
        let question = BankQuestion {
            app_space: &caller.app_space,
            account_id: &asked.account_id,
            relayed: Relayed { action_id: asked.action_id.clone(), envelopes },
            push: true,
            asked_at: now,
            expires_at: asked.expires_at,
        };
        let state = ChallengeState::Pending { user: owner.user, wrong_codes: 0 };
        question.ask(app, ChallengeId::new(now, app.random()), state)
    };
    decisions.into_iter().map(ask).collect()
}
