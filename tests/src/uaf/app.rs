//! The app: the flows from end to end.

use std::collections::HashMap;

use countersign_authenticator::uaf::{Answered, Client, ClientError, KeyName, PHONE_FACET, Tamper};
use countersign_domain::device::Platform;
use reqwest::Method;
use serde_json::{Value, json};

use super::call::{
    AUTHENTICATION, AUTHENTICATION_REQUEST, Asked, Authority, DEREGISTRATION_REQUEST, REGISTRATION,
    REGISTRATION_REQUEST, ServerResponse, UAF, request_body,
};
use super::error::{UafError, accepted};
use super::link::{AppLink, Purpose};
use super::message::{Peek, stands_for};
use super::token::{self, DEVICE, TRANSACTION, Token};
use super::wallet::{Account, Wallet};
use crate::device::error::CallError;
use crate::device::service::Service;

/// What the app says of the phone.
#[derive(Debug, Clone)]
pub struct Description {
    /// What its person calls it.
    pub name: String,
    /// What it runs on.
    pub platform: Platform,
    /// The app's own word for this installation.
    pub device_id: String,
}

/// An app at one service.
#[derive(Debug)]
pub struct UafApp {
    service: Service,
    client: Client,
    description: Description,
    wallet: Wallet,
    username: Option<String>,
    facets: HashMap<String, String>,
}

/// What a person is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question<'a> {
    /// The backend's message: what the signature is about.
    pub message: Option<&'a str>,
    /// The text that is signed: the message, or its digest.
    pub signed: Option<&'a str>,
    /// Who is asked, where the service says so.
    pub username: Option<&'a str>,
}

/// A key that was registered.
#[derive(Debug)]
pub struct Registered {
    /// The user name.
    pub username: String,
    /// The device's id.
    pub device: String,
    /// The key.
    pub key: KeyName,
    /// With which the app may set its dispatch target.
    pub device_token: Token,
}

/// An authentication that was accepted.
#[derive(Debug)]
pub struct Authenticated {
    /// The key that has signed.
    pub key: KeyName,
    /// The text that was signed.
    pub shown: Option<String>,
    /// For the backend; only where the authentication began in the app.
    pub transaction_token: Option<Token>,
    /// With which the app may set its dispatch target.
    pub device_token: Option<Token>,
}

impl UafApp {
    /// The app at this service, as [`PHONE_FACET`], with what it kept.
    pub fn new(service: Service, description: Description, wallet: Wallet) -> Self {
        let client = Client::new(PHONE_FACET).of_service(service.url().as_str());
        Self { service, client, description, wallet, username: None, facets: HashMap::new() }
    }

    /// Another app, by its facet id.
    #[must_use]
    pub fn with_facet(mut self, facet: &str) -> Self {
        self.client = Client::new(facet).of_service(self.service.url().as_str());
        self
    }

    /// Uses the account of this user; else it is the last one.
    #[must_use]
    pub fn for_user(mut self, username: &str) -> Self {
        self.username = Some(username.to_owned());
        self
    }

    /// The service.
    pub const fn service(&self) -> &Service {
        &self.service
    }

    /// What it says of the phone.
    pub const fn description(&self) -> &Description {
        &self.description
    }

    /// What is to be kept.
    pub const fn wallet(&self) -> &Wallet {
        &self.wallet
    }

    /// What is to be kept, to be changed behind the app's back.
    pub const fn wallet_mut(&mut self) -> &mut Wallet {
        &mut self.wallet
    }

    /// What is to be kept.
    pub fn into_wallet(self) -> Wallet {
        self.wallet
    }

    /// The account in use.
    ///
    /// # Errors
    /// [`UafError::NoAccount`].
    pub fn account(&self) -> Result<&Account, UafError> {
        self.wallet.account(self.service.url(), self.username.as_deref()).ok_or(UafError::NoAccount)
    }

    pub(crate) fn account_mut(&mut self) -> Result<&mut Account, UafError> {
        let found = self.wallet.account_mut(self.service.url(), self.username.as_deref());
        found.ok_or(UafError::NoAccount)
    }

    /// Out-of-band registration: redeems the link of an enrolment, registers a key.
    ///
    /// # Errors
    /// [`UafError`].
    pub async fn register(&mut self, link: &AppLink) -> Result<Registered, UafError> {
        if link.purpose != Purpose::Registration {
            return Err(UafError::OtherLink);
        }
        let asked = self.redeem(link).await?;
        self.finish_registration(&asked).await
    }

    /// In-app registration, with the intent token that the app got from its backend.
    ///
    /// # Errors
    /// [`UafError`].
    pub async fn register_with_intent(
        &mut self,
        intent: &str,
        username: &str,
    ) -> Result<Registered, UafError> {
        let context = json!({ "username": username });
        let asked = self.request(REGISTRATION_REQUEST, Authority::Bearer(intent), &context).await?;
        self.finish_registration(&asked).await
    }

    /// Answers a registration request and keeps the account. A key that the service does not take is forgotten.
    ///
    /// # Errors
    /// [`UafError`].
    pub async fn finish_registration(&mut self, asked: &Asked) -> Result<Registered, UafError> {
        let answered = self.answer_to("Reg", asked).await?;
        let response = answered.uaf_response.as_deref().ok_or_else(unexpected)?;
        let context =
            json!({ "deviceName": self.description.name, "platform": self.description.platform.name() });
        let result = match self.send_response(REGISTRATION, response, Some(&context)).await {
            Ok(reply) => self.keep(&answered, &reply),
            Err(error) => Err(error),
        };
        if result.is_err() {
            for key in &answered.keys {
                for authenticator in &mut self.wallet.authenticators {
                    authenticator.forget(key);
                }
            }
        }
        result
    }

    fn keep(&mut self, answered: &Answered, reply: &ServerResponse) -> Result<Registered, UafError> {
        let wrong = || CallError::NotTheProtocol("a registration is answered without a device token");
        let device_token = token::of_type(&reply.additional_tokens, DEVICE).ok_or_else(wrong)?;
        let who = token::who(&device_token.value).ok_or_else(wrong)?;
        let key = answered.keys.first().ok_or_else(unexpected)?;
        let username = self.username_of(key).ok_or_else(unexpected)?;
        self.wallet.accounts.push(Account {
            service_url: self.service.url().clone(),
            app_space: who.aud,
            username: username.clone(),
            user: who.sub,
            device: who.device.clone(),
            key: key.clone(),
            target: None,
        });
        Ok(Registered { username, device: who.device, key: key.clone(), device_token: device_token.clone() })
    }

    fn username_of(&self, name: &KeyName) -> Option<String> {
        let of_model = self.wallet.authenticators.iter().filter(|one| one.aaid() == name.aaid);
        let mut keys = of_model.flat_map(|one| one.keys());
        keys.find(|key| key.key_id() == name.key_id).map(|key| key.username().to_owned())
    }

    /// Out-of-band authentication, with or without a transaction: redeems the link of an approval, asks the person, signs.
    ///
    /// # Errors
    /// [`UafError`]; [`UafError::NotConfirmed`] when the person says no, which the service is not told: see
    /// [`UafApp::decline`].
    pub async fn authenticate(
        &mut self,
        link: &AppLink,
        ask: &(dyn Fn(&Question<'_>) -> bool + Sync),
    ) -> Result<Authenticated, UafError> {
        if link.purpose != Purpose::Authentication {
            return Err(UafError::OtherLink);
        }
        let asked = self.redeem(link).await?;
        self.finish_authentication(&asked, ask).await
    }

    /// In-app authentication of a user of this App Space, or of the service's default one.
    ///
    /// # Errors
    /// [`UafError`].
    pub async fn login(
        &mut self,
        username: &str,
        app_space: Option<&str>,
    ) -> Result<Authenticated, UafError> {
        let mut context = json!({ "username": username });
        if let Some(app_space) = app_space {
            context["appSpace"] = app_space.into();
        }
        let asked = self.request(AUTHENTICATION_REQUEST, Authority::Nobody, &context).await?;
        let asked = Asked { username: Some(username.to_owned()), ..asked };
        self.finish_authentication(&asked, &|_| true).await
    }

    /// Asks the person, and answers an authentication request.
    ///
    /// # Errors
    /// [`UafError`]; [`UafError::NotGenuine`] where what would be signed is not what the person would see.
    pub async fn finish_authentication(
        &mut self,
        asked: &Asked,
        ask: &(dyn Fn(&Question<'_>) -> bool + Sync),
    ) -> Result<Authenticated, UafError> {
        let signed = Peek::at(&asked.uaf_request)?.text;
        match (&signed, &asked.message) {
            (Some(text), Some(message)) if !stands_for(text, message) => return Err(UafError::NotGenuine),
            (None, Some(_)) => return Err(UafError::NotGenuine),
            _ => {}
        }
        let question = Question {
            message: asked.message.as_deref(),
            signed: signed.as_deref(),
            username: asked.username.as_deref(),
        };
        if !ask(&question) {
            return Err(UafError::NotConfirmed);
        }
        let answered = self.answer_to("Auth", asked).await?;
        let response = answered.uaf_response.as_deref().ok_or_else(unexpected)?;
        let reply = self.send_response(AUTHENTICATION, response, None).await?;
        let token = |typ| token::of_type(&reply.additional_tokens, typ).cloned();
        Ok(Authenticated {
            key: answered.keys.first().cloned().ok_or_else(unexpected)?,
            transaction_token: token(TRANSACTION),
            device_token: token(DEVICE),
            shown: answered.shown,
        })
    }

    /// Deregistration that the app wants, or that the backend has decided and the app carries out: the account's key is revoked and
    /// forgotten.
    ///
    /// # Errors
    /// [`UafError`].
    pub async fn deregister(&mut self) -> Result<Vec<KeyName>, UafError> {
        let context = json!({ "username": self.account()?.username });
        let body = request_body(DEREGISTRATION_REQUEST, &context);
        let asked = self.signed(&Method::POST, DEREGISTRATION_REQUEST, UAF, body).await?.json()?;
        self.finish_deregistration(&asked).await
    }

    /// As [`UafApp::deregister`], with a device token in place of a signature.
    ///
    /// # Errors
    /// [`UafError`].
    pub async fn deregister_with(&mut self, device_token: &str) -> Result<Vec<KeyName>, UafError> {
        let context: Value = json!({ "username": self.account()?.username });
        let asked = self.request(DEREGISTRATION_REQUEST, Authority::Bearer(device_token), &context).await?;
        self.finish_deregistration(&asked).await
    }

    /// Forgets the keys that a deregistration request names, and their accounts.
    ///
    /// # Errors
    /// [`UafError`].
    pub async fn finish_deregistration(&mut self, asked: &Asked) -> Result<Vec<KeyName>, UafError> {
        let gone = self.answer_to("Dereg", asked).await?.keys;
        self.wallet.accounts.retain(|account| !gone.contains(&account.key));
        Ok(gone)
    }

    /// An honest answer, to this operation only.
    async fn answer_to(&mut self, op: &str, asked: &Asked) -> Result<Answered, UafError> {
        if asked.op != op || Peek::at(&asked.uaf_request)?.op != op {
            return Err(unexpected().into());
        }
        self.answer(asked, &Tamper::default()).await
    }

    /// What the UAF client makes of a request, after the trusted facets of its application id are fetched. What is to be confirmed
    /// counts as confirmed.
    ///
    /// # Errors
    /// [`UafError`].
    pub async fn answer(&mut self, asked: &Asked, tamper: &Tamper) -> Result<Answered, UafError> {
        let app_id = Peek::at(&asked.uaf_request)?.app_id;
        let mut client = self.client.clone().with_facets(self.facets(&app_id).await?)?;
        let known = |username: &&str| {
            let keys = self.wallet.authenticators.iter().flat_map(|one| one.keys());
            keys.clone().any(|key| key.username() == *username)
        };
        if let Some(username) = asked.username.as_deref().filter(known) {
            client = client.for_user(username);
        }
        let authenticators = &mut self.wallet.authenticators;
        Ok(client.answer_badly(&asked.uaf_request, authenticators, &|_| true, tamper)?)
    }

    /// The document of trusted facets, fetched once.
    async fn facets(&mut self, app_id: &str) -> Result<&str, UafError> {
        let path = app_id.strip_prefix(self.service.url().as_str()).filter(|path| path.starts_with('/'));
        let path = path.ok_or(ClientError::AppId)?;
        if !self.facets.contains_key(app_id) {
            let reply = accepted(self.service.send(&Method::GET, path, Vec::new(), None).await?)?;
            let document = String::from_utf8(reply.body)
                .map_err(|_| CallError::NotTheProtocol("the trusted facets are no text"))?;
            self.facets.insert(app_id.to_owned(), document);
        }
        self.facets.get(app_id).map(String::as_str).ok_or(UafError::Client(ClientError::AppId))
    }
}

fn unexpected() -> CallError {
    CallError::NotTheProtocol("it asks for another operation than the one that was begun")
}
