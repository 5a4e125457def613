//! Codes that were sent by SMS: for an enrolment, or for an approval.

use countersign_crypto::service_token::{Operation, StatusToken};
use countersign_crypto::short_code::ShortCode;
use countersign_domain::account::Account;
use countersign_domain::challenge::{Answering, Challenge};
use countersign_domain::enrolment::{CodeTry, Enrolment};
use countersign_domain::id::UserId;
use countersign_domain::refused::Refused;
use countersign_domain::user::User;
use countersign_lambda::origin::{Caller, OriginRead, ROUNDS, Written};
use countersign_lambda::refusal::internal;
use countersign_lambda::{App, Call, Refusal, outcome};
use countersign_store::{Record, Slot, Write, keys};

use crate::code_verify::Body;
use crate::{status_token, user_lookup};

/// The operation that the code is for.
enum Sent {
    Enrolment(Slot<Enrolment>),
    Approval(Slot<Challenge>),
}

/// What one try leads to: the write that counts it, and what is answered once it is written.
struct Tried {
    write: Write,
    answer: Result<(), Refusal>,
}

/// Tries the code on the operation of the status token, which must be the user's and the caller's.
pub(crate) async fn verify(app: &App, call: &Call<Body>, user: UserId, token: &str) -> Result<(), Refusal> {
    let token = status_token::verify(app, call, token).await?;
    for _ in 0..ROUNDS {
        let mut read = OriginRead::of(call)?;
        let user_slot = read.add::<User>(keys::user(user));
        let sent = Sent::of(&token, &mut read)?;
        let (caller, mut found) = read.authenticate(app, call).await?;
        if token.aud != caller.origin.id || token.sub != Some(user) {
            return Err(unknown().into());
        }
        let user = found.take(user_slot)?.filter(|record| user_lookup::is_there(&caller, &record.value));
        let user = user.ok_or(Refused::Unknown("user"))?.value;
        user.active()?;
        let code = &call.body.code;
        let tried = match sent {
            Sent::Enrolment(slot) => {
                let enrolment = found.take(slot)?.ok_or_else(unknown)?;
                try_enrolment(app, &caller, &user, &enrolment, code).await?
            }
            Sent::Approval(slot) => {
                let challenge = found.take(slot)?.ok_or_else(unknown)?;
                try_approval(app, &user, &challenge, code).await?
            }
        };
        match caller.write(app, tried.write).await {
            Ok(()) => return tried.answer,
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}

impl Sent {
    fn of(token: &StatusToken, read: &mut OriginRead) -> Result<Self, Refused> {
        match (token.operation, &token.record) {
            (Operation::Enroll, Some(record)) => Ok(Self::Enrolment(read.add(keys::enrolment(record)))),
            (Operation::Enroll, None) => Err(unknown()),
            (Operation::Approval, _) => {
                let id = token.transaction.parse().map_err(|_| unknown())?;
                Ok(Self::Approval(read.add(keys::challenge(id))))
            }
        }
    }
}

fn unknown() -> Refused {
    Refused::Unknown("operation")
}

/// The right code shows that the user reads at the phone number: from then on approvals can go there.
async fn try_enrolment(
    app: &App,
    caller: &Caller,
    user: &User,
    enrolment: &Record<Enrolment>,
    code: &str,
) -> Result<Tried, Refusal> {
    let now = app.now();
    let cloud = enrolment.value.cloud.as_ref().ok_or_else(unknown)?;
    let sms = cloud.sms.as_ref().ok_or_else(unknown)?;
    let right = is_right(app, &cloud.token_key, &enrolment.value.id.to_string(), code).await?;
    let max = caller.app_space.policy.wrong_codes_max;
    let tried = enrolment.value.clone().try_code(right, max, now)?;
    let (after, answer) = match &tried {
        CodeTry::Verified(after) => (after, Ok(())),
        CodeTry::Wrong(after, left) => (after, wrong(*left)),
        CodeTry::Failed(after) => (after, wrong(0)),
    };
    let mut write = Write::new().replace_live("enrolment", enrolment, after, now)?;
    if answer.is_ok() {
        let account = app.store.account_of(user, now).await?;
        let account = account.ok_or_else(internal("a user without an account"))?;
        let with_phone = Account { phone: Some(sms.phone.clone()), ..account.value.clone() };
        write = write.replace("account", &account, &with_phone)?.user_acted(user.id, now)?;
    }
    Ok(Tried { write, answer })
}

async fn try_approval(
    app: &App,
    user: &User,
    challenge: &Record<Challenge>,
    code: &str,
) -> Result<Tried, Refusal> {
    let now = app.now();
    let approval = challenge.value.approval.as_ref().filter(|approval| approval.sms.is_some());
    let approval = approval.ok_or_else(unknown)?;
    let right = is_right(app, &approval.token_key, &challenge.value.id.to_string(), code).await?;
    Ok(match challenge.value.clone().answer_by_code(right, now)? {
        Answering::Decided(after) => {
            Tried { write: outcome::decide(app, user, challenge, &after)?, answer: Ok(()) }
        }
        Answering::Failed(after) => {
            Tried { write: outcome::decide(app, user, challenge, &after)?, answer: wrong(0) }
        }
        Answering::WrongCode { challenge: after, attempts_left } => Tried {
            write: Write::new().replace_live("challenge", challenge, &after, now)?,
            answer: wrong(attempts_left),
        },
    })
}

fn wrong(attempts_left: u8) -> Result<(), Refusal> {
    Err(Refusal::WrongCode { attempts_left: Some(attempts_left) })
}

async fn is_right(app: &App, key: &str, id: &str, code: &str) -> Result<bool, Refusal> {
    let sealing = app.keys.sealing_with(key).await?;
    let sent = ShortCode::derived(&sealing, Some(key), id.as_bytes())
        .map_err(|_| internal("a sealing key is gone from the ring")())?;
    Ok(sent.verify(code))
}
