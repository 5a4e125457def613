//! Sample events, `events/<api>/<operation>/<case>.json`: what Lambda gives a function, filled in for a table, secrets
//! and keys that are there.
//!
//! A file is the event itself with two members more, which the functions ignore:
//!
//! - `given`: what must be there before, in order; made through the APIs and jobs, for a user of the event's own.
//! - `expect`: what the function answers; `status`, `body` and `location` (the header; each `*` in it stands for
//!   anything) of an API, `result` or `error` of a job, and in `calls` what it must have called in AWS. Members that it
//!   does not name may be anything.
//!
//! `${…}` stands for what cannot be fixed in a file. Without anything given there are `basic`, `hmac` (the
//! `Authorization` of a Request Origin for this very call), `access-key`, `account` (an account id of the event's own),
//! `app-space`, `callback`, `rotation-token`, `signing-keys-secret` and `sealing-keys-secret`. The rest comes with what is given:
//!
//! | given | then there are |
//! |---|---|
//! | `bound` | `user`, `enrolment-token`, `auth-key`, `strong-key`, `auth-proof`, `strong-proof` |
//! | `enrolled` | all of that, `device`, `proof` (the device's proof of this very call), `enrolled-record` |
//! | `an OpenID Connect provider`, `an OAuth2 provider` | from here on an `app-space` of the event's own, whose users log in at the stand-in of the embedded AWS, with a Request Origin of its own |
//! | `logged in` | what `account` brought back from there: `state`, `code`, `issuer`; `returned` is the whole query, `sent-to` the path with it |
//! | `login declined` | the same with `error` in place of `code` |
//! | `bound by login` | what there is with `bound` |
//! | `push registered`, `push token removed` | `device-record`, of the last change |
//! | `user suspended`, `user restored`, `user revoked`, `device revoked` | |
//! | `asked`, `asked long ago` | `challenge`, `asked-record`; not long ago also `answer`, `answer-by-auth-key`, `answer-decline` |
//! | `asked whoever claims it` | `challenge`, `claim-token`, `asked-record` |
//! | `answered`, `cancelled`, `cancelled long ago` | `outcome-record` |
//! | `outcome recorded`, `outcome recorded long ago` | `delivery-record` |
//! | `rotation begun` | both secrets have a pending version with `rotation-token` |
//!
//! Of the Cloud API, where `transaction` and `status-token` are about the last thing begun:
//!
//! | given | then there are |
//! |---|---|
//! | `cloud user` | one who enrols by link: `user`, `transaction`, `status-token`, `dispatch-token`, `enrolment-record` |
//! | `cloud user named by a UUID` | the same under another `account` |
//! | `cloud user at a phone number` | one who enrols by SMS: the same without `dispatch-token`, but `code` |
//! | `cloud user at a browser` | one who enrols by WebAuthn: the same, but `credential`, `credential-id`, `credential-response` |
//! | `phone number verified`, `fido2 registered` | |
//! | `recovery codes` | `user`, `recovery-code` |
//! | `uaf registration requested` | the link's token is redeemed: `uaf-response` answers what came of it; `uaf-response-text` is the same as a text of JSON |
//! | `uaf registered` | all of that, `device`, `device-token`, `auth-key`, `enrolled-record` |
//! | `uaf target`, `uaf target without encryption` | `device-signature` (the app's signature of this very call), `device-record` |
//! | `uaf push registered`, `uaf target revoked` | |
//! | `asked by link`, `asked by push`, `asked whoever scans it` | `challenge`, `transaction`, `status-token`, `dispatch-token`, `asked-record` |
//! | `asked by sms`, `asked at a browser` | the same without `dispatch-token`, but `code`, or `credential` and its parts |
//! | `uaf authentication requested`, `uaf authentication in the app` | `uaf-response` |
//! | `approved by uaf` | `outcome-record` |
//! | `transaction token` | `transaction-token` |
//! | `intent to enrol`, `intent to ask` | `intent-token` |
//! | `webauthn begun`, `webauthn registered`, `webauthn asked` | the same at the Request Origin API: `user`, `credential`; `challenge` |
//!
//! Names that end in `-record` are records of the table's stream.

mod cloud;
mod device;
mod placeholders;
mod provider;
mod records;
mod scene;
mod side;
mod uaf;
mod web_authn;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_config::SdkConfig;
use countersign_crypto::cx1;
use countersign_crypto::system::SystemRandom;
use countersign_domain::secret::Secret;
use countersign_domain::time::Clock;
use countersign_lambda::settings::Settings;
use serde_json::Value;

use crate::demo::{Demo, DemoOrigin};
use placeholders::{Unknown, fill, names};
use scene::Scene;
use side::Side;

/// Why an event could not be filled in.
#[derive(Debug, thiserror::Error)]
pub enum EventFailed {
    /// The file could not be read.
    #[error("{0} cannot be read: {1}")]
    File(PathBuf, #[source] std::io::Error),
    /// It is not an event.
    #[error("not a sample event: {0}")]
    Event(String),
    /// A placeholder that stands for nothing, or for what is not given.
    #[error("`${{{0}}}` stands for nothing here: does `given` lack something?")]
    Unknown(String),
    /// What the event needs could not be made.
    #[error("what the event needs could not be made: {0}")]
    Preparing(String),
}

/// What signs the call that it stands in.
const SIGNATURES: [&str; 3] = ["device-signature", "hmac", "proof"];

/// Fills in sample events.
pub struct Renderer {
    demo: Demo,
    settings: Settings,
    aws: SdkConfig,
    now: Side,
}

impl Renderer {
    /// For the demo in the table and secrets that its environment names, at `aws`.
    ///
    /// # Errors
    /// [`EventFailed::Preparing`] where the environment is incomplete.
    pub fn new(demo: Demo, aws: SdkConfig, clock: Arc<dyn Clock>) -> Result<Self, EventFailed> {
        let settings = Settings::from(|name| demo.environment.get(name).cloned());
        let settings = settings.map_err(|error| EventFailed::Preparing(error.to_string()))?;
        let now = Side::new(&settings, &aws, clock);
        Ok(Self { demo, settings, aws, now })
    }

    /// The event of a file, filled in.
    ///
    /// # Errors
    /// [`EventFailed`].
    pub async fn render_file(&self, file: &Path) -> Result<Value, EventFailed> {
        let text =
            std::fs::read_to_string(file).map_err(|error| EventFailed::File(file.to_owned(), error))?;
        let event = serde_json::from_str(&text).map_err(|error| EventFailed::Event(error.to_string()))?;
        self.render(&event).await
    }

    /// An event, filled in.
    ///
    /// # Errors
    /// [`EventFailed`].
    pub async fn render(&self, event: &Value) -> Result<Value, EventFailed> {
        let mut scene = Scene::new(self)?;
        for what in event["given"].as_array().into_iter().flatten() {
            scene.give(what.as_str().unwrap_or_default()).await?;
        }
        let wanted = names(event);
        for name in wanted.iter().filter(|name| name.ends_with("-record")) {
            let record = scene.record(name).await?;
            scene.known.insert(name.clone(), record);
        }
        // A signature is over the call as it will be, and stands in a header, of which no signature is made.
        for name in wanted.iter().filter(|name| SIGNATURES.contains(&name.as_str())) {
            let mut known = scene.known.clone();
            known.extend(SIGNATURES.map(|name| (name.to_owned(), Value::Null)));
            let call = fill(event, &known).map_err(|Unknown(name)| EventFailed::Unknown(name))?;
            let signature = self.sign(name, &call, &scene)?;
            scene.known.insert(name.clone(), signature.into());
        }
        fill(event, &scene.known).map_err(|Unknown(name)| EventFailed::Unknown(name))
    }

    fn sign(&self, what: &str, call: &Value, scene: &Scene<'_>) -> Result<String, EventFailed> {
        let failed = |error: &dyn std::fmt::Display| EventFailed::Preparing(error.to_string());
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let method = text(&call["requestContext"]["http"]["method"]);
        let (path, query, body) =
            (text(&call["rawPath"]), text(&call["rawQueryString"]), text(&call["body"]));
        let url = format!("{}{path}", self.public_url());
        let now = self.now.now();
        if what != "hmac" {
            if scene.device.guid.is_empty() {
                return Err(EventFailed::Unknown(what.to_owned()));
            }
            let proof = scene.device.prove(&method, url, body.as_bytes(), now, &SystemRandom);
            return proof.map_err(|error| failed(&error));
        }
        let url = if query.is_empty() { url } else { format!("{url}?{query}") };
        let DemoOrigin { guid, key, .. } = self.origin("hmac")?;
        let secret = Secret::new(key.clone());
        Ok(cx1::sign(&secret, guid, now, &method, &url, body.as_bytes()).expose().clone())
    }

    fn origin(&self, key_type: &str) -> Result<&DemoOrigin, EventFailed> {
        let mut origins = self.demo.origins.iter();
        let origin = origins.find(|origin| origin.key_type == key_type);
        origin.ok_or_else(|| EventFailed::Preparing(format!("the demo has no {key_type} Request Origin")))
    }

    /// Where callers reach the API: what proofs are made for.
    fn public_url(&self) -> &str {
        self.settings.public_url.as_deref().unwrap_or_default()
    }
}
