//! People with apps of the Authenticator API, and what they are asked.

use std::sync::{Arc, LazyLock};

use countersign_crypto::system::SystemRandom;
use countersign_domain::device::Platform;
use countersign_domain::time::Clock;
use countersign_tests::authenticator::key::KeyPair;
use countersign_tests::authenticator::{
    ActionLink, ApiVersion, App, AppError, Authorization, Call, ConnectLink, Installation,
};
use countersign_tests::device::service::RawReply;
use serde_json::{Value, json};

use crate::identity_provider::table;
use crate::world::World;

pub(super) const VERSIONS: [ApiVersion; 2] = [ApiVersion::V1, ApiVersion::V2];

/// Keys take long to make; tests of one process share a few. Each world has its own users.
static KEYS: LazyLock<[KeyPair; 2]> =
    LazyLock::new(|| [(); 2].map(|()| KeyPair::generate(&SystemRandom).unwrap()));

/// One of two keys.
pub(crate) fn key(number: usize) -> KeyPair {
    KEYS[number].clone()
}

pub(super) struct Scene {
    pub(super) world: World,
    pub(super) version: ApiVersion,
}

impl Scene {
    pub(super) async fn new(version: ApiVersion) -> Self {
        Self { world: World::new().await, version }
    }

    /// Where Ann has the app.
    pub(super) async fn with_ann(version: ApiVersion) -> (Self, App) {
        let scene = Self::new(version).await;
        let app = scene.connect("ann").await;
        (scene, app)
    }

    fn kind(&self) -> &'static str {
        match self.version {
            ApiVersion::V1 => "authenticatorV1",
            ApiVersion::V2 => "authenticatorV2",
        }
    }

    /// What a Request Origin shows its user to connect an app.
    pub(super) async fn link(&self, account_id: &str) -> ConnectLink {
        let body = json!({ "accountId": account_id, "deviceKind": self.kind() });
        let bound = self.world.backend().put("/api/account/bind", body).await.success();
        ConnectLink::parse(bound["bindUri"].as_str().unwrap()).unwrap()
    }

    /// The link without a user.
    pub(super) fn open_link(&self) -> ConnectLink {
        let demo = &self.world.bundle.demo.authenticator;
        let configuration = match self.version {
            ApiVersion::V1 => &demo.configuration_v1,
            ApiVersion::V2 => &demo.configuration_v2,
        };
        ConnectLink::parse(&format!("authenticator://saltedge.com/connect?configuration={configuration}"))
            .unwrap()
    }

    pub(super) fn installation(&self) -> Installation {
        Installation::new(self.clock())
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.world.clock) as Arc<dyn Clock>
    }

    /// The app of `account_id`.
    pub(super) async fn connect(&self, account_id: &str) -> App {
        self.connect_on(account_id, Platform::Ios, None, key(0)).await
    }

    /// Likewise, on any platform.
    pub(super) async fn connect_on(
        &self,
        account_id: &str,
        platform: Platform,
        push_token: Option<&str>,
        key: KeyPair,
    ) -> App {
        let mut installation = self.installation();
        installation.platform = platform;
        installation.push_token = push_token.map(str::to_owned);
        let link = self.link(account_id).await;
        let connecting = installation.connect_with(&link, key).await.unwrap();
        App::new(connecting.connected().unwrap(), self.clock()).unwrap()
    }

    /// A payment of Ann's, as the app has it.
    pub(super) async fn asked(&self, app: &App) -> (Value, Authorization) {
        self.asked_with(app, json!({})).await
    }

    /// Likewise, with more of a body.
    pub(super) async fn asked_with(&self, app: &App, more: Value) -> (Value, Authorization) {
        let asked = self.world.ask_with("ann", more).await;
        let id = match self.version {
            ApiVersion::V1 => asked["guid"].as_str().unwrap().to_owned(),
            ApiVersion::V2 => number(&asked["guid"]),
        };
        let shown = app.list().await.unwrap().into_iter().find(|shown| shown.id == id).unwrap();
        (asked, shown)
    }

    /// An action, as its code has it.
    pub(super) async fn action(&self, more: Value) -> (Value, ActionLink) {
        let mut body = json!({ "content": "Log in?", "callback": self.world.receiver.url() });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let added = self.world.backend().post("/api/action/add", body).await.created();
        let link = match self.version {
            ApiVersion::V1 => &added["actionUriV1"],
            ApiVersion::V2 => &added["actionUriV2"],
        };
        let link = ActionLink::parse(link.as_str().unwrap()).unwrap();
        (added, link)
    }

    /// The request's status.
    pub(super) async fn status(&self, asked: &Value) -> String {
        self.world.request(&asked["guid"]).await["status"].as_str().unwrap().to_owned()
    }

    /// Sends `call`, which must be refused like this and change nothing in the table.
    pub(super) async fn refused(&self, app: &App, call: Call, status: u16, class: &str) -> RawReply {
        let before = table::kept(&self.world).await;
        let what = format!("{} {}", call.method, call.path);
        let reply = app.send(call).await.unwrap();
        assert_eq!(error(&reply), (status, class.to_owned()), "{what}");
        assert!(table::kept(&self.world).await == before, "{what}: a refusal changes nothing");
        reply
    }
}

/// The last 53 bits of a GUID: what version 2 calls it.
pub(super) fn number(guid: &Value) -> String {
    let hex = guid.as_str().unwrap().replace('-', "");
    (u64::from_str_radix(&hex[16..], 16).unwrap() & ((1 << 53) - 1)).to_string()
}

/// Status and class of a refusal.
pub(super) fn error(reply: &RawReply) -> (u16, String) {
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    assert!(
        body["error_message"].as_str().is_some_and(|message| message.ends_with('.')) || reply.status == 200
    );
    (reply.status, body["error_class"].as_str().unwrap_or_default().to_owned())
}

/// The class of a call's refusal.
#[track_caller]
pub(super) fn class<T: std::fmt::Debug>(result: Result<T, AppError>) -> (u16, String) {
    match result {
        Err(AppError::Refused(refusal)) => (refusal.status, refusal.error_class),
        other => panic!("not refused: {other:?}"),
    }
}

pub(super) fn of(status: u16, class: &str) -> (u16, String) {
    (status, class.to_owned())
}
