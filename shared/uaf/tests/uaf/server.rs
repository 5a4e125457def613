//! A server that keeps what it must between question and answer.

use countersign_uaf::aaid::{Aaid, KeyId};
use countersign_uaf::authentication::{self, Authenticated, AuthenticationRules};
use countersign_uaf::channel_binding::ChannelBindingRule;
use countersign_uaf::expected::Expected;
use countersign_uaf::facets::TrustedFacets;
use countersign_uaf::match_criteria::MatchCriteria;
use countersign_uaf::messages::{self, Version};
use countersign_uaf::metadata::Statement;
use countersign_uaf::policy::Policy;
use countersign_uaf::question::Question;
use countersign_uaf::refusal::{Refusal, Refused};
use countersign_uaf::registration::{self, Registered, RegisteredKey, RegistrationRules};
use countersign_uaf::server_data::{Challenge, ServerData};
use countersign_uaf::transaction::Transaction;
use serde_json::{Value, json};

use crate::client::{FACET, sha256};

pub(crate) const APP_ID: &str = "https://auth.example/_app/uaf/1.1/facets";
pub(crate) const NOW: i64 = 1_790_000_000_000;
const LIFETIME: i64 = 120_000;

pub(crate) struct Server {
    pub(crate) metadata: Vec<Statement>,
    pub(crate) policy: Policy,
    pub(crate) facets: TrustedFacets,
    pub(crate) binding: ChannelBindingRule,
    pub(crate) versions: Vec<Version>,
    pub(crate) user: Option<&'static str>,
    pub(crate) now: i64,
    pub(crate) keys: Vec<RegisteredKey>,
    pub(crate) transactions: Vec<Transaction>,
    pub(crate) used: Vec<Challenge>,
    pub(crate) asked: u8,
    pub(crate) mac_key: u8,
}

pub(crate) fn aaid() -> Aaid {
    "00AB#C0DE".parse().unwrap()
}

/// The metadata of the client's authenticator, which may use everything.
pub(crate) fn statement() -> Value {
    json!({
        "aaid": "00AB#C0DE", "authenticatorVersion": 2, "assertionScheme": "UAFV1TLV",
        "authenticationAlgorithm": [1, 2, 3, 4, 5, 6, 8, 9], "publicKeyAlgAndEncoding": [256, 257, 258, 259],
        "attestationTypes": [15880], "attestationRootCertificates": [],
        "userVerificationDetails": [[{ "userVerification": 2 }]], "keyProtection": 6, "matcherProtection": 2,
        "attachmentHint": 1, "tcDisplay": 1,
    })
}

impl Server {
    pub(crate) fn new() -> Self {
        Self::with(statement())
    }

    pub(crate) fn with(statement: Value) -> Self {
        Self {
            metadata: vec![serde_json::from_value(statement).unwrap()],
            policy: Policy::new(vec![vec![MatchCriteria::models(vec![aaid()])]], Vec::new()).unwrap(),
            facets: TrustedFacets::new(&[Version::V1_1], &[FACET.to_owned()]).unwrap(),
            binding: ChannelBindingRule::default(),
            versions: vec![Version::V1_1],
            user: Some("alice"),
            now: NOW,
            keys: Vec::new(),
            transactions: Vec::new(),
            used: Vec::new(),
            asked: 0,
            mac_key: 1,
        }
    }

    fn mac(key: u8) -> impl Fn(&[u8]) -> [u8; 32] {
        move |message| sha256(&[&[key], message].concat()).try_into().unwrap()
    }

    fn question<T>(&mut self, ask: impl FnOnce(&Question<'_>) -> T) -> T {
        self.asked += 1;
        let mac = Self::mac(self.mac_key);
        ask(&Question {
            reference: [0; 16],
            version: Version::V1_1,
            app_id: APP_ID,
            user: self.user,
            challenge: Challenge::from_random([self.asked; 32]),
            expires_millis: self.now + LIFETIME,
            mac: &mac,
        })
    }

    pub(crate) fn ask_registration(&mut self) -> String {
        let policy = self.policy.clone();
        self.question(|question| messages::write(&registration::request(question, "alice", policy)))
    }

    pub(crate) fn ask_authentication(&mut self) -> String {
        let (policy, transactions) = (self.policy.clone(), self.transactions.clone());
        self.question(|question| messages::write(&authentication::request(question, transactions, policy)))
    }

    fn verify<T>(
        &self,
        response: &Value,
        check: impl FnOnce(&messages::Response, &Expected<'_>) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        let response: messages::Response = messages::parse(response.to_string().as_bytes(), &self.versions)?;
        let mac = Self::mac(self.mac_key);
        let data = response.header.server_data.as_deref().ok_or(Refusal::ServerData)?;
        let challenge = ServerData::open(data, &mac).map(|data| data.challenge);
        let expected = Expected {
            versions: &self.versions,
            app_id: APP_ID,
            facets: &self.facets,
            channel_binding: &self.binding,
            user: self.user,
            mac: &mac,
            challenge_is_unused: challenge.is_ok_and(|challenge| !self.used.contains(&challenge)),
            now_millis: self.now,
        };
        check(&response, &expected)
    }

    /// Verifies and stores.
    pub(crate) fn registered(&mut self, response: &Value) -> Result<Registered, Refused> {
        let names: Vec<(Aaid, KeyId)> = self.keys.iter().map(|key| (key.aaid, key.key_id)).collect();
        let rules = RegistrationRules { policy: &self.policy, metadata: &self.metadata, registered: &names };
        let outcome =
            self.verify(response, |response, expected| registration::verify(response, expected, &rules))?;
        self.used.push(outcome.challenge);
        self.keys.extend(outcome.keys.iter().map(|new| new.key.clone()));
        Ok(outcome)
    }

    /// Verifies and stores.
    pub(crate) fn authenticated(&mut self, response: &Value) -> Result<Authenticated, Refused> {
        let rules = AuthenticationRules {
            policy: &self.policy,
            metadata: &self.metadata,
            keys: &self.keys,
            transactions: &self.transactions,
        };
        let outcome =
            self.verify(response, |response, expected| authentication::verify(response, expected, &rules))?;
        self.used.push(outcome.challenge);
        for signed in &outcome.keys {
            let key = self.keys.iter_mut().find(|key| key.key_id == signed.key_id).unwrap();
            assert_eq!(key.sign_counter, signed.previous_counter);
            key.sign_counter = signed.sign_counter;
        }
        Ok(outcome)
    }
}

/// The reason and the number of the status code.
pub(crate) fn reason<T: std::fmt::Debug>(outcome: Result<T, Refused>) -> (Refusal, u16) {
    let refused = outcome.expect_err("it should have been refused");
    (refused.refusal, refused.status().code())
}
