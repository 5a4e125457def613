//! The client: checks a request, has the authenticators answer it (FIDO UAF Protocol, processing rules for the FIDO client).

use serde_json::{Value, json};

use super::authenticator::{Authenticator, KeyName};
use super::fc_params::{FinalChallengeParams, final_challenge_hash};
use super::message::{Ask, Content, Header, Request};
use super::policy::Policy;
use super::trust::{TrustedFacets, is_fetchable};
use super::{ClientError, Tamper, model};
use crate::encoding::base64url;

/// A client, on behalf of one app.
#[derive(Debug, Clone)]
pub struct Client {
    facet: String,
    service: Option<String>,
    facets: Option<TrustedFacets>,
    username: Option<String>,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The message to send. None after a deregistration, which has no answer.
    pub uaf_response: Option<String>,
    /// What was shown and confirmed.
    pub shown: Option<String>,
    /// The keys that were made, have signed, or were forgotten.
    pub keys: Vec<KeyName>,
}

impl Client {
    /// The client that speaks for the app of this facet id, e.g. `android:apk-key-hash:…`, `ios:bundle-id:…`, or a web origin.
    pub fn new(facet: impl Into<String>) -> Self {
        Self { facet: facet.into(), service: None, facets: None, username: None }
    }

    /// Answers only for application ids below this URL, e.g. `https://auth.example.com`.
    #[must_use]
    pub fn of_service(mut self, url: &str) -> Self {
        self.service = Some(format!("{}/", url.trim_end_matches('/')));
        self
    }

    /// Answers only where this document, which the caller has fetched from the application id, trusts the app.
    ///
    /// # Errors
    /// [`ClientError::Malformed`].
    pub fn with_facets(mut self, document: &str) -> Result<Self, ClientError> {
        self.facets = Some(TrustedFacets::parse(document)?);
        Ok(self)
    }

    /// Signs only with keys that were registered under this user name.
    #[must_use]
    pub fn for_user(mut self, username: &str) -> Self {
        self.username = Some(username.to_owned());
        self
    }

    /// The app.
    pub fn facet(&self) -> &str {
        &self.facet
    }

    /// Answers a request of any operation. `confirm` is asked where a text is to be shown and confirmed.
    ///
    /// A registration adds a key, an authentication counts, a deregistration forgets keys: keep the authenticators afterwards.
    ///
    /// # Errors
    /// [`ClientError`]; then no authenticator has changed.
    pub fn answer(
        &self,
        request: &str,
        authenticators: &mut [Authenticator],
        confirm: &dyn Fn(&str) -> bool,
    ) -> Result<Answered, ClientError> {
        self.answer_badly(request, authenticators, confirm, &Tamper::default())
    }

    /// As [`Client::answer`], with something wrong about it.
    ///
    /// # Errors
    /// [`ClientError`]: the request itself is checked all the same.
    pub fn answer_badly(
        &self,
        request: &str,
        authenticators: &mut [Authenticator],
        confirm: &dyn Fn(&str) -> bool,
        tamper: &Tamper,
    ) -> Result<Answered, ClientError> {
        let Request { header, ask } = Request::parse(request)?;
        let app_id = self.app_id(&header)?;
        let work = Work { client: self, header, app_id, tamper };
        match ask {
            Ask::Registration { challenge, username, policy } => {
                work.register(&challenge, &username, &policy, authenticators)
            }
            Ask::Authentication { challenge, transaction, policy } => {
                let shown = show(&transaction)?;
                if shown.as_deref().is_some_and(|text| !confirm(text)) {
                    return Err(ClientError::Declined);
                }
                work.authenticate(&challenge, shown, &policy, authenticators)
            }
            Ask::Deregistration(named) => {
                let covers = |aaid: &str, key_id: &str| named.iter().any(|one| one.covers(aaid, key_id));
                let forget = |one: &mut Authenticator| one.forget_all(&work.app_id, covers);
                let keys = authenticators.iter_mut().flat_map(forget).collect();
                Ok(Answered { uaf_response: None, shown: None, keys })
            }
        }
    }

    /// The application id that may be worked for. Where the request names none, it is the app itself.
    fn app_id(&self, header: &Header) -> Result<String, ClientError> {
        let app_id = header.app_id.as_deref().filter(|app_id| !app_id.is_empty()).unwrap_or(&self.facet);
        if app_id != self.facet && !is_fetchable(app_id) {
            return Err(ClientError::AppId);
        }
        if self.service.as_ref().is_some_and(|service| !app_id.starts_with(service)) {
            return Err(ClientError::AppId);
        }
        if self.facets.as_ref().is_some_and(|facets| !facets.trusts(&self.facet, header.upv)) {
            return Err(ClientError::UntrustedFacet);
        }
        Ok(app_id.to_owned())
    }
}

/// The first form of the content that can be shown, where there is anything to confirm.
fn show(transaction: &[Content]) -> Result<Option<String>, ClientError> {
    match transaction {
        [] => Ok(None),
        forms => forms.iter().find_map(Content::text).map(Some).ok_or(ClientError::CannotShow),
    }
}

/// One request on its way to an answer.
struct Work<'a> {
    client: &'a Client,
    header: Header,
    app_id: String,
    tamper: &'a Tamper,
}

impl Work<'_> {
    fn register(
        &self,
        challenge: &str,
        username: &str,
        policy: &Policy,
        authenticators: &mut [Authenticator],
    ) -> Result<Answered, ClientError> {
        let chosen = {
            let known = &*authenticators;
            policy.choose(known.len(), |criterion, at| {
                let one = &known[at];
                let of_app = || one.keys().iter().filter(|key| key.app_id() == self.app_id);
                let taken = of_app().any(|key| policy.disallows(one, Some(&key.key_id())));
                let names =
                    !criterion.names_keys() || of_app().any(|key| criterion.names(Some(&key.key_id())));
                let fits = !taken && names && !policy.disallows(one, None) && criterion.matches(one);
                fits.then_some(())
            })
        };
        let (params, hash) = self.final_challenge(challenge);
        let answers = chosen
            .ok_or(ClientError::NoSuitableAuthenticator)?
            .into_iter()
            .map(|(at, ())| authenticators[at].register(&self.app_id, username, hash, self.tamper));
        Ok(self.answered(params, answers.collect(), None))
    }

    fn authenticate(
        &self,
        challenge: &str,
        shown: Option<String>,
        policy: &Policy,
        authenticators: &mut [Authenticator],
    ) -> Result<Answered, ClientError> {
        let chosen = {
            let (known, username) = (&*authenticators, self.client.username.as_deref());
            policy.choose(known.len(), |criterion, at| {
                let one = &known[at];
                // The newest key is the likeliest to be still good.
                let place = one.keys().iter().rposition(|key| {
                    let id = key.key_id();
                    key.app_id() == self.app_id
                        && username.is_none_or(|username| key.username() == username)
                        && criterion.names(Some(&id))
                        && !policy.disallows(one, Some(&id))
                });
                place.filter(|_| criterion.matches(one))
            })
        };
        let (params, hash) = self.final_challenge(challenge);
        let answers = chosen
            .ok_or(ClientError::NoSuitableAuthenticator)?
            .into_iter()
            .map(|(at, key)| authenticators[at].sign(key, hash, shown.as_deref(), self.tamper));
        let answers = answers.collect();
        Ok(self.answered(params, answers, shown))
    }

    /// The final challenge parameters as text, and their hash.
    fn final_challenge(&self, challenge: &str) -> (String, [u8; 32]) {
        let mut params = FinalChallengeParams {
            app_id: self.app_id.clone(),
            challenge: challenge.to_owned(),
            facet_id: self.client.facet.clone(),
            channel_binding: json!({}),
        };
        self.tamper.change_params(&mut params);
        let text = params.text();
        let hash = final_challenge_hash(&text);
        (text, hash)
    }

    fn answered(&self, params: String, answers: Vec<(KeyName, Vec<u8>)>, shown: Option<String>) -> Answered {
        let (mut keys, mut assertions) = (Vec::new(), Vec::new());
        for (key, mut assertion) in answers {
            self.tamper.change_assertion(&mut assertion);
            keys.push(key);
            assertions.push(json!({ "assertionScheme": model::SCHEME, "assertion": base64url(&assertion) }));
        }
        let mut response: Value =
            json!([{ "header": self.header, "fcParams": params, "assertions": assertions }]);
        self.tamper.change_response(&mut response);
        Answered { uaf_response: Some(response.to_string()), shown, keys }
    }
}
