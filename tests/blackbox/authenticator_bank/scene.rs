//! A world whose App Space has a bank, and people who are connected with it.

use std::sync::Arc;

use countersign_crypto::authenticator::AppKey;
use countersign_domain::authenticator_settings::{AuthenticatorSettings, Bank as Settings};
use countersign_domain::id::AppSpaceId;
use countersign_domain::outbound_url::{Loopback, OutboundUrl};
use countersign_domain::time::{Clock, Span, Timestamp};
use countersign_lambda::setup::authenticator::keep;
use countersign_standins::{Bank, BankCall, Provider, Said};
use countersign_store::{Write, keys};
use countersign_tests::authenticator::key::KeyPair;
use countersign_tests::authenticator::{App, Authorization, ConnectLink, Connecting, Installation, Status};

pub(super) use crate::authenticator::key;
use crate::identity_provider::table;
use crate::world::World;

pub(super) struct Scene {
    pub(super) world: World,
}

impl Scene {
    pub(super) async fn new() -> Self {
        let scene = Self { world: World::new().await };
        let demo = &scene.world.bundle.demo.authenticator;
        scene.bank().serve(Provider {
            service_url: scene.world.base_url.clone(),
            provider_id: demo.provider_id,
            public_key: demo.public_key.clone(),
        });
        let bank = Settings {
            url: OutboundUrl::parse("url", scene.bank().url(), Loopback::Allowed).unwrap(),
            public_key: keep(&AppKey::from_pem(&scene.bank().public_key()).unwrap()).unwrap(),
        };
        scene.set_bank(Some(bank)).await;
        scene
    }

    /// Where Ann has the app.
    pub(super) async fn with_ann() -> (Self, App) {
        let scene = Self::new().await;
        let app = scene.connect("ann").await;
        (scene, app)
    }

    pub(super) fn bank(&self) -> &Bank {
        self.world.standins().bank()
    }

    pub(super) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.world.clock) as Arc<dyn Clock>
    }

    pub(super) fn now(&self) -> Timestamp {
        self.world.clock.now()
    }

    /// As an administrator sets it.
    pub(super) async fn set_bank(&self, bank: Option<Settings>) {
        let (store, now) = (&self.world.bundle.app().store, self.now());
        let id: AppSpaceId = self.world.bundle.demo.app_space.guid.parse().unwrap();
        let key = keys::authenticator_settings(id.tenant());
        let old = store.get::<AuthenticatorSettings>(key, now).await.unwrap().unwrap();
        let new = AuthenticatorSettings { bank, ..old.value.clone() };
        store.write(Write::new().replace("settings", &old, &new).unwrap()).await.unwrap();
    }

    pub(super) fn link(&self) -> ConnectLink {
        let configuration = &self.world.bundle.demo.authenticator.configuration_v2;
        ConnectLink::parse(&format!("authenticator://saltedge.com/connect?configuration={configuration}"))
            .unwrap()
    }

    /// An app that waits for its person's login.
    pub(super) async fn connecting(&self, key: KeyPair) -> Connecting {
        Installation::new(self.clock()).connect_with(&self.link(), key).await.unwrap()
    }

    /// The app of `user`.
    pub(super) async fn connect(&self, user: &str) -> App {
        self.connect_with(user, key(0)).await
    }

    pub(super) async fn connect_with(&self, user: &str, key: KeyPair) -> App {
        let pending = self.connecting(key).await.login().unwrap();
        let redirect = self.bank().let_in(&pending.id, user).await.unwrap();
        self.world.pump().await;
        App::new(pending.finish(&redirect).unwrap(), self.clock()).unwrap()
    }

    /// When what is asked now is over, unless a test says otherwise.
    pub(super) fn soon(&self) -> String {
        (self.now() + Span::minutes(5)).rfc3339()
    }

    /// The bank asks Ann; what her app sees.
    pub(super) async fn asked(&self, app: &App, action_id: &str) -> Authorization {
        self.bank().prepare(action_id, "ann", &format!("Pay {action_id}"), &self.soon());
        assert_eq!(self.bank().ask(action_id, false).await.status, 200);
        self.world.pump().await;
        app.list().await.unwrap().into_iter().find(|one| one.title == format!("Pay {action_id}")).unwrap()
    }

    /// How the app sees that it stands.
    pub(super) async fn status(&self, app: &App, authorization: &Authorization) -> Status {
        app.get(&authorization.id).await.unwrap().status
    }

    /// Sends `call`, which must be refused like this and change nothing in the table.
    pub(super) async fn refused(&self, call: BankCall, status: u16, class: &str) {
        let before = table::kept(&self.world).await;
        let said = self.bank().send(&call).await;
        assert_eq!(of(&said), (status, class), "{} {}", call.method, call.path);
        assert!(table::kept(&self.world).await == before, "{}: a refusal changes nothing", call.path);
    }
}

/// Status and class of what the service said.
pub(super) fn of(said: &Said) -> (u16, &str) {
    (said.status, said.body["error_class"].as_str().unwrap_or_default())
}
