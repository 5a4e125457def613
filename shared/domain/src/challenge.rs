//! One question to one user, or to whoever claims it, and its one outcome.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::answer::{Answer, CodeCheck, DeclineReason, Evidence, Signed, SignedAnswer};
use crate::approval::Approval;
use crate::chance::{self, Random};
use crate::channel::Channel;
use crate::id::{AppSpaceId, ChallengeId, DeviceId, RequestOriginId, UserId};
use crate::invalid::Invalid;
use crate::outbound_url::OutboundUrl;
use crate::question::AnswerOption;
use crate::refused::Refused;
use crate::relayed::Relayed;
use crate::text::AccountId;
use crate::time::{Span, Timestamp};

/// A challenge: the "request" of the Request Origin API.
#[derive(Clone, Serialize, Deserialize)]
pub struct Challenge {
    /// Its id.
    pub id: ChallengeId,
    /// Where it belongs.
    pub app_space: AppSpaceId,
    /// Who asks; nobody where the user's own app began, or an administrator asked by hand.
    pub origin: Option<RequestOriginId>,
    /// Who asked by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<Actor>,
    /// Who is asked, as the Request Origin called them then; nobody until a claimable one is claimed.
    pub account_id: Option<AccountId>,
    /// The canonical [`crate::question::Document`]: content, buttons, times. What is signed is what is shown.
    pub document: String,
    /// SHA-256 of `document`, base64url.
    pub digest: String,
    /// The possible answers, as in the document.
    pub options: Vec<AnswerOption>,
    /// What an answer must repeat, so that it answers this very challenge.
    pub nonce: String,
    /// What the person types from the Request Origin's screen.
    pub matching_code: Option<MatchingCode>,
    /// The Request Origin's own number of the matter.
    pub transaction_id: Option<String>,
    /// Where the outcome goes.
    pub callback: Option<OutboundUrl>,
    /// What the push says.
    pub notification: Notification,
    /// The App Space's policy when it was asked: wrong matching codes that fail it.
    pub wrong_codes_max: u8,
    /// Likewise: how long its user is left alone after a `not_me`.
    pub cool_down: Span,
    /// Of the Cloud API: how it reaches its user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<Approval>,
    /// Of the Authenticator API: what an action adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// Of the Authenticator API, where a bank encrypts: what is relayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relayed: Option<Relayed>,
    /// Whether an app of the Authenticator API may be looking at it: then its outcome stays in sight for a moment.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub followed: bool,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// From then on it cannot be answered.
    pub expires_at: Timestamp,
    /// The answers with wrong codes, by [`SignedAnswer::id`]: one that is sent again is not counted again.
    pub wrong_answers: Vec<String>,
    /// How far it is.
    pub state: ChallengeState,
}

impl fmt::Debug for Challenge {
    /// Without what is asked: that is for its user only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Challenge").field("id", &self.id).field("state", &self.state).finish_non_exhaustive()
    }
}

/// An action of the Authenticator API: a challenge that is claimed by scanning its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// Whether claiming it is the answer: there is nothing more to confirm.
    pub answered_by_claim: bool,
    /// Where the app goes afterwards.
    pub return_to: Option<String>,
}

/// What a push says about a challenge. Never its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// Whether there is a push at all.
    pub show: bool,
    /// Title.
    pub title: String,
    /// Text.
    pub body: String,
}

/// Six digits that the Request Origin shows and the person types.
///
/// Compared by `countersign_crypto::equal` only, hence no `PartialEq`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MatchingCode(String);

impl MatchingCode {
    /// A fresh code.
    pub fn new(random: &dyn Random) -> Self {
        Self(format!("{:06}", chance::below(random, 1_000_000)))
    }

    /// The digits, for the Request Origin and for the comparison.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for MatchingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MatchingCode(…)")
    }
}

/// How far a challenge is. [`ChallengeState::Claimable`] and [`ChallengeState::Pending`] are open, the others are outcomes, for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ChallengeState {
    /// For whoever claims it.
    Claimable {
        /// SHA-256 of the claim token.
        claim_hash: String,
    },
    /// Waits for its user.
    Pending {
        /// Who is asked.
        user: UserId,
        /// Wrong matching codes so far.
        wrong_codes: u8,
    },
    /// The user took an option.
    Answered {
        /// Who answered.
        user: UserId,
        /// When.
        at: Timestamp,
        /// Zero-based index of the option.
        option: usize,
        /// What proves it; nothing where a code was typed and nothing was signed.
        evidence: Option<Evidence>,
    },
    /// The user took none.
    Declined {
        /// Who declined.
        user: UserId,
        /// When.
        at: Timestamp,
        /// Why.
        reason: DeclineReason,
        /// What proves it.
        evidence: Evidence,
    },
    /// Too many wrong matching codes.
    Failed {
        /// Whose device tried.
        user: UserId,
        /// When.
        at: Timestamp,
        /// Which device tried last; none where the code came by SMS.
        device: Option<DeviceId>,
    },
    /// The Request Origin took it back.
    Cancelled {
        /// Who had been asked.
        user: Option<UserId>,
        /// When.
        at: Timestamp,
    },
    /// Nobody answered in time.
    Expired {
        /// Who had been asked.
        user: Option<UserId>,
        /// When it was noticed.
        at: Timestamp,
    },
}

impl ChallengeState {
    /// The state's word in every API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Claimable { .. } => "claimable",
            Self::Pending { .. } => "pending",
            Self::Answered { .. } => "answered",
            Self::Declined { .. } => "declined",
            Self::Failed { .. } => "failed",
            Self::Cancelled { .. } => "cancelled",
            Self::Expired { .. } => "expired",
        }
    }

    /// Whether it can still change.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Claimable { .. } | Self::Pending { .. })
    }
}

/// What became of an answer that was not refused.
#[derive(Debug)]
pub enum Answering {
    /// It counts: the challenge is answered or declined.
    Decided(Challenge),
    /// The matching code was wrong, and there are tries left.
    WrongCode {
        /// The challenge with the try counted; unchanged if this very answer was counted before.
        challenge: Challenge,
        /// How many more.
        attempts_left: u8,
    },
    /// The matching code was wrong for the last time: the challenge failed.
    Failed(Challenge),
}

impl Challenge {
    /// Who is or was asked.
    pub fn user(&self) -> Option<UserId> {
        match &self.state {
            ChallengeState::Claimable { .. } => None,
            ChallengeState::Pending { user, .. }
            | ChallengeState::Answered { user, .. }
            | ChallengeState::Declined { user, .. }
            | ChallengeState::Failed { user, .. } => Some(*user),
            ChallengeState::Cancelled { user, .. } | ChallengeState::Expired { user, .. } => *user,
        }
    }

    /// When the outcome was found.
    pub fn decided_at(&self) -> Option<Timestamp> {
        match &self.state {
            ChallengeState::Claimable { .. } | ChallengeState::Pending { .. } => None,
            ChallengeState::Answered { at, .. }
            | ChallengeState::Declined { at, .. }
            | ChallengeState::Failed { at, .. }
            | ChallengeState::Cancelled { at, .. }
            | ChallengeState::Expired { at, .. } => Some(*at),
        }
    }

    /// What proves the outcome, where a device found it.
    pub fn evidence(&self) -> Option<&Evidence> {
        match &self.state {
            ChallengeState::Answered { evidence, .. } => evidence.as_ref(),
            ChallengeState::Declined { evidence, .. } => Some(evidence),
            _ => None,
        }
    }

    /// The challenge as it is at `now`: an open one whose time is over counts as expired even before the
    /// schedule has written that down.
    pub fn at(self, now: Timestamp) -> Self {
        if self.state.is_open() && now >= self.expires_at { self.into_expired(now) } else { self }
    }

    /// Claimable to pending.
    pub fn claim(self, user: UserId, account_id: AccountId, now: Timestamp) -> Result<Self, Refused> {
        match self.at(now) {
            challenge @ Self { state: ChallengeState::Claimable { .. }, .. } => Ok(Self {
                state: ChallengeState::Pending { user, wrong_codes: 0 },
                account_id: Some(account_id),
                ..challenge
            }),
            // Who claimed it and whether it lives is nobody else's business.
            _ => Err(Refused::Unknown("challenge")),
        }
    }

    /// Open to cancelled.
    pub fn cancel(self, now: Timestamp) -> Result<Self, Refused> {
        let challenge = self.at(now);
        if !challenge.state.is_open() {
            return Err(Refused::WrongState { what: "request", state: challenge.state.name() });
        }
        let user = challenge.user();
        Ok(Self { state: ChallengeState::Cancelled { user, at: now }, ..challenge })
    }

    /// Open to expired, once its time is over.
    pub fn expire(self, now: Timestamp) -> Result<Self, Refused> {
        if self.state.is_open() && now >= self.expires_at {
            return Ok(self.into_expired(now));
        }
        Err(Refused::WrongState { what: "challenge", state: self.state.name() })
    }

    /// Pending to answered, declined or, by wrong codes, failed.
    ///
    /// `signed` was verified to be an answer to this very challenge: its id, digest and nonce.
    pub fn answer(self, user: UserId, signed: SignedAnswer, now: Timestamp) -> Result<Answering, Refused> {
        let challenge = self.at(now);
        if challenge.user() != Some(user) || !challenge.is_for(signed.evidence.device) {
            return Err(Refused::Unknown("challenge"));
        }
        let ChallengeState::Pending { wrong_codes, .. } = challenge.state else {
            return Err(Refused::WrongState { what: "challenge", state: challenge.state.name() });
        };
        if let Answer::Option(index) = signed.answer {
            let option = challenge
                .options
                .get(index)
                .ok_or_else(|| Invalid::new("answer", "is not the index of an option"))?;
            if option.strong_auth && !signed.strong {
                return Err(Invalid::new("answer", "must be signed by the strong key").into());
            }
            if challenge.matching_code.is_some() && challenge.wants_code(index) {
                match signed.code {
                    CodeCheck::Right => {}
                    CodeCheck::Absent => {
                        return Err(
                            Invalid::new("code", "is missing: this answer needs the matching code").into()
                        );
                    }
                    CodeCheck::Wrong => {
                        return Ok(challenge.wrong_code(user, signed, wrong_codes, now));
                    }
                }
            }
        }
        let evidence = signed.evidence;
        let state = match signed.answer {
            Answer::Option(option) => {
                ChallengeState::Answered { user, at: now, option, evidence: Some(evidence) }
            }
            Answer::Decline(reason) => ChallengeState::Declined { user, at: now, reason, evidence },
        };
        Ok(Answering::Decided(Self { state, ..challenge }))
    }

    /// Pending to answered by the code that was sent by SMS, or to failed by too many wrong ones.
    pub fn answer_by_code(self, right: bool, now: Timestamp) -> Result<Answering, Refused> {
        let challenge = self.at(now);
        let ChallengeState::Pending { user, wrong_codes } = challenge.state else {
            return Err(Refused::WrongState { what: "challenge", state: challenge.state.name() });
        };
        if right {
            let state = ChallengeState::Answered { user, at: now, option: 0, evidence: None };
            return Ok(Answering::Decided(Self { state, ..challenge }));
        }
        let wrong_codes = wrong_codes.saturating_add(1);
        Ok(match challenge.wrong_codes_max.saturating_sub(wrong_codes) {
            0 => {
                let state = ChallengeState::Failed { user, at: now, device: None };
                Answering::Failed(Self { state, ..challenge })
            }
            attempts_left => {
                let state = ChallengeState::Pending { user, wrong_codes };
                Answering::WrongCode { challenge: Self { state, ..challenge }, attempts_left }
            }
        })
    }

    /// Whether `device`, of its user, may answer.
    pub fn is_for(&self, device: DeviceId) -> bool {
        self.approval.as_ref().is_none_or(|approval| approval.is_for(device))
    }

    /// Whether `device`, an app of the Authenticator API and of its user, may answer: such an app knows yes and no, and no
    /// matching code.
    pub fn is_for_authenticator(&self, device: DeviceId) -> bool {
        let reaches = |approval: &Approval| matches!(approval.channel, Channel::App | Channel::Push);
        let relays = |relayed: &Relayed| relayed.for_device(device).is_some();
        self.is_for(device)
            && self.is_yes_or_no()
            && self.matching_code.is_none()
            && self.approval.as_ref().is_none_or(reaches)
            && self.relayed.as_ref().is_none_or(relays)
    }

    /// Whether the options amount to a yes, which wants strong authentication, and at most a no, which does not.
    pub fn is_yes_or_no(&self) -> bool {
        match self.options.as_slice() {
            [yes] => yes.strong_auth,
            [yes, no] => yes.strong_auth && !no.strong_auth,
            _ => false,
        }
    }

    /// What a no means, where [`Challenge::is_yes_or_no`]: the option that says so, or none of them.
    pub fn no(&self) -> Answer {
        if self.options.len() == 2 && self.approval.is_none() {
            Answer::Option(1)
        } else {
            Answer::Decline(DeclineReason::Cancelled)
        }
    }

    /// Whether the option needs the matching code: those that ask for strong authentication do, and all where
    /// none does. Whoever was not told a code can still say no.
    pub fn wants_code(&self, index: usize) -> bool {
        let strong = |option: &AnswerOption| option.strong_auth;
        self.options.get(index).is_some_and(strong) || !self.options.iter().any(strong)
    }

    /// Whether this very answer was taken before: the device did not hear of it.
    pub fn has_taken(&self, answer_jws: &str) -> bool {
        self.evidence()
            .is_some_and(|evidence| matches!(&evidence.signed, Signed::Jws { jws } if jws == answer_jws))
    }

    /// With the receipt for its outcome.
    pub fn attest(mut self, issued: String) -> Self {
        match &mut self.state {
            ChallengeState::Answered { evidence: Some(evidence), .. }
            | ChallengeState::Declined { evidence, .. } => {
                evidence.receipt = Some(issued);
            }
            _ => {}
        }
        self
    }

    fn wrong_code(
        mut self,
        user: UserId,
        signed: SignedAnswer,
        wrong_codes: u8,
        now: Timestamp,
    ) -> Answering {
        let left = |count| self.wrong_codes_max.saturating_sub(count);
        if self.wrong_answers.contains(&signed.id) {
            return Answering::WrongCode { attempts_left: left(wrong_codes), challenge: self };
        }
        let wrong_codes = wrong_codes.saturating_add(1);
        let device = Some(signed.evidence.device);
        match left(wrong_codes) {
            0 => Answering::Failed(Self { state: ChallengeState::Failed { user, at: now, device }, ..self }),
            attempts_left => {
                self.wrong_answers.push(signed.id);
                let state = ChallengeState::Pending { user, wrong_codes };
                Answering::WrongCode { challenge: Self { state, ..self }, attempts_left }
            }
        }
    }

    fn into_expired(self, at: Timestamp) -> Self {
        let user = self.user();
        Self { state: ChallengeState::Expired { user, at }, ..self }
    }
}

#[cfg(test)]
mod tests;
