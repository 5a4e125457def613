//! What a person is asked, as the two versions say it.

use serde::Deserialize;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Description {
    /// Version 1: text or HTML.
    Text(String),
    /// Version 2.
    Parts(Box<Parts>),
}

/// What is asked, in version 2.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Parts {
    /// Plain.
    pub text: Option<String>,
    /// HTML.
    pub html: Option<String>,
    /// A payment.
    pub payment: Option<Payment>,
    /// Where it was started.
    pub extra: Option<Extra>,
}

/// A payment; every member as text for people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[allow(missing_docs)] // The names say it.
pub struct Payment {
    pub payee: Option<String>,
    pub amount: Option<String>,
    pub account: Option<String>,
    pub payment_date: Option<String>,
    pub fee: Option<String>,
    pub exchange_rate: Option<String>,
    pub reference: Option<String>,
    pub description: Option<String>,
}

/// Where something was started; every member as text for people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[allow(missing_docs)] // The names say it.
pub struct Extra {
    pub action_date: Option<String>,
    pub device: Option<String>,
    pub location: Option<String>,
    pub ip: Option<String>,
}
