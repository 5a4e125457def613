//! How much of the time was spent in calls of AWS.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_smithy_http_client::Builder;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use tokio::time::Instant;

/// An HTTP client for the SDK that counts the time from sending a request to its answer.
#[derive(Debug, Clone)]
pub(crate) struct Stopwatch {
    client: SharedHttpClient,
    nanos: Arc<AtomicU64>,
    calls: Arc<AtomicU64>,
}

impl Stopwatch {
    pub(crate) fn new() -> Self {
        Self { client: Builder::new().build_http(), nanos: Arc::default(), calls: Arc::default() }
    }

    /// Time and number of calls since this was asked the last time.
    pub(crate) fn take(&self) -> (Duration, u64) {
        (Duration::from_nanos(self.nanos.swap(0, Ordering::SeqCst)), self.calls.swap(0, Ordering::SeqCst))
    }
}

impl HttpClient for Stopwatch {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Timed {
            connector: self.client.http_connector(settings, components),
            stopwatch: self.clone(),
        })
    }
}

#[derive(Debug)]
struct Timed {
    connector: SharedHttpConnector,
    stopwatch: Stopwatch,
}

impl HttpConnector for Timed {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (call, stopwatch, began) = (self.connector.call(request), self.stopwatch.clone(), Instant::now());
        HttpConnectorFuture::new(async move {
            let answer = call.await;
            let nanos = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
            stopwatch.nanos.fetch_add(nanos, Ordering::SeqCst);
            stopwatch.calls.fetch_add(1, Ordering::SeqCst);
            answer
        })
    }
}
