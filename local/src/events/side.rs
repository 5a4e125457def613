//! The APIs and the jobs, called in process at some time: now, or a while ago.

use std::net::SocketAddr;
use std::sync::Arc;

use aws_config::SdkConfig;
use countersign_domain::time::{Clock, Timestamp};
use countersign_jobs::{JOBS, Jobs};
use countersign_lambda::App;
use countersign_lambda::settings::Settings;
use http::Request;
use hyper::body::Bytes;
use serde_json::{Value, json};

use super::EventFailed;
use crate::gateway;

/// Everything in process, by one clock.
pub(super) struct Side {
    jobs: Jobs,
}

impl Side {
    pub(super) fn new(settings: &Settings, aws: &SdkConfig, clock: Arc<dyn Clock>) -> Self {
        Self { jobs: Jobs::new(App::new(settings.clone(), aws, clock)) }
    }

    pub(super) const fn app(&self) -> &App {
        self.jobs.app()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.app().now()
    }

    /// Calls an API and gives its answer's body. `credential` is a header's name and value.
    pub(super) async fn call(
        &self,
        method: &str,
        path: &str,
        credential: Option<(&str, String)>,
        body: &Value,
    ) -> Result<Value, EventFailed> {
        let failed = |problem: &dyn std::fmt::Display| {
            EventFailed::Preparing(format!("{method} {path} answered: {problem}"))
        };
        let mut request =
            Request::builder().method(method).uri(path).header("content-type", "application/json");
        if let Some((name, value)) = credential {
            request = request.header(name, value);
        }
        let (head, ()) = request.body(()).map_err(|error| failed(&error))?.into_parts();
        let body = Self::text(body);
        let peer = SocketAddr::from(([127, 0, 0, 1], 0));
        let response = gateway::respond(self.app(), None, peer, &head, &Bytes::from(body)).await;
        let (head, body) = response.into_parts();
        if !head.status.is_success() {
            return Err(failed(&format!("{} {body}", head.status)));
        }
        if body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&body).map_err(|error| failed(&error))
    }

    /// What is sent of a body: nothing of none.
    pub(super) fn text(body: &Value) -> String {
        if body.is_null() { String::new() } else { body.to_string() }
    }

    /// Runs a job with an event.
    pub(super) async fn run(&self, name: &str, event: Value) -> Result<Value, EventFailed> {
        let job = JOBS.iter().find(|job| job.name == name);
        let job = job.ok_or_else(|| EventFailed::Preparing(format!("there is no job {name}")))?;
        let answer = (job.run)(&self.jobs, event).await;
        answer.map_err(|error| EventFailed::Preparing(format!("{name}: {error}")))
    }

    /// Gives records to the job that records transitions.
    pub(super) async fn record(&self, records: &[Value]) -> Result<(), EventFailed> {
        let answer = self.run("transition-record", json!({ "Records": records })).await?;
        match answer["batchItemFailures"].as_array() {
            Some(failures) if failures.is_empty() => Ok(()),
            _ => Err(EventFailed::Preparing("transition-record: a record failed; the log says why".into())),
        }
    }
}
