//! Somebody who administers, with a passkey in a browser.

use countersign_authenticator::webauthn::{Authenticator, Tamper};
use countersign_crypto::system::SystemRandom;
use countersign_domain::actor::Actor;
use countersign_domain::administrator::Administrator;
use countersign_domain::id::{AdministratorId, CompanyId};
use countersign_domain::invitation::Purpose;
use countersign_domain::role::Grant;
use countersign_domain::time::Clock;
use countersign_lambda::admin::NewLink;
use countersign_store::{Record, Write, keys};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use super::client::Admin;
use crate::backend::Answer;
use crate::world::World;

/// A browser that is at the portal, and the authenticator of whoever sits there.
pub(crate) struct Person<'a> {
    pub(crate) world: &'a World,
    pub(crate) authenticator: Authenticator,
    pub(crate) browser: Admin,
}

impl World {
    /// Somebody whom nobody knows yet.
    pub(crate) fn person(&self) -> Person<'_> {
        let browser = self.browser(HeaderMap::new()).with_header("x-countersign-portal", "1");
        Person { world: self, authenticator: Authenticator::new(), browser }
    }

    /// A link for a new administrator of the demo's company, as the operator makes them.
    pub(crate) async fn join_link(&self, grants: &[Grant]) -> String {
        let (app, now) = (self.bundle.app(), self.clock.now());
        let id = AdministratorId::new(now, &SystemRandom);
        let administrator = Administrator::new(id, self.company().await, "Ann".into(), grants.to_vec(), now);
        let link = NewLink::new(app, &administrator, Purpose::Join, Actor::Operator);
        let write = Write::new().insert("administrator", &administrator).unwrap();
        app.store.write(write.insert("invitation", &link.invitation).unwrap()).await.unwrap();
        link.url(&self.base_url)
    }

    /// Somebody who joined the demo's company and is signed in.
    pub(crate) async fn joined(&self, grants: &[Grant]) -> Person<'_> {
        let mut person = self.person();
        person.follow(&self.join_link(grants).await).await;
        person
    }

    pub(crate) async fn administrator(&self, company: CompanyId, id: &str) -> Record<Administrator> {
        let key = keys::administrator(company, id.parse().unwrap());
        self.bundle.app().store.get(key, self.clock.now()).await.unwrap().unwrap()
    }
}

/// The token that a link carries.
pub(crate) fn token(link: &str) -> &str {
    link.split_once("/web/portal#invitation=").unwrap().1
}

impl Person<'_> {
    /// Another browser of the same person.
    pub(crate) fn in_another_browser(self) -> Self {
        Self { browser: self.browser.without_header("cookie"), ..self }
    }

    /// `POST invitation/options`.
    pub(crate) async fn open(&self, link: &str) -> Answer {
        self.browser.post("/admin/api/invitation/options", json!({"token": token(link)})).await
    }

    /// A passkey as the link wants it, not yet accepted.
    pub(crate) async fn passkey(&mut self, link: &str, tamper: &Tamper) -> Value {
        let options = self.open(link).await.ok()["publicKey"].clone();
        self.authenticator.create_badly(&options, &self.world.base_url, tamper).unwrap()
    }

    /// `POST invitation`.
    pub(crate) async fn accept(&mut self, link: &str, credential: &Value) -> Answer {
        let body = json!({"token": token(link), "credential": credential, "passkeyName": "Laptop"});
        let answer = self.browser.post("/admin/api/invitation", body).await;
        self.keep_cookie(&answer);
        answer
    }

    /// Follows a link to its end.
    pub(crate) async fn follow(&mut self, link: &str) -> Value {
        let credential = self.passkey(link, &Tamper::default()).await;
        self.accept(link, &credential).await.created()
    }

    /// The passkey's answer to the options of a sign-in, not yet sent.
    pub(crate) async fn assertion(&mut self, tamper: &Tamper) -> Value {
        let options = self.browser.post("/admin/api/session/options", json!({})).await.ok();
        self.authenticator.get_badly(&options["publicKey"], &self.world.base_url, tamper).unwrap()
    }

    /// `POST session`.
    pub(crate) async fn present(&mut self, credential: &Value) -> Answer {
        let answer = self.browser.post("/admin/api/session", json!({"credential": credential})).await;
        self.keep_cookie(&answer);
        answer
    }

    /// Signs in with the newest passkey.
    pub(crate) async fn sign_in(&mut self) -> Answer {
        let credential = self.assertion(&Tamper::default()).await;
        self.present(&credential).await
    }

    /// `GET session`.
    pub(crate) async fn session(&self) -> Answer {
        self.browser.get("/admin/api/session").await
    }

    /// As a browser keeps it.
    fn keep_cookie(&mut self, answer: &Answer) {
        let Some(cookie) = answer.headers.get("set-cookie") else { return };
        let cookie = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        self.browser = self.browser.clone().with_header("cookie", &cookie);
    }
}
