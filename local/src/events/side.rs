//! The APIs and the jobs, called in process at some time: now, or a while ago.

use std::net::SocketAddr;
use std::sync::Arc;

use aws_config::SdkConfig;
use countersign_domain::time::{Clock, Timestamp};
use countersign_jobs::{JOBS, Jobs};
use countersign_lambda::App;
use countersign_lambda::settings::Settings;
use http::header::LOCATION;
use http::{Request, Response};
use hyper::body::Bytes;
use serde_json::{Value, json};

use super::EventFailed;
use crate::gateway;

fn unfit(method: &str, path: &str, problem: &dyn std::fmt::Display) -> EventFailed {
    EventFailed::Preparing(format!("{method} {path} answered: {problem}"))
}

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
        self.call_with(method, path, credential.as_slice(), body).await
    }

    /// Likewise, with several headers.
    pub(super) async fn call_with(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: &Value,
    ) -> Result<Value, EventFailed> {
        let (head, answer) = self.send(method, path, headers, body).await?.into_parts();
        if !head.status.is_success() {
            return Err(unfit(method, path, &format!("{} {answer}", head.status)));
        }
        if answer.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&answer).map_err(|error| unfit(method, path, &error))
    }

    /// Calls an API as a browser does and gives the link that it is sent to.
    pub(super) async fn redirected(&self, path: &str) -> Result<String, EventFailed> {
        let (head, answer) = self.send("GET", path, &[], &Value::Null).await?.into_parts();
        let location = head.headers.get(LOCATION).and_then(|link| link.to_str().ok());
        let location = location.filter(|_| head.status.is_redirection());
        location.map(str::to_owned).ok_or_else(|| unfit("GET", path, &format!("{} {answer}", head.status)))
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: &Value,
    ) -> Result<Response<String>, EventFailed> {
        let mut request =
            Request::builder().method(method).uri(path).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let (head, ()) = request.body(()).map_err(|error| unfit(method, path, &error))?.into_parts();
        let body = Bytes::from(Self::text(body));
        let peer = SocketAddr::from(([127, 0, 0, 1], 0));
        Ok(gateway::respond(self.app(), None, peer, &head, &body).await)
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
