//! An administrator's browser, or a provisioning client, as it calls.

use countersign_crypto::system::SystemRandom;
use countersign_domain::administrator::{Administrator, Passkey};
use countersign_domain::app_space::{AppProtocol, AppSpace};
use countersign_domain::company::Company;
use countersign_domain::id::{AdministratorId, AppSpaceId, CompanyId};
use countersign_domain::role::Grant;
use countersign_domain::session::Session;
use countersign_domain::time::{Clock, Timestamp};
use countersign_lambda::admin::SessionToken;
use countersign_store::entities::CompanyAppSpace;
use countersign_store::{Write, keys};
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, Method};
use serde_json::Value;

use crate::backend::Answer;
use crate::world::World;

/// A browser with a session.
#[derive(Clone)]
pub(crate) struct Admin {
    http: Client,
    base_url: String,
    pub(crate) headers: HeaderMap,
    pub(crate) company: CompanyId,
    pub(crate) id: AdministratorId,
}

impl Admin {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// With one more header in every call, or another value of one.
    pub(crate) fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    /// Without a header in every call.
    pub(crate) fn without_header(mut self, name: &'static str) -> Self {
        self.headers.remove(name);
        self
    }

    /// The same session at another process.
    pub(crate) fn at_process(self, base_url: &str) -> Self {
        Self { base_url: base_url.into(), ..self }
    }

    /// The path of this administrator's company, and of what is in it.
    pub(crate) fn at(&self, rest: &str) -> String {
        format!("/admin/api/companies/{}{rest}", self.company)
    }

    /// The path of an App Space of this administrator's company, and of what is in it.
    pub(crate) fn in_space(&self, app_space: AppSpaceId, rest: &str) -> String {
        self.at(&format!("/appSpaces/{app_space}{rest}"))
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request =
            self.http.request(method, format!("{}{path}", self.base_url)).headers(self.headers.clone());
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        Answer::of(request.send().await.unwrap()).await
    }
}

impl World {
    /// A browser that sends these headers, of nobody.
    pub(crate) fn browser(&self, headers: HeaderMap) -> Admin {
        let http = Client::builder().no_proxy().build().unwrap();
        let (company, id) = (CompanyId::from_bytes([0; 16]), AdministratorId::from_bytes([0; 16]));
        Admin { http, base_url: self.base_url.clone(), headers, company, id }
    }

    /// The demo's company.
    pub(crate) async fn company(&self) -> CompanyId {
        self.app_space_of(self.demo_space()).await.company
    }

    /// The demo's App Space.
    pub(crate) fn demo_space(&self) -> AppSpaceId {
        self.bundle.demo.app_space.guid.parse().unwrap()
    }

    pub(crate) async fn app_space_of(&self, id: AppSpaceId) -> AppSpace {
        let store = &self.bundle.app().store;
        store.get::<AppSpace>(keys::app_space(id.tenant()), self.clock.now()).await.unwrap().unwrap().value
    }

    /// A company with an App Space that is not the demo's.
    pub(crate) async fn other_company(&self) -> (CompanyId, AppSpaceId) {
        let id = CompanyId::new(self.clock.now(), &SystemRandom);
        let company = Company::new(id, "Other Company".into(), None, self.clock.now());
        self.bundle.app().store.write(Write::new().insert("company", &company).unwrap()).await.unwrap();
        (id, self.another_space(id, "Other Bank").await)
    }

    /// One more App Space of a company.
    pub(crate) async fn another_space(&self, company: CompanyId, name: &str) -> AppSpaceId {
        let protocol = AppProtocol::parse("appProtocol", "otherbank").unwrap();
        let app_space = AppSpace::new(AppSpaceId::new(&SystemRandom), company, name.into(), protocol);
        let write = Write::new().insert("app space", &app_space).unwrap();
        let write = write.insert("entry", &CompanyAppSpace::of(&app_space)).unwrap();
        self.bundle.app().store.write(write).await.unwrap();
        app_space.id
    }

    /// An administrator of the demo's company, signed in. Planted: how one gets there is tested elsewhere.
    pub(crate) async fn admin(&self, grants: &[Grant]) -> Admin {
        self.admin_of(self.company().await, grants).await
    }

    /// Likewise, of any company.
    pub(crate) async fn admin_of(&self, company: CompanyId, grants: &[Grant]) -> Admin {
        let (now, store) = (self.clock.now(), &self.bundle.app().store);
        let id = AdministratorId::new(now, &SystemRandom);
        let administrator = Administrator::new(id, company, "Ada".into(), grants.to_vec(), now);
        let administrator = administrator.join(planted_passkey(now)).unwrap();
        let token = SessionToken::new(company, id, &SystemRandom);
        let session = Session {
            token_hash: token.hash(),
            company,
            administrator: id,
            passkey: planted_passkey(now).credential_id,
            began_at: now,
            active_at: now,
        };
        let write = Write::new().insert("administrator", &administrator).unwrap();
        store.write(write.insert("session", &session).unwrap()).await.unwrap();
        let cookie = token.cookie(&self.base_url);
        let mut headers = HeaderMap::new();
        headers.insert("cookie", HeaderValue::from_str(cookie.split(';').next().unwrap()).unwrap());
        headers.insert("x-countersign-portal", HeaderValue::from_static("1"));
        Admin { company, id, ..self.browser(headers) }
    }
}

/// One that nobody can sign in with.
fn planted_passkey(created_at: Timestamp) -> Passkey {
    let (credential_id, name, credential) = ("planted".into(), "Planted".into(), "{}".into());
    Passkey { credential_id, name, credential, created_at, used_at: None }
}
