//! Authenticators that Chromium plays itself.
//!
//! <https://www.w3.org/TR/webauthn-3/#sctn-automation>

use http::Method;
use serde_json::{Value, json};

use super::Window;

/// A platform authenticator with passkeys, whose person is there and verified. It can evaluate pseudo-random functions.
pub struct Passkeys<'w> {
    window: &'w Window,
    id: String,
}

impl Window {
    /// Gives the window an authenticator. It keeps its passkeys until the window ends or it is removed.
    ///
    /// # Panics
    /// If Chromium refuses.
    pub async fn passkeys(&self) -> Passkeys<'_> {
        let kind = json!({
            "protocol": "ctap2_1", "transport": "internal", "hasResidentKey": true,
            "hasUserVerification": true, "isUserConsenting": true, "isUserVerified": true,
            "extensions": ["prf"],
        });
        let id = self.extension(Method::POST, "webauthn/authenticator", Some(kind)).await;
        Passkeys { window: self, id: id.as_str().expect("an authenticator has an id").to_owned() }
    }
}

impl Passkeys<'_> {
    /// Whether its person passes verification from now on.
    ///
    /// # Panics
    /// If Chromium refuses.
    pub async fn verifies(&self, verified: bool) {
        self.call(Method::POST, "uv", Some(json!({ "isUserVerified": verified }))).await;
    }

    /// The passkeys that it has: `credentialId`, `rpId`, `userHandle` and the rest of the standard's members.
    ///
    /// # Panics
    /// If Chromium refuses.
    pub async fn credentials(&self) -> Vec<Value> {
        match self.call(Method::GET, "credentials", None).await {
            Value::Array(credentials) => credentials,
            other => panic!("credentials: {other}"),
        }
    }

    /// Puts in a passkey that an authenticator of another window has: a person with the same authenticator there.
    ///
    /// # Panics
    /// If Chromium refuses.
    pub async fn add(&self, credential: Value) {
        self.call(Method::POST, "credential", Some(credential)).await;
    }

    /// Takes the authenticator, with its passkeys, from the window.
    ///
    /// # Panics
    /// If Chromium refuses.
    pub async fn remove(self) {
        let path = format!("webauthn/authenticator/{}", self.id);
        self.window.extension(Method::DELETE, &path, None).await;
    }

    async fn call(&self, method: Method, what: &str, body: Option<Value>) -> Value {
        let path = format!("webauthn/authenticator/{}/{what}", self.id);
        self.window.extension(method, &path, body).await
    }
}
