//! What a bank asks its user, as a challenge: the service cannot read it, and keeps what it is for whom.

use countersign_crypto::digest::{Digest, canonical_json};
use countersign_domain::account::Account;
use countersign_domain::app_space::AppSpace;
use countersign_domain::challenge::{Challenge, ChallengeState, Notification};
use countersign_domain::id::ChallengeId;
use countersign_domain::invalid::Invalid;
use countersign_domain::question::{AnswerOption, Content};
use countersign_domain::relayed::Relayed;
use countersign_domain::text::AccountId;
use countersign_domain::time::Timestamp;
use countersign_lambda::asking::Question;
use countersign_lambda::{App, Refusal};
use countersign_store::Write;
use serde_json::json;

/// A question of a bank's.
pub(crate) struct BankQuestion<'a> {
    pub(crate) app_space: &'a AppSpace,
    pub(crate) account_id: &'a AccountId,
    pub(crate) relayed: Relayed,
    /// Whether the user is told by a push; not where the app began.
    pub(crate) push: bool,
    pub(crate) asked_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

impl BankQuestion<'_> {
    /// As a challenge. Its document names the action, and the digest of what each app decrypts: an answer is one to just that.
    pub(crate) fn ask(self, app: &App, id: ChallengeId, state: ChallengeState) -> Result<Challenge, Refusal> {
        let policy = &self.app_space.policy;
        let envelopes = canonical_json(&self.relayed.envelopes)
            .map_err(|_| Invalid::new("authorizations", "have no canonical JSON form"))?;
        let content = json!({
            "action_id": self.relayed.action_id,
            "authorizations_digest": Digest::of(envelopes.as_bytes()).to_string(),
        });
        let question = Question {
            app_space: self.app_space,
            origin: None,
            asked_by: None,
            account_id: Some(self.account_id.clone()),
            content: Some(Content::Custom(content)),
            additional_info: None,
            options: AnswerOption::default_pair(),
            show_code: false,
            transaction_id: None,
            callback: None,
            notification: Notification {
                show: self.push,
                title: policy.notification_title.clone(),
                body: policy.notification_body.clone(),
            },
            approval: None,
            followed: true,
            lifetime: self.expires_at - self.asked_at,
        };
        let challenge = question.ask(app, id, state, self.asked_at)?;
        Ok(Challenge { relayed: Some(self.relayed), ..challenge })
    }
}

/// Refuses an expiry that is over, or later than the App Space lets anybody wait.
pub(crate) fn check_expiry(
    app_space: &AppSpace,
    asked_at: Timestamp,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<(), Invalid> {
    if expires_at <= now {
        return Err(Invalid::new("expires_at", "is over"));
    }
    if expires_at > asked_at + app_space.policy.challenge_lifetime_max {
        return Err(Invalid::new("expires_at", "is later than the App Space allows"));
    }
    Ok(())
}

/// Adds new challenges for the user of `account`, who is asked by each of them; gives the account as it is then.
pub(crate) fn insert(
    mut write: Write,
    app_space: &AppSpace,
    mut account: Account,
    challenges: &[Challenge],
    now: Timestamp,
) -> Result<(Write, Account), Refusal> {
    for challenge in challenges {
        let push = challenge.notification.show;
        let limits =
            account.limits.admit(&app_space.policy, now, challenge.id, challenge.expires_at, push)?;
        account = Account { limits, ..account };
        write = write.into_inbox(account.user, challenge, 1)?.insert("challenge", challenge)?;
    }
    Ok((write, account))
}
