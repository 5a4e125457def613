//! What a UAF answer does to what it answers: an approval that is in the table, or an authentication that an app began, which
//! gets there only now.

use countersign_crypto::digest::Digest;
use countersign_crypto::encoding::base64url;
use countersign_domain::answer::{Answer, CodeCheck, Evidence, Signed as SignedParts, SignedAnswer};
use countersign_domain::app_space::AppSpace;
use countersign_domain::approval::{Approval, Audience};
use countersign_domain::authenticator_key::{AuthenticatorKey, RegisteredKey as StoredKey, UafKey};
use countersign_domain::challenge::{Answering as Became, Challenge, ChallengeState, Notification};
use countersign_domain::channel::Channel;
use countersign_domain::cloud_settings::CloudSettings;
use countersign_domain::id::{DeviceId, UserId};
use countersign_domain::identity_provider::IdentityTokens;
use countersign_domain::question::AnswerOption;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_lambda::asking::Question;
use countersign_lambda::refusal::internal;
use countersign_lambda::{App, Refusal, outcome};
use countersign_store::{Read, Record, StoreError, Write, keys};
use countersign_uaf::authentication::{AuthenticationRules, SignedBy, verify};
use countersign_uaf::match_criteria::MatchCriteria;
use countersign_uaf::messages::Assertion;
use countersign_uaf::refusal::Refusal as UafRefusal;
use countersign_uaf::registration::RegisteredKey;
use countersign_uaf::server_data::Reference;
use serde_json::json;

use crate::transaction_text;
use crate::uaf::application::Application;
use crate::uaf::ask::{IN_APP, asked_user, in_app_reference, split};
use crate::uaf::keys as uaf_keys;
use crate::uaf::received::{Received, take_keys};
use crate::uaf::refused::Failed;

/// What an answer is about, as it was read.
pub(crate) struct Answering {
    /// Nothing for an authentication that an app began: its challenge is not in the table before it is answered.
    challenge: Option<Record<Challenge>>,
    app_space: AppSpace,
    application: Application,
    keys: Vec<(Record<AuthenticatorKey>, UafKey)>,
}

/// What holds of an answer.
pub(crate) struct Signed {
    /// Whose key it was.
    pub(crate) user: UserId,
    /// The device that stands for it.
    pub(crate) device: DeviceId,
    answer: SignedAnswer,
    counted: Vec<(Record<AuthenticatorKey>, AuthenticatorKey)>,
}

type UserWithTokens = (Record<User>, Option<Record<IdentityTokens>>);

impl Answering {
    /// Reads it, and the user who was asked, if it was one.
    pub(crate) async fn read(
        app: &App,
        base_url: &str,
        received: &Received,
    ) -> Result<(Self, Option<UserWithTokens>), Failed> {
        let tenant = received.app_space.tenant();
        let mut read = Read::new();
        let challenge = read.add::<Challenge>(keys::challenge(split(&received.data.challenge).0));
        let app_space = read.add::<AppSpace>(keys::app_space(tenant));
        let settings = read.add::<CloudSettings>(keys::cloud_settings(tenant));
        let known = received.read_keys(&mut read);
        let user = asked_user(received.data.reference).map(|user| {
            (read.add::<User>(keys::user(user)), read.add::<IdentityTokens>(keys::identity_tokens(user)))
        });
        let mut found = app.store.read(read, app.now()).await?;
        let user = match user {
            Some((user, tokens)) => found.take(user)?.map(|user| Ok((user, found.take(tokens)?))),
            None => None,
        };
        let settings = found.take(settings)?.map(|record| record.value);
        let app_space = found.take(app_space)?.map(|record| record.value);
        let answering = Self {
            challenge: found.take(challenge)?.filter(|record| record.value.app_space == received.app_space),
            app_space: app_space.filter(|found| found.id == received.app_space).ok_or(UafRefusal::AppId)?,
            application: Application::of(base_url, settings)?,
            keys: take_keys(&mut found, known)?,
        };
        Ok((answering, user.transpose().map_err(|error: StoreError| Failed::from(error))?))
    }

    /// Who was asked: the user's id as the request had it.
    fn asked(&self, reference: Reference) -> Option<UserId> {
        match &self.challenge {
            Some(record) if record.value.origin.is_some() => asked_user(reference),
            _ => None,
        }
    }

    /// Verifies the answer.
    pub(crate) fn verify(&self, app: &App, received: &Received) -> Result<Signed, Failed> {
        let asked = self.asked(received.data.reference);
        let user = asked.or_else(|| self.keys.first().map(|(record, _)| record.value.user));
        let of_user: Vec<_> =
            self.keys.iter().filter(|(record, _)| Some(record.value.user) == user).collect();
        let opened = of_user.iter().map(|(_, key)| uaf_keys::open(key)).collect::<Option<Vec<_>>>();
        let opened = opened.ok_or_else(internal("a registered key that cannot be read"))?;
        let policy = self.application.any_model(self.not_asked(&of_user, &opened))?;
        let text = self.text()?;
        let transactions = text.iter().map(|text| transaction_text::transaction(text));
        let transactions = transactions.collect::<Result<Vec<_>, _>>()?;
        let rules = AuthenticationRules {
            policy: &policy,
            metadata: &self.application.models,
            keys: &opened,
            transactions: &transactions,
        };
        let asked = asked.map(|user| user.to_string());
        let unused = self.is_unused(app.now(), received);
        let judged = received.judge(app, &self.application, asked.as_deref(), unused, |expected| {
            verify(&received.response, expected, &rules)
        })?;
        let named = |by: &SignedBy| {
            let key = opened.iter().position(|key| (key.aaid, key.key_id) == (by.aaid, by.key_id));
            key.map(|at| (&of_user[at].0, &of_user[at].1, &opened[at]))
        };
        let first = judged.keys.first().ok_or(UafRefusal::Malformed)?;
        let (record, _, key) = named(first).ok_or(UafRefusal::UnknownKey)?;
        let assertion = received.response.assertions.get(first.index).ok_or(UafRefusal::Malformed)?;
        let transaction = first.confirmed.and(text);
        Ok(Signed {
            user: record.value.user,
            device: record.value.device,
            answer: self.answer(received, assertion, record.value.device, key, transaction)?,
            counted: judged
                .keys
                .iter()
                .filter_map(|by| named(by).map(|key| counted(by, key.0, key.1)))
                .collect(),
        })
    }

    /// The keys of the user that were not asked.
    fn not_asked(
        &self,
        keys: &[&(Record<AuthenticatorKey>, UafKey)],
        opened: &[RegisteredKey],
    ) -> Vec<MatchCriteria> {
        let asked = |device| self.challenge.as_ref().is_none_or(|challenge| challenge.value.is_for(device));
        let not_asked = keys.iter().zip(opened).filter(|((record, _), _)| !asked(record.value.device));
        not_asked.map(|(_, key)| MatchCriteria::key(key.aaid, key.key_id)).collect()
    }

    /// What was to be confirmed.
    fn text(&self) -> Result<Option<String>, Refusal> {
        let approval = self.challenge.as_ref().and_then(|record| record.value.approval.as_ref());
        approval.and_then(|approval| approval.message.as_deref()).map(transaction_text::confirmed).transpose()
    }

    fn is_unused(&self, now: Timestamp, received: &Received) -> bool {
        let (_, nonce) = split(&received.data.challenge);
        match &self.challenge {
            Some(record) => {
                let challenge = &record.value;
                let open = challenge.state.is_open() && now < challenge.expires_at;
                open && challenge.approval.is_some() && challenge.nonce == base64url(&nonce)
            }
            // The write that makes it finds out. One that was put to somebody is in the table.
            None => received.data.is_for(&self.application.id, None),
        }
    }

    fn answer(
        &self,
        received: &Received,
        assertion: &Assertion,
        device: DeviceId,
        key: &RegisteredKey,
        transaction: Option<String>,
    ) -> Result<SignedAnswer, Refusal> {
        let public = uaf_keys::public(&self.application.models, key)?;
        Ok(SignedAnswer {
            id: Digest::of(assertion.assertion.as_bytes()).to_string(),
            answer: Answer::Option(0),
            strong: true,
            code: CodeCheck::Absent,
            evidence: Evidence {
                device,
                key_thumbprint: public.thumbprint,
                key: public.jwk,
                signed: SignedParts::Uaf {
                    fc_params: received.response.fc_params.clone(),
                    assertion: assertion.assertion.clone(),
                    transaction,
                },
                receipt: None,
            },
        })
    }

    /// The transition that the answer makes. `user` is the one whose key it was.
    pub(crate) fn decide(
        &self,
        app: &App,
        received: &Received,
        user: &User,
        signed: &Signed,
    ) -> Result<Challenge, Failed> {
        let now = app.now();
        let open = match &self.challenge {
            // Somebody else's key, however good.
            None if received.data.reference != in_app_reference(user.account_id.as_str()) => {
                return Err(UafRefusal::UnknownKey.into());
            }
            None => self.in_app(app, received, user)?,
            Some(record) => match record.value.state {
                ChallengeState::Claimable { .. } => {
                    let claimed = record.try_map(|open| open.claim(user.id, user.account_id.clone(), now));
                    claimed.map_err(|_| UafRefusal::Challenge)?
                }
                _ => record.value.clone(),
            },
        };
        match open.answer(user.id, signed.answer.clone(), now) {
            Ok(Became::Decided(decided)) => Ok(decided),
            _ => Err(UafRefusal::Challenge.into()),
        }
    }

    /// The challenge of an authentication that an app began, as if it had been pending.
    fn in_app(&self, app: &App, received: &Received, user: &User) -> Result<Challenge, Failed> {
        let (id, nonce) = split(&received.data.challenge);
        let approval = Approval {
            channel: Channel::App,
            message: None,
            prompt: false,
            audience: Audience::Any,
            token_key: received.kid().to_owned(),
            sms: None,
            web_authn: None,
        };
        let question = Question {
            app_space: &self.app_space,
            origin: None,
            asked_by: None,
            account_id: Some(user.account_id.clone()),
            content: None,
            additional_info: Some(json!({ "inApp": true })),
            options: AnswerOption::default_pair(),
            show_code: false,
            transaction_id: None,
            callback: None,
            notification: Notification { show: false, title: String::new(), body: String::new() },
            followed: false,
            approval: Some(approval),
            lifetime: IN_APP,
        };
        let asked_at = Timestamp::from_millis(received.data.expires_millis) - IN_APP;
        let state = ChallengeState::Pending { user: user.id, wrong_codes: 0 };
        let challenge = question.ask(app, id, state, asked_at)?;
        // The nonce is the one that was signed.
        Ok(Challenge { nonce: base64url(&nonce), ..challenge })
    }

    /// The outcome, in one write. An authentication that an app began is made by it, once.
    pub(crate) fn settle(&self, app: &App, user: &User, decided: &Challenge) -> Result<Write, Refusal> {
        match &self.challenge {
            Some(old) => outcome::decide(app, user, old, decided),
            None => Ok(Write::new().insert("challenge", decided)?.user_acted(user.id, app.now())?),
        }
    }

    /// Adds to a write that the keys have signed once more.
    pub(crate) fn count(&self, mut write: Write, signed: &Signed) -> Result<Write, StoreError> {
        for (old, new) in &signed.counted {
            write = write.replace("key", old, new)?;
        }
        Ok(write)
    }
}

/// A key before and after it signed.
fn counted(
    by: &SignedBy,
    old: &Record<AuthenticatorKey>,
    key: &UafKey,
) -> (Record<AuthenticatorKey>, AuthenticatorKey) {
    let key = UafKey { sign_counter: by.sign_counter, ..key.clone() };
    (old.clone(), AuthenticatorKey { key: StoredKey::Uaf(key), ..old.value.clone() })
}
