//! A website of a Request Origin, and its users' browser with one authenticator.

use countersign_authenticator::webauthn::{Authenticator, Tamper};
use countersign_domain::callback::{CallbackKind, CallbackRule};
use reqwest::Method;
use serde_json::{Value, json};

use crate::backend::{Answer, Backend};
use crate::world::World;

/// Where the website is.
pub(super) const DOMAIN: &str = "bank.example";
/// How browsers write that.
pub(super) const ORIGIN: &str = "https://bank.example";

pub(super) struct Site {
    pub(super) world: World,
    pub(super) backend: Backend,
    pub(super) authenticator: Authenticator,
}

impl Site {
    /// Whose backend has a Basic key.
    pub(super) async fn new() -> Self {
        let world = World::new().await;
        for backend in [world.backend(), world.hmac_backend()] {
            permit(&world, &backend, DOMAIN).await;
        }
        let backend = world.backend();
        Self { world, backend, authenticator: Authenticator::new() }
    }

    /// Where Ann has a credential.
    pub(super) async fn with_ann() -> Self {
        let mut site = Self::new().await;
        site.enrol("ann").await;
        site
    }

    /// `PUT bind`.
    pub(super) async fn bind(&self, account_id: &str) -> Answer {
        let body = json!({ "accountId": account_id, "domain": DOMAIN });
        self.backend.put("/api/account/webauthn/bind", body).await
    }

    /// The options for a new credential.
    pub(super) async fn creation(&self, account_id: &str) -> Value {
        self.bind(account_id).await.success()["registrationOptions"].clone()
    }

    /// A new credential, not yet registered.
    pub(super) async fn credential(&mut self, account_id: &str) -> Value {
        self.bad_credential(account_id, &Tamper::default()).await
    }

    /// Likewise, with something wrong about it.
    pub(super) async fn bad_credential(&mut self, account_id: &str, tamper: &Tamper) -> Value {
        let options = self.creation(account_id).await;
        self.authenticator.create_badly(&options, ORIGIN, tamper).unwrap()
    }

    /// `POST register`.
    pub(super) async fn register(&self, account_id: &str, credential: &Value) -> Answer {
        self.register_by(&self.backend, account_id, credential).await
    }

    /// Likewise, by any backend.
    pub(super) async fn register_by(&self, by: &Backend, account_id: &str, credential: &Value) -> Answer {
        let body = json!({ "accountId": account_id, "credential": credential });
        by.post("/api/account/webauthn/register", body).await
    }

    /// A registered credential.
    pub(super) async fn enrol(&mut self, account_id: &str) -> Value {
        let credential = self.credential(account_id).await;
        self.register(account_id, &credential).await.ok();
        credential
    }

    /// `POST authenticate`.
    pub(super) async fn authenticate(&self, account_id: &str) -> Answer {
        let body = json!({ "accountId": account_id, "domain": DOMAIN });
        self.backend.post("/api/request/webauthn/authenticate", body).await
    }

    /// A request to the user.
    pub(super) async fn ask(&self, account_id: &str) -> Value {
        self.authenticate(account_id).await.created()
    }

    /// The authenticator's yes.
    pub(super) fn assertion(&mut self, asked: &Value) -> Value {
        self.bad_assertion(asked, &Tamper::default())
    }

    /// Likewise, with something wrong about it.
    pub(super) fn bad_assertion(&mut self, asked: &Value, tamper: &Tamper) -> Value {
        self.authenticator.get_badly(&asked["requestOptions"], ORIGIN, tamper).unwrap()
    }

    /// `POST finishAuthentication`.
    pub(super) async fn finish(&self, account_id: &str, credential: &Value) -> Answer {
        self.finish_by(&self.backend, account_id, credential).await
    }

    /// Likewise, by any backend.
    pub(super) async fn finish_by(&self, by: &Backend, account_id: &str, credential: &Value) -> Answer {
        let body = json!({ "accountId": account_id, "credential": credential });
        by.post("/api/request/webauthn/finishAuthentication", body).await
    }

    /// `POST /_app/attestation/result`.
    pub(super) async fn attestation_result(&self, credential: &Value) -> Answer {
        self.browser("/_app/attestation/result", credential).await
    }

    /// `POST /_app/assertion/result`.
    pub(super) async fn assertion_result(&self, credential: &Value) -> Answer {
        self.browser("/_app/assertion/result", credential).await
    }

    async fn browser(&self, path: &str, body: &Value) -> Answer {
        let media = Some("application/json");
        self.backend.send(Method::POST, path, &body.to_string(), media, None).await
    }

    /// The user's devices.
    pub(super) async fn devices(&self, account_id: &str) -> Vec<Value> {
        let path = format!("/api/device/getAll?accountId={account_id}");
        self.backend.get(&path).await.ok().as_array().unwrap().clone()
    }

    /// `active` of the user's devices is revoked.
    pub(super) async fn revoke_device(&self, account_id: &str) {
        let device = self.devices(account_id).await.pop().unwrap();
        self.backend.patch("/api/device/revoke", json!({ "deviceGuid": device["guid"] })).await.ok();
    }

    /// The user is suspended.
    pub(super) async fn suspend(&self, account_id: &str) {
        self.backend.patch("/api/account/suspend", json!({ "accountId": account_id })).await.ok();
    }

    /// The request's status.
    pub(super) async fn status(&self, asked: &Value) -> String {
        self.world.request(&asked["requestGuid"]).await["status"].as_str().unwrap().to_owned()
    }
}

/// `domain` on the whitelist of `backend`.
pub(super) async fn permit(world: &World, backend: &Backend, domain: &str) {
    let rule = CallbackRule::parse("callbackUrl", CallbackKind::Webauthn, domain).unwrap();
    world.change_origin(backend, |origin| origin.callbacks.push(rule)).await;
}
