//! Secrets Manager: `winterbaume-secretsmanager`, with AWS's rules on versions put right around it.
//!
//! The crate keeps the records; `rules` decides beforehand what AWS would refuse or answer by itself, and
//! `afterwards` corrects what the crate records otherwise. `RotateSecret` calls no function here: it leaves
//! an empty version labelled `AWSPENDING`, as AWS does before it calls one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use countersign_domain::time::{Clock, Timestamp};
use http::header::HeaderName;
use http::{HeaderMap, HeaderValue, StatusCode};
use hyper::body::Bytes;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use winterbaume_core::{
    MockRequest, MockService, StatefulService, default_account_id, set_default_account_id,
};
use winterbaume_secretsmanager::{SecretsManagerService, SecretsmanagerStateView as View};

use crate::reply::{self, Reply};
use crate::{ACCOUNT, StartError, folder};

mod afterwards;
mod rules;
mod versions;

/// The service.
pub(crate) struct Secrets {
    service: SecretsManagerService,
    clock: Arc<dyn Clock>,
    file: Option<PathBuf>,
    /// What is recorded, by region. One call at a time: each is a look, a change and a correction.
    recorded: Mutex<BTreeMap<String, View>>,
}

/// One call.
struct Context<'a> {
    action: &'a str,
    request: &'a Value,
    now: Timestamp,
}

/// What AWS says where the crate is not to be asked.
enum Verdict {
    /// The crate may carry the call out.
    Proceed,
    /// This is the answer, and nothing changes.
    Answer(Value),
    /// This is the answer, and this is recorded from now on.
    Record(Box<View>, Value),
    /// The call is refused.
    Refuse(Refused),
}

/// An error of the service's model; all of those used here have status 400.
#[derive(Debug)]
struct Refused {
    code: &'static str,
    message: String,
}

impl Refused {
    fn of(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl Secrets {
    pub(crate) async fn open(data: Option<&Path>, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        set_default_account_id(ACCOUNT);
        let file = data.map(|folder| folder.join("secrets.json"));
        let recorded: BTreeMap<String, View> =
            file.as_deref().map(folder::read).transpose()?.unwrap_or_default();
        let service = SecretsManagerService::new();
        for (region, view) in &recorded {
            restore(&service, region, view).await;
        }
        Ok(Self { service, clock, file, recorded: Mutex::new(recorded) })
    }

    /// Carries out one call that is signed for `region`.
    pub(crate) async fn call(&self, action: &str, region: &str, body: &Bytes) -> Reply {
        let Ok(request) = serde_json::from_slice::<Value>(body) else {
            return refusal(&Refused::of("SerializationException", "The request is not JSON"));
        };
        let mut recorded = self.recorded.lock().await;
        let before = recorded.get(region).cloned().unwrap_or_else(|| View { secrets: Default::default() });
        let call = Context { action, request: &request, now: self.clock.now() };
        let (after, answer) = match rules::judge(&call, &before) {
            Verdict::Refuse(refused) => return refusal(&refused),
            Verdict::Answer(answer) => return success(&answer),
            Verdict::Record(after, answer) => (*after, answer),
            Verdict::Proceed => {
                let answered = self.service.handle(asked(action, region, body)).await;
                if answered.status != 200 {
                    let status =
                        StatusCode::from_u16(answered.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                    return reply::of(status, reply::JSON_1_1, answered.body);
                }
                let mut answer = serde_json::from_slice(&answered.body).unwrap_or_else(|_| json!({}));
                let mut after = self.service.snapshot(default_account_id(), region).await;
                afterwards::correct(&call, &before, &mut after, &mut answer);
                (after, answer)
            }
        };
        restore(&self.service, region, &after).await;
        recorded.insert(region.to_owned(), after);
        if rules::changes(action)
            && let Some(file) = &self.file
            && let Err(error) = folder::write(file, &*recorded)
        {
            // The caller is told it failed; put back what it then expects.
            tracing::error!(%error, "secrets.json could not be written");
            restore(&self.service, region, &before).await;
            recorded.insert(region.to_owned(), before);
            let content =
                json!({"__type": "InternalServiceError", "message": "An error occurred on the server side."});
            return reply::json(StatusCode::INTERNAL_SERVER_ERROR, reply::JSON_1_1, &content);
        }
        success(&answer)
    }
}

/// The crate takes the region from the host name.
fn asked(action: &str, region: &str, body: &Bytes) -> MockRequest {
    let mut headers = HeaderMap::new();
    if let Ok(target) = HeaderValue::from_str(&format!("secretsmanager.{action}")) {
        headers.insert(HeaderName::from_static("x-amz-target"), target);
    }
    let uri = format!("https://secretsmanager.{region}.amazonaws.com/");
    MockRequest { method: "POST".to_owned(), uri, headers, body: body.clone() }
}

async fn restore(service: &SecretsManagerService, region: &str, view: &View) {
    // The trait allows for blobs that cannot be read; this service has none, and its restore does not fail.
    if let Err(error) = service.restore(default_account_id(), region, view.clone()).await {
        tracing::error!(%error, "the secrets could not be restored");
    }
}

fn success(answer: &Value) -> Reply {
    reply::json(StatusCode::OK, reply::JSON_1_1, answer)
}

fn refusal(refused: &Refused) -> Reply {
    let content = json!({"__type": refused.code, "message": refused.message});
    reply::json(StatusCode::BAD_REQUEST, reply::JSON_1_1, &content)
}
