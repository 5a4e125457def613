//! A backend with its access key, and apps with UAF clients.

use countersign_domain::cloud_settings::CloudSettings;
use countersign_domain::device::Platform;
use countersign_domain::id::AppSpaceId;
use countersign_domain::time::Clock;
use countersign_store::{Write, keys};
use countersign_tests::uaf::UafApp;
use countersign_tests::uaf::app::{Authenticated, Description, Question};
use countersign_tests::uaf::error::UafError;
use countersign_tests::uaf::link::AppLink;
use countersign_tests::uaf::target::Push;
use countersign_tests::uaf::wallet::Wallet;
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::identity_provider::table;
use crate::world::World;

pub(super) struct Scene {
    pub(super) world: World,
    pub(super) backend: Backend,
}

/// A person who says yes to everything.
pub(super) fn yes(_: &Question<'_>) -> bool {
    true
}

/// The status code of a refusal.
#[track_caller]
pub(super) fn refused<T: std::fmt::Debug>(result: Result<T, UafError>) -> u16 {
    let error = result.unwrap_err();
    error.status_code().unwrap_or_else(|| panic!("not refused by the service: {error}"))
}

impl Scene {
    pub(super) async fn new() -> Self {
        let world = World::new().await;
        let backend = world.backend().by_access_key();
        Self { world, backend }
    }

    /// An app without any key.
    pub(super) fn app(&self) -> UafApp {
        let description = Description {
            name: "Ann's phone".into(),
            platform: Platform::Android,
            device_id: "installation-1".into(),
        };
        UafApp::new(self.world.service(), description, Wallet::default())
    }

    /// Begins to enrol; gives what the backend got.
    pub(super) async fn enroll(&self, username: &str) -> Value {
        self.backend.post("/api/v1/users/enroll", json!({ "username": username })).await.created()
    }

    /// An app with a key of `username`.
    pub(super) async fn registered(&self, username: &str) -> UafApp {
        let mut app = self.app();
        self.register(&mut app, username).await;
        app
    }

    /// One more key of an app.
    pub(super) async fn register(&self, app: &mut UafApp, username: &str) {
        let enrolled = self.enroll(username).await;
        app.register(&link(&enrolled["enrollment"])).await.unwrap();
    }

    /// An app with a key of `username` and a dispatch target.
    pub(super) async fn reachable(&self, username: &str, push: &Push) -> UafApp {
        let mut app = self.app();
        let enrolled = self.enroll(username).await;
        let registered = app.register(&link(&enrolled["enrollment"])).await.unwrap();
        app.create_target(&registered.device_token.value, push).await.unwrap();
        self.world.pump().await;
        app
    }

    /// Asks; gives what the backend got.
    pub(super) async fn ask(&self, body: Value) -> Value {
        self.backend.post("/api/v1/approval", body).await.created()
    }

    /// Asks `username` by link, with a message if it is not empty.
    pub(super) async fn ask_by_link(&self, username: &str, message: &str) -> Value {
        let mut body = json!({ "username": username, "channel": "app" });
        if !message.is_empty() {
            body["message"] = message.into();
        }
        self.ask(body).await
    }

    /// The app does what the link of `asked` wants.
    pub(super) async fn approve(&self, app: &mut UafApp, asked: &Value) -> Result<Authenticated, UafError> {
        app.authenticate(&link(asked), &yes).await
    }

    /// What the backend sees of an operation.
    pub(super) async fn status(&self, operation: &Value) -> Value {
        self.backend.post("/api/v1/status", json!({ "statusToken": operation["statusToken"] })).await.ok()
    }

    /// The word of it.
    pub(super) async fn status_word(&self, operation: &Value) -> String {
        self.status(operation).await["status"].as_str().unwrap().to_owned()
    }

    /// What a token says.
    pub(super) async fn introspect(&self, token: &str) -> Value {
        self.backend.post("/api/v1/introspect", json!({ "token": token })).await.ok()
    }

    /// The user as the backend sees it.
    pub(super) async fn user(&self, username: &str) -> Value {
        self.backend.get(&format!("/api/v1/users?username={username}")).await.ok()
    }

    /// Changes what the App Space sets for the Cloud API.
    pub(super) async fn change_settings(&self, change: impl FnOnce(&mut CloudSettings)) {
        let (store, now) = (&self.world.bundle.app().store, self.world.clock.now());
        let id: AppSpaceId = self.world.bundle.demo.app_space.guid.parse().unwrap();
        let old = store.get::<CloudSettings>(keys::cloud_settings(id.tenant()), now).await.unwrap().unwrap();
        let mut new = old.value.clone();
        change(&mut new);
        store.write(Write::new().replace("settings", &old, &new).unwrap()).await.unwrap();
    }

    /// Keys and versions of all that lies in the table, but for counts of failures.
    pub(super) async fn table(&self) -> std::collections::BTreeSet<[String; 4]> {
        table::kept(&self.world).await
    }
}

/// The app link of an enrolment or approval.
pub(super) fn link(operation: &Value) -> AppLink {
    AppLink::parse(operation["appLinkUri"].as_str().unwrap()).unwrap()
}
