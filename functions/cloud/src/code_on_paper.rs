//! Recovery codes.

use countersign_crypto::recovery_code::RecoveryCode;
use countersign_domain::id::UserId;
use countersign_domain::recovery_codes::RecoveryCodes;
use countersign_domain::refused::Refused;
use countersign_domain::time::Span;
use countersign_domain::user::User;
use countersign_lambda::origin::{OriginRead, ROUNDS, Written};
use countersign_lambda::{App, Call, Refusal};
use countersign_store::guards::{Attempts, Failures};
use countersign_store::{Write, keys};

use crate::code_verify::Body;
use crate::user_lookup;

/// Wrong codes of one user before there is a wait.
const LIMIT: Attempts = Attempts { max: 10, window: Span::minutes(5) };
const PURPOSE: &str = "recovery-code";

/// Spends the code, if it is one of the user's.
pub(crate) async fn verify(app: &App, call: &Call<Body>, user: UserId) -> Result<(), Refusal> {
    let hash = call.body.code.parse::<RecoveryCode>().ok().map(|code| code.hash().to_string());
    let who = user.to_string();
    for _ in 0..ROUNDS {
        let mut read = OriginRead::of(call)?;
        let user_slot = read.add::<User>(keys::user(user));
        let codes = read.add::<RecoveryCodes>(keys::recovery_codes(user));
        let failures = read.add::<Failures>(keys::attempts(PURPOSE, &who));
        let (caller, mut found) = read.authenticate(app, call).await?;
        let user = found.take(user_slot)?.filter(|record| user_lookup::is_there(&caller, &record.value));
        let user = user.ok_or(Refused::Unknown("user"))?.value;
        user.active()?;
        let failures = found.take(failures)?;
        if let Some(retry_after) = failures.and_then(|failures| failures.value.wait(LIMIT, app.now())) {
            return Err(Refused::TooMany { limit: "too many wrong codes", retry_after }.into());
        }
        let codes = found.take(codes)?;
        let left = codes.as_ref().zip(hash.as_deref());
        let left = left.and_then(|(codes, hash)| codes.value.clone().spend(hash));
        let (Some(codes), Some(left)) = (codes, left) else {
            app.store.count_failure(PURPOSE, &who, LIMIT, app.now()).await?;
            return Err(Refusal::WrongCode { attempts_left: None });
        };
        let write = Write::new().replace("recovery codes", &codes, &left)?;
        match caller.write(app, write.user_succeeded(user.id, app.now())?).await {
            Ok(()) => return Ok(()),
            // The same code twice at once: one of them is wrong.
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}
