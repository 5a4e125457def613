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
//! `app-space`, `callback`, `page-host` (where the pages are, by name), `rotation-token`, `signing-keys-secret` and `sealing-keys-secret`. The rest comes with what is given:
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
//! Of the Authenticator API, where `provider`, `provider-code`, `expires-at` and `expired-at` need nothing given; ids are texts, and
//! with `-id` behind their names what JSON has, which is a number in v2:
//!
//! | given | then there are |
//! |---|---|
//! | `app of v1`, `app of v2` | `app-key` (its public key, as a text of JSON), `sealed-app-key`; `call-signature` and `body-signature` (its signatures of this very call, of v1 and v2) |
//! | `connecting by v1`, `connecting by v2` | all of that for a known user: `user`, `connect-query` |
//! | `connected by v1`, `connected by v2` | all of that, `connection`, `access-token`, `device`, `enrolled-record` |
//! | `logged in to connect` | what there is with `logged in`, for an app that knows no user |
//! | `connected by login` | what there is with `connected by …` |
//! | `asked`, once connected | `challenge`, `authorization`, `authorization-code`; of v2 also `confirmation`, `confirmation-with-wrong-code` |
//! | `confirmed`, `denied` | `outcome-record` |
//! | `an action`, `an action answered by scanning` | `challenge`, `action` |
//! | `action scanned` | what there is with `asked` |
//! | `a consent`, `consent revoked` | `consent`, `consent-number`, `consent-record` |
//! | `a bank` | from here on an `app-space` of a bank's, with a Request Origin; `bank-action`, `bank-consent` and `bank-token` (of the bank's making), `until`; `bank-signature` (its signature of this very call) |
//! | `connecting at the bank` | what there is with `app of v2`; `connection`, `envelope`, `consent-envelope` |
//! | `connected at the bank` | all of that, `access-token` |
//! | `asked by the bank`, `closed by the bank` | what there is with `asked` |
//! | `bank gone` | |
//! | `a consent at the bank` | `consent-number` |
//!
//! Of the administration API:
//!
//! | given | then there are |
//! |---|---|
//! | `a company` | from here on a `company` and an `app-space` of the event's own, with a `request-origin`; `administrator` (a Company Admin), `session` (the cookie), `company-signature` (the `Authorization` of the provisioning key for this very call) |
//! | `request origin key revoked`, `a callback`, `an android application` | |
//! | `an access key` | `access-key-id` |
//! | `an administrator invited` | `invited`, `invitation-token` |
//! | `invitation opened`, `signing in` | `credential` |
//! | `an administrator with a passkey` | `passkey` |
//! | `passkey removed` | |
//!
//! The bank has no ears: at its address is the stand-in of the embedded AWS, which knows no such App Space and refuses what it is told.
//!
//! Names that end in `-record` are records of the table's stream.

mod admin;
mod admin_access;
mod authenticator;
mod bank;
mod cloud;
mod device;
mod offers;
mod placeholders;
mod provider;
mod records;
mod scene;
mod side;
mod signing;
mod uaf;
mod web_authn;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_config::SdkConfig;
use countersign_domain::time::Clock;
use countersign_lambda::settings::Settings;
use serde_json::Value;

use crate::demo::{Demo, DemoOrigin};
use placeholders::{Unknown, fill, names};
use scene::Scene;
use side::Side;
use signing::SIGNATURES;

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
