//! `POST /api/sca/v1/consents`: a bank records what its user consented to, in words that only the user's apps can read.

use countersign_domain::account::Account;
use countersign_domain::consent::{Consent, ConsentContent, ConsentState};
use countersign_domain::id::ConsentId;
use countersign_domain::invalid::Invalid;
use countersign_domain::text::AccountId;
use countersign_domain::time::Timestamp;
use countersign_lambda::call::Enclosed;
use countersign_lambda::origin::ROUNDS;
use countersign_lambda::refusal::AuthenticatorRefusal;
use countersign_lambda::{App, Call, Refusal, Reply, consenting};
use countersign_store::bank::BankConsent;
use countersign_store::keys;
use serde::{Deserialize, Serialize};

use crate::bank_body::{Encrypted, Word, envelopes, time};
use crate::bank_caller::BankRead;
use crate::data::{Data, reply};

#[derive(Deserialize)]
struct Body {
    consent_id: Word,
    user_id: Word,
    consents: Vec<One>,
}

#[derive(Deserialize)]
struct One {
    expires_at: String,
    #[serde(flatten)]
    encrypted: Encrypted,
}

#[derive(Serialize)]
pub(crate) struct Created {
    consent_id: String,
}

struct Recorded {
    consent_id: String,
    account_id: AccountId,
    /// The last of all: it is one consent, whichever app shows it.
    expires_at: Timestamp,
    encrypted: Vec<Encrypted>,
}

fn recorded(call: &Call<Enclosed>) -> Result<Recorded, Refusal> {
    let Body { consent_id, user_id, consents } = call.body.read()?;
    let times = consents.iter().map(|one| time("expires_at", &one.expires_at));
    let times = times.collect::<Result<Vec<_>, _>>()?;
    Ok(Recorded {
        consent_id: consent_id.id("consent_id")?,
        account_id: user_id.user()?,
        expires_at: times.into_iter().max().ok_or(Invalid::new("consents", "is empty"))?,
        encrypted: consents.into_iter().map(|one| one.encrypted).collect(),
    })
}

pub(crate) async fn handle(app: &App, call: Call<Enclosed>) -> Result<Reply<Data<Created>>, Refusal> {
    for _ in 0..ROUNDS {
        let mut read = BankRead::of(&call)?;
        let tenant = read.tenant();
        let recorded = recorded(&call);
        let slots = recorded.as_ref().ok().map(|recorded| {
            let consent = read.add::<BankConsent>(keys::bank_consent(tenant, &recorded.consent_id));
            (consent, read.add::<Account>(keys::account(tenant, &recorded.account_id)))
        });
        let (caller, mut found) = read.authenticate(app, &call).await?;
        let recorded = recorded?;
        let Some((known, account)) = slots else { return Err(Refusal::Internal) };
        if found.take(known)?.is_some() {
            return Err(Refusal::Conflict);
        }
        let account = found.take(account)?.ok_or(AuthenticatorRefusal::UserNotFound)?.value;
        let account = account.active().map_err(|_| Refusal::UserNotActive)?;
        let now = app.now();
        if recorded.expires_at <= now {
            return Err(Invalid::new("expires_at", "is over").into());
        }
        consenting::demand_room(app, account.user).await?;
        let envelopes = envelopes(&account, recorded.encrypted)?;
        let consent = Consent {
            id: ConsentId::new(now, app.random()),
            app_space: caller.app_space.id,
            user: account.user,
            account_id: recorded.account_id.clone(),
            origin: None,
            content: ConsentContent::Relayed { consent_id: recorded.consent_id.clone(), envelopes },
            callback: None,
            created_at: now,
            expires_at: recorded.expires_at,
            state: ConsentState::Active,
        };
        let place = BankConsent {
            app_space: caller.app_space.id,
            consent_id: recorded.consent_id.clone(),
            user: account.user,
            consent: consent.id,
            expires_at: consent.expires_at,
        };
        let write = consenting::record(&consent, &recorded.account_id)?.insert("place", &place)?;
        match app.store.write(write).await {
            Ok(()) => return Ok(reply(Created { consent_id: recorded.consent_id })),
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refusal::Conflict)
}
