//! What is kept of an App Space whose bank encrypts for the apps: what the bank calls things, and what they are here.

use countersign_domain::id::{AppSpaceId, ChallengeId, ConsentId, DeviceId, Number, UserId};
use countersign_domain::login::Connecting;
use countersign_domain::relayed::BankReply;
use countersign_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::entities::{CONSENT_KEPT, Concluded, DELIVERY_KEPT};
use crate::item::Stored;
use crate::keys::{self, Key};

/// A connection as the bank knows it, by a number: how far it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BankConnection {
    /// Where it belongs.
    pub app_space: AppSpaceId,
    /// What the bank calls it.
    pub number: Number,
    /// How far it is.
    pub state: BankConnectionState,
}

/// How far a connection is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum BankConnectionState {
    /// The user logs in at the bank.
    Pending {
        /// The app that waits.
        connecting: Box<Connecting>,
        /// From then on it is as if it had never been.
        expires_at: Timestamp,
    },
    /// The bank said whose it is.
    Joined {
        /// Whose.
        user: UserId,
        /// Which of the user's devices.
        device: DeviceId,
    },
}

impl Stored for BankConnection {
    const KIND: &'static str = "bank_connection";

    fn key(&self) -> Key {
        keys::bank_connection(self.app_space.tenant(), self.number)
    }

    fn ttl(&self) -> Option<Timestamp> {
        match self.state {
            BankConnectionState::Pending { expires_at, .. } => Some(expires_at),
            BankConnectionState::Joined { .. } => None,
        }
    }
}

/// Whose access token it is, where a bank made it: such a token says nothing by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BankToken {
    /// SHA-256 of the token.
    pub token_hash: String,
    /// Whose.
    pub user: UserId,
    /// Which of the user's devices.
    pub device: DeviceId,
}

impl Stored for BankToken {
    const KIND: &'static str = "bank_token";

    fn key(&self) -> Key {
        keys::bank_token(&self.token_hash)
    }
}

/// What the bank calls an action, and its challenges.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BankAction {
    /// Where it belongs.
    pub app_space: AppSpaceId,
    /// What the bank calls it.
    pub action_id: String,
    /// Whom it asks.
    pub user: UserId,
    /// Whether each connection decides for itself.
    pub multiple: bool,
    /// The challenges: one for all connections, or one for each.
    pub challenges: Vec<ChallengeId>,
    /// When it was over, as the bank said at first.
    pub expires_at: Timestamp,
}

impl Stored for BankAction {
    const KIND: &'static str = "bank_action";

    fn key(&self) -> Key {
        keys::bank_action(self.app_space.tenant(), &self.action_id)
    }

    fn ttl(&self) -> Option<Timestamp> {
        // As long as the bank may be told of an answer to it.
        Some(self.expires_at + DELIVERY_KEPT)
    }
}

/// What the bank calls a consent, and where it lies.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BankConsent {
    /// Where it belongs.
    pub app_space: AppSpaceId,
    /// What the bank calls it.
    pub consent_id: String,
    /// Whose it is.
    pub user: UserId,
    /// Its id here.
    pub consent: ConsentId,
    /// As of the consent.
    pub expires_at: Timestamp,
}

impl Stored for BankConsent {
    const KIND: &'static str = "bank_consent";

    fn key(&self) -> Key {
        keys::bank_consent(self.app_space.tenant(), &self.consent_id)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.expires_at + CONSENT_KEPT)
    }
}

impl Concluded {
    /// With what the bank said; the first thing that it said counts.
    pub fn replied(self, reply: BankReply) -> Self {
        let bank = match self.bank {
            Some(BankReply::Awaited) => Some(reply),
            former => former,
        };
        Self { bank, ..self }
    }
}
