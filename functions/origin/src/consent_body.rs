//! The body of `consent/add`, and what it means.

use countersign_domain::consent::{
    ACCOUNTS_MAX, ConsentAccount, ConsentKind, ConsentTerms, LIFETIME_MAX, SharedData,
};
use countersign_domain::duration;
use countersign_domain::invalid::Invalid;
use countersign_domain::text;
use countersign_domain::time::Timestamp;
use countersign_lambda::lenient::Flag;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    pub(crate) account_id: String,
    consent_type: String,
    tpp_name: String,
    accounts: Vec<Account>,
    shared_data: Option<Shared>,
    expires_at: Option<String>,
    duration: Option<String>,
    pub(crate) callback: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Account {
    name: String,
    account_number: Option<String>,
    sort_code: Option<String>,
    iban: Option<String>,
}

#[derive(Deserialize)]
struct Shared {
    balance: Flag,
    transactions: Flag,
}

impl Body {
    pub(crate) fn terms(&self) -> Result<ConsentTerms, Invalid> {
        if !(1..=ACCOUNTS_MAX).contains(&self.accounts.len()) {
            return Err(Invalid::new("accounts", format!("must have 1 to {ACCOUNTS_MAX} items")));
        }
        let shared =
            |shared: &Shared| SharedData { balance: shared.balance.0, transactions: shared.transactions.0 };
        Ok(ConsentTerms {
            kind: ConsentKind::parse("consentType", &self.consent_type)?,
            tpp_name: text::line("tppName", self.tpp_name.clone(), 100)?,
            accounts: self.accounts.iter().enumerate().map(account).collect::<Result<_, _>>()?,
            shared_data: self.shared_data.as_ref().map(shared),
        })
    }

    /// When it is over: one of two ways to say so.
    pub(crate) fn expires_at(&self, now: Timestamp) -> Result<Timestamp, Invalid> {
        match (&self.expires_at, &self.duration) {
            (None, Some(text)) => Ok(now + duration::parse("duration", text, LIFETIME_MAX)?),
            (Some(text), None) => {
                let at: Timestamp =
                    text.parse().map_err(|Invalid { problem, .. }| Invalid::new("expiresAt", problem))?;
                match at {
                    at if at <= now => Err(Invalid::new("expiresAt", "is not in the future")),
                    at if at > now + LIFETIME_MAX => Err(Invalid::new("expiresAt", "is too far ahead")),
                    at => Ok(at),
                }
            }
            _ => Err(Invalid::new("expiresAt", "or duration must be given, and only one of them")),
        }
    }
}

fn account((index, account): (usize, &Account)) -> Result<ConsentAccount, Invalid> {
    let line = |field, value: &Option<String>, max| {
        value.clone().map(|value| text::line(field, value, max)).transpose()
    };
    let read = || {
        Ok(ConsentAccount {
            name: text::line("name", account.name.clone(), 100)?,
            account_number: line("accountNumber", &account.account_number, 64)?,
            sort_code: line("sortCode", &account.sort_code, 32)?,
            iban: line("iban", &account.iban, 34)?,
        })
    };
    read().map_err(|Invalid { field, problem }| Invalid::new(format!("accounts[{index}][{field}]"), problem))
}
