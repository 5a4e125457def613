//! A standing consent of a user: a third party may read accounts, or pay later, until it is revoked or over.

use serde::{Deserialize, Serialize};

use crate::id::{AppSpaceId, ConsentId, RequestOriginId, UserId};
use crate::invalid::Invalid;
use crate::outbound_url::OutboundUrl;
use crate::refused::Refused;
use crate::relayed::DeviceEnvelope;
use crate::text::AccountId;
use crate::time::{Span, Timestamp};

/// Most accounts of one consent.
pub const ACCOUNTS_MAX: usize = 50;
/// Most consents of one user that are active at once.
pub const CONSENTS_MAX: usize = 100;
/// The longest that a consent may be in force: ten years.
pub const LIFETIME_MAX: Span = Span::days(3653);

/// A consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// Where it belongs.
    pub app_space: AppSpaceId,
    /// Whose it is.
    pub user: UserId,
    /// As its user was called then.
    pub account_id: AccountId,
    /// Who recorded it; nobody where a bank did.
    pub origin: Option<RequestOriginId>,
    /// What was consented to.
    pub content: ConsentContent,
    /// Where changes go.
    pub callback: Option<OutboundUrl>,
    /// When it was given.
    pub created_at: Timestamp,
    /// From then on it is over.
    pub expires_at: Timestamp,
    /// How far it is.
    pub state: ConsentState,
}

/// What was consented to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "content", rename_all = "snake_case")]
pub enum ConsentContent {
    /// In plain words; the service encrypts it for each app.
    Plain(ConsentTerms),
    /// A bank encrypted it for each app.
    Relayed {
        /// What the bank calls it.
        consent_id: String,
        /// What each app decrypts.
        envelopes: Vec<DeviceEnvelope>,
    },
}

/// To whom, and for what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentTerms {
    /// What for.
    pub kind: ConsentKind,
    /// The third party.
    pub tpp_name: String,
    /// Which accounts.
    pub accounts: Vec<ConsentAccount>,
    /// What of them is shared, where it is to read them.
    pub shared_data: Option<SharedData>,
}

/// What a consent is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentKind {
    /// Account information.
    Aisp,
    /// A payment later.
    PispFuture,
    /// Payments again and again.
    PispRecurring,
}

impl ConsentKind {
    /// Takes the value of `field`.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Invalid> {
        let kinds = [Self::Aisp, Self::PispFuture, Self::PispRecurring];
        let known = kinds.into_iter().find(|kind| kind.name() == text);
        known.ok_or_else(|| Invalid::new(field, "is not one of aisp, pisp_future, pisp_recurring"))
    }

    /// The word in every API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aisp => "aisp",
            Self::PispFuture => "pisp_future",
            Self::PispRecurring => "pisp_recurring",
        }
    }
}

/// An account that a consent is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentAccount {
    /// What its owner calls it.
    pub name: String,
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_number: Option<String>,
    /// The bank's sort code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_code: Option<String>,
    /// Its IBAN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iban: Option<String>,
}

/// What is shared of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedData {
    /// How much is on it.
    pub balance: bool,
    /// What came and went.
    pub transactions: bool,
}

/// How far a consent is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ConsentState {
    /// In force until it is over.
    Active,
    /// Taken back, for ever.
    Revoked {
        /// When.
        at: Timestamp,
        /// On whose account.
        by: ConsentRevokedBy,
    },
}

/// On whose account a consent was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentRevokedBy {
    /// A Request Origin asked.
    RequestOrigin,
    /// Its user, in an app.
    User,
    /// The bank asked.
    Bank,
}

impl ConsentRevokedBy {
    /// The word in every API.
    pub fn name(self) -> &'static str {
        match self {
            Self::RequestOrigin => "request_origin",
            Self::User => "user",
            Self::Bank => "bank",
        }
    }
}

impl ConsentState {
    /// The state's word in every API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Revoked { .. } => "revoked",
        }
    }
}

impl Consent {
    /// Whether it is in force at `now`.
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.state == ConsentState::Active && now < self.expires_at
    }

    /// The word of its state at `now`: one that is over is `expired`, whatever is written down.
    pub fn state_name(&self, now: Timestamp) -> &'static str {
        match self.state {
            ConsentState::Active if now >= self.expires_at => "expired",
            ref state => state.name(),
        }
    }

    /// Active to revoked.
    pub fn revoke(mut self, by: ConsentRevokedBy, now: Timestamp) -> Result<Self, Refused> {
        if !self.is_active(now) {
            return Err(Refused::WrongState { what: "consent", state: self.state_name(now) });
        }
        self.state = ConsentState::Revoked { at: now, by };
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{at, consent};

    #[test]
    fn a_kind_is_known_by_its_word() {
        for kind in [ConsentKind::Aisp, ConsentKind::PispFuture, ConsentKind::PispRecurring] {
            assert_eq!(ConsentKind::parse("consentType", kind.name()), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
        for text in ["", "AISP", "pisp"] {
            assert_eq!(ConsentKind::parse("consentType", text).unwrap_err().field, "consentType");
        }
        for by in [ConsentRevokedBy::RequestOrigin, ConsentRevokedBy::User, ConsentRevokedBy::Bank] {
            assert_eq!(serde_json::to_value(by).unwrap(), by.name());
        }
    }

    #[test]
    fn it_is_revoked_once_and_only_while_it_is_in_force() {
        let revoked = consent().revoke(ConsentRevokedBy::User, at(1)).unwrap();
        assert_eq!(revoked.state, ConsentState::Revoked { at: at(1), by: ConsentRevokedBy::User });
        let refused = |state| Err(Refused::WrongState { what: "consent", state });
        assert_eq!(revoked.revoke(ConsentRevokedBy::Bank, at(2)), refused("revoked"));
        let end = consent().expires_at;
        assert!(consent().is_active(at(0)) && !consent().is_active(end));
        assert_eq!(consent().revoke(ConsentRevokedBy::Bank, end), refused("expired"));
    }
}
