//! Authorizations and consents as text for a terminal.

use countersign_domain::time::Timestamp;

use crate::authenticator::{
    Authorization, Connection, Consent, Description, Extra, Parts, Payment, PendingConnection, SharedData,
    Status,
};
use crate::phone::show::{fact, indented, time_left};
use crate::plain::{self, WIDTH};

/// A connection that was made.
pub(super) fn connected(connection: &Connection) -> String {
    format!(
        "Connected to {} by version {} of the API.\nConnection {}\nNext: cargo phone authenticator list",
        plain::cut(&connection.provider.provider_name, 60),
        connection.provider.version.name(),
        plain::line(&connection.id),
    )
}

/// A login that has begun. The URL stands on a line of its own, whole, to be copied.
pub(super) fn login(pending: &PendingConnection) -> String {
    format!(
        "Open this in a browser and log in:\n\n{}\n\nThe browser is then sent to {}?… Nothing here opens that, so copy it,\n\
         from the address or from the `Location` of the last reply in the browser's developer tools. Then:\n\
         cargo phone authenticator connect '<address>'",
        plain::line(&pending.login_url),
        plain::line(&pending.return_url),
    )
}

/// What waits, a line each.
pub(super) fn list(all: &[Authorization], now: Timestamp) -> String {
    if all.is_empty() {
        return "Nothing waits for an answer.".to_owned();
    }
    let mut text = String::new();
    for one in all {
        let end = match one.status {
            Status::Pending => time_left(one.expires_at, now),
            other => status(other).to_lowercase(),
        };
        let id = plain::line(&one.id);
        let taken = id.chars().count() + end.chars().count() + 4;
        text.push_str(&format!("{id}  {}  {end}\n", plain::cut(&one.title, WIDTH.saturating_sub(taken))));
    }
    text.push_str("Next: cargo phone authenticator show <id>, confirm <id> or deny <id>");
    text
}

/// How an authorization stands, in words.
pub(super) const fn status(status: Status) -> &'static str {
    match status {
        Status::Pending => "Pending",
        Status::ConfirmProcessing => "Confirmed, and the provider has not replied",
        Status::DenyProcessing => "Denied, and the provider has not replied",
        Status::Confirmed => "Confirmed",
        Status::Denied => "Denied",
        Status::Error => "Failed",
        Status::TimeOut => "Timed out",
        Status::Unavailable => "The provider cannot be told",
        Status::Closed => "Closed",
    }
}

/// What is asked, whole: nothing may be left out of what will be confirmed.
pub(super) fn authorization(one: &Authorization, provider: &str, now: Timestamp) -> String {
    let mut text = format!("{} asks:\n", plain::cut(provider, WIDTH - 7));
    indented(&mut text, 2, &one.title);
    match &one.description {
        Description::Text(paragraph) => indented(&mut text, 2, paragraph),
        Description::Parts(parts) => self::parts(&mut text, parts),
    }
    text.push('\n');
    fact(&mut text, "Asked", &one.created_at.rfc3339());
    fact(&mut text, "Expires", &format!("{} ({})", one.expires_at.rfc3339(), time_left(one.expires_at, now)));
    fact(&mut text, "Status", status(one.status));
    if let Some(at) = one.finished_at {
        fact(&mut text, "Finished", &at.rfc3339());
    }
    fact(&mut text, "Id", &one.id);
    text
}

fn parts(text: &mut String, parts: &Parts) {
    for paragraph in [&parts.text, &parts.html].into_iter().flatten() {
        indented(text, 2, paragraph);
    }
    if let Some(payment) = &parts.payment {
        let Payment { payee, amount, account, payment_date, fee, exchange_rate, reference, description } =
            payment;
        for (label, value) in [
            ("Payee", payee),
            ("Amount", amount),
            ("Account", account),
            ("Date", payment_date),
            ("Fee", fee),
            ("Rate", exchange_rate),
            ("Reference", reference),
            ("For", description),
        ] {
            labelled(text, label, value.as_deref());
        }
    }
    if let Some(Extra { action_date, device, location, ip }) = &parts.extra {
        for (label, value) in
            [("At", action_date), ("Device", device), ("Location", location), ("Address", ip)]
        {
            labelled(text, label, value.as_deref());
        }
    }
}

fn labelled(text: &mut String, label: &str, value: Option<&str>) {
    if let Some(value) = value {
        indented(text, 4, &format!("{label:9}  {value}"));
    }
}

/// What third parties may do.
pub(super) fn consents(all: &[Consent]) -> String {
    if all.is_empty() {
        return "There are no consents.".to_owned();
    }
    let mut text = String::new();
    for one in all {
        fact(&mut text, "Consent", &one.id);
        fact(&mut text, "For", &one.tpp_name);
        fact(&mut text, "Kind", one.consent_type.name());
        for account in &one.accounts {
            let number = [&account.iban, &account.account_number, &account.sort_code];
            let number: Vec<_> = number.into_iter().flatten().map(String::as_str).collect();
            fact(&mut text, "Account", &format!("{} {}", account.name, number.join(" ")));
        }
        if let Some(SharedData { balance, transactions }) = one.shared_data {
            let shared = [("balance", balance), ("transactions", transactions)];
            let shared: Vec<_> =
                shared.into_iter().filter(|(_, is)| *is == Some(true)).map(|(what, _)| what).collect();
            fact(&mut text, "Shares", &shared.join(", "));
        }
        fact(&mut text, "Given", &one.created_at.rfc3339());
        fact(&mut text, "Until", &one.expires_at.rfc3339());
        text.push('\n');
    }
    text.push_str("Next: cargo phone authenticator revoke-consent <id>");
    text
}
