//! Asking: a challenge as it is made, with the document that its user is shown.

use countersign_crypto::digest::{Digest, canonical_json};
use countersign_crypto::encoding::base64url;
use countersign_domain::account::Account;
use countersign_domain::actor::Actor;
use countersign_domain::app_space::AppSpace;
use countersign_domain::approval::Approval;
use countersign_domain::challenge::{Challenge, ChallengeState, MatchingCode, Notification};
use countersign_domain::chance;
use countersign_domain::id::ChallengeId;
use countersign_domain::invalid::Invalid;
use countersign_domain::outbound_url::OutboundUrl;
use countersign_domain::question::{AnswerOption, Content, Document};
use countersign_domain::request_origin::RequestOrigin;
use countersign_domain::text::AccountId;
use countersign_domain::time::{Span, Timestamp};
use countersign_store::{Record, Write};
use serde_json::Value;

use crate::app::App;
use crate::refusal::Refusal;

/// What is asked, by whom, of whom.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// Where.
    pub app_space: &'a AppSpace,
    /// Who asks; nobody where the user's own app began, or an administrator asks by hand.
    pub origin: Option<&'a RequestOrigin>,
    /// Which administrator, or holder of a provisioning key, asks by hand.
    pub asked_by: Option<Actor>,
    /// Who is asked; nobody where anybody may claim it.
    pub account_id: Option<AccountId>,
    /// What is shown.
    pub content: Option<Content>,
    /// What is added for the app.
    pub additional_info: Option<Value>,
    /// The possible answers.
    pub options: Vec<AnswerOption>,
    /// Whether there is a matching code.
    pub show_code: bool,
    /// The Request Origin's own number of the matter.
    pub transaction_id: Option<String>,
    /// Where the outcome goes.
    pub callback: Option<OutboundUrl>,
    /// What the push says.
    pub notification: Notification,
    /// Of the Cloud API: how it reaches its user.
    pub approval: Option<Approval>,
    /// Whether an app of the Authenticator API may be looking at it.
    pub followed: bool,
    /// How long it can be answered.
    pub lifetime: Span,
}

impl Question<'_> {
    /// The challenge for the user of `account`, within the limits on asking, and what makes it. The question must name this
    /// account.
    pub fn ask_user(
        self,
        app: &App,
        id: ChallengeId,
        account: &Record<Account>,
        now: Timestamp,
    ) -> Result<(Write, Challenge), Refusal> {
        let Account { user, limits, .. } = account.value.clone().active()?;
        let (policy, push) = (&self.app_space.policy, self.notification.show);
        let limits = limits.admit(policy, now, id, now + self.lifetime, push)?;
        let challenge = self.ask(app, id, ChallengeState::Pending { user, wrong_codes: 0 }, now)?;
        let account_then = Account { limits, ..account.value.clone() };
        let write = Write::new().replace("account", account, &account_then)?;
        Ok((write.into_inbox(user, &challenge, 1)?.insert("challenge", &challenge)?, challenge))
    }

    /// The challenge, in `state`. Its document is written here, once.
    pub fn ask(
        self,
        app: &App,
        id: ChallengeId,
        state: ChallengeState,
        now: Timestamp,
    ) -> Result<Challenge, Refusal> {
        let policy = &self.app_space.policy;
        let expires_at = now + self.lifetime;
        let document = canonical_json(&Document {
            challenge: id,
            app_space: self.app_space.id,
            request_origin: self.origin.map(|origin| origin.id),
            request_origin_name: self.origin.map(|origin| origin.name.as_str()),
            content: self.content.as_ref(),
            additional_info: self.additional_info.as_ref(),
            transaction_id: self.transaction_id.as_deref(),
            buttons: &self.options,
            show_code: self.show_code,
            asked_at: now,
            expires_at,
        })
        .map_err(|_| Invalid::new("content", "has no canonical JSON form"))?;
        Ok(Challenge {
            id,
            app_space: self.app_space.id,
            origin: self.origin.map(|origin| origin.id),
            asked_by: self.asked_by,
            account_id: self.account_id,
            digest: Digest::of(document.as_bytes()).to_string(),
            document,
            options: self.options,
            nonce: base64url(&chance::bytes::<16>(app.random())),
            matching_code: self.show_code.then(|| MatchingCode::new(app.random())),
            transaction_id: self.transaction_id,
            callback: self.callback,
            notification: self.notification,
            wrong_codes_max: policy.wrong_codes_max,
            cool_down: policy.cool_down,
            approval: self.approval,
            action: None,
            relayed: None,
            followed: self.followed,
            asked_at: now,
            expires_at,
            wrong_answers: Vec::new(),
            state,
        })
    }
}
