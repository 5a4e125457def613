//! The server's side, which keeps what it must between question and answer.

use aws_lc_rs::digest::{SHA256, digest};
use countersign_uaf::aaid::{Aaid, KeyId};
use countersign_uaf::authentication::{self, Authenticated, AuthenticationRules};
use countersign_uaf::channel_binding::ChannelBindingRule;
use countersign_uaf::expected::Expected;
use countersign_uaf::facets::TrustedFacets;
use countersign_uaf::match_criteria::MatchCriteria;
use countersign_uaf::messages::{self, Response, Version};
use countersign_uaf::metadata::Statement;
use countersign_uaf::policy::Policy;
use countersign_uaf::question::Question;
use countersign_uaf::refusal::{Refusal, Refused};
use countersign_uaf::registration::{self, Registered, RegisteredKey, RegistrationRules};
use countersign_uaf::server_data::{Challenge, ServerData};
use countersign_uaf::transaction::Transaction;
use serde_json::Value;

pub(crate) const FACET: &str = "ios:bundle-id:com.example.bank";
pub(crate) const SERVICE: &str = "https://auth.example";
const APP_ID: &str = "https://auth.example/_app/uaf/1.1/facets?appSpace=0190d6a5-0000-7000-8000-000000000001";
const NOW: i64 = 1_795_341_600_000;

pub(crate) struct Server {
    metadata: Vec<Statement>,
    pub(crate) policy: Policy,
    facets: TrustedFacets,
    pub(crate) binding: ChannelBindingRule,
    keys: Vec<RegisteredKey>,
    transactions: Vec<Transaction>,
    used: Vec<Challenge>,
    asked: u8,
}

fn mac(message: &[u8]) -> [u8; 32] {
    digest(&SHA256, &[b"key", message].concat()).as_ref().try_into().unwrap()
}

impl Server {
    /// That knows these models and accepts any of them.
    pub(crate) fn new(statements: &[Value]) -> Self {
        let read = |statement: &Value| serde_json::from_value::<Statement>(statement.clone()).unwrap();
        let metadata: Vec<_> = statements.iter().map(read).collect();
        let any =
            metadata.iter().map(|statement| vec![MatchCriteria::models(vec![statement.aaid])]).collect();
        Self {
            metadata,
            policy: Policy::new(any, Vec::new()).unwrap(),
            facets: TrustedFacets::new(&[Version::V1_1], &[FACET.to_owned()]).unwrap(),
            binding: ChannelBindingRule::default(),
            keys: Vec::new(),
            transactions: Vec::new(),
            used: Vec::new(),
            asked: 0,
        }
    }

    /// The document that the application id leads to.
    pub(crate) fn facets(&self) -> String {
        self.facets.to_json()
    }

    fn question<T>(&mut self, ask: impl FnOnce(&Question<'_>) -> T) -> T {
        self.asked += 1;
        ask(&Question {
            version: Version::V1_1,
            app_id: APP_ID,
            user: Some("ann"),
            challenge: Challenge::from_random([self.asked; 32]),
            expires_millis: NOW + 120_000,
            reference: [0; 16],
            mac: &mac,
        })
    }

    pub(crate) fn ask_registration(&mut self) -> String {
        let policy = self.policy.clone();
        self.question(|question| messages::write(&registration::request(question, "ann", policy)))
    }

    /// With a text where one is to be confirmed.
    pub(crate) fn ask_authentication(&mut self, text: Option<&str>) -> String {
        self.transactions = text.map(|text| Transaction::text(text).unwrap()).into_iter().collect();
        let (policy, transactions) = (self.policy.clone(), self.transactions.clone());
        self.question(|question| messages::write(&authentication::request(question, transactions, policy)))
    }

    fn verify<T>(
        &self,
        response: &str,
        check: impl FnOnce(&Response, &Expected<'_>) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        let response: Response = messages::parse(response.as_bytes(), &[Version::V1_1])?;
        let data = response.header.server_data.as_deref().ok_or(Refusal::ServerData)?;
        let challenge = ServerData::open(data, &mac)?.challenge;
        let expected = Expected {
            versions: &[Version::V1_1],
            app_id: APP_ID,
            facets: &self.facets,
            channel_binding: &self.binding,
            user: Some("ann"),
            mac: &mac,
            challenge_is_unused: !self.used.contains(&challenge),
            now_millis: NOW,
        };
        check(&response, &expected)
    }

    /// Verifies and stores.
    pub(crate) fn registered(&mut self, response: &str) -> Result<Registered, Refused> {
        let names: Vec<(Aaid, KeyId)> = self.keys.iter().map(|key| (key.aaid, key.key_id)).collect();
        let rules = RegistrationRules { policy: &self.policy, metadata: &self.metadata, registered: &names };
        let outcome =
            self.verify(response, |response, expected| registration::verify(response, expected, &rules))?;
        self.used.push(outcome.challenge);
        self.keys.extend(outcome.keys.iter().map(|new| new.key.clone()));
        Ok(outcome)
    }

    /// Verifies and stores.
    pub(crate) fn authenticated(&mut self, response: &str) -> Result<Authenticated, Refused> {
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
            key.sign_counter = signed.sign_counter;
        }
        Ok(outcome)
    }
}
