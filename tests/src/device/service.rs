//! The service as the client reaches it: HTTP, and the time that both agree on.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use countersign_domain::time::{Clock, Span, Timestamp};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Method, redirect};
use serde::de::DeserializeOwned;

use super::error::{CallError, Refusal};
use super::service_url::ServiceUrl;

/// The header that carries the proof of a call.
pub const PROOF_HEADER: &str = "Device-Proof";

/// The longest reply that is read, in bytes: far more than 100 challenges of the largest content.
const REPLY_MAX: usize = 4 * 1024 * 1024;

/// A service, and how far its clock is from ours.
pub struct Service {
    url: ServiceUrl,
    http: Client,
    clock: Arc<dyn Clock>,
    /// What to add to our clock, in milliseconds.
    offset: AtomicI64,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service")
            .field("url", &self.url)
            .field("offset", &self.offset)
            .finish_non_exhaustive()
    }
}

impl Service {
    /// The service at `url`. `offset` is what was learnt of its clock before, else zero.
    ///
    /// # Errors
    /// [`CallError::Unreachable`] when this machine cannot do TLS, e.g. for want of trusted certificates.
    pub fn new(url: ServiceUrl, clock: Arc<dyn Clock>, offset: Span) -> Result<Self, CallError> {
        let mut http = Client::builder()
            // A redirect would carry a call to where its proof does not hold.
            .redirect(redirect::Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(30));
        if url.is_loopback() {
            http = http.no_proxy();
        }
        let http = http.build().map_err(|error| unreachable(&error))?;
        Ok(Self { url, http, clock, offset: AtomicI64::new(offset.as_millis()) })
    }

    /// Its public URL.
    pub const fn url(&self) -> &ServiceUrl {
        &self.url
    }

    /// Now, by the service's clock as far as it is known.
    pub fn now(&self) -> Timestamp {
        self.clock.now() + self.offset()
    }

    /// How far the service's clock is ahead of ours, as far as it is known.
    pub fn offset(&self) -> Span {
        Span::millis(self.offset.load(Ordering::Relaxed))
    }

    /// Takes the service's time for right from now on.
    pub fn learn_time(&self, server_time: Timestamp) {
        let offset = server_time - self.clock.now();
        self.offset.store(offset.as_millis(), Ordering::Relaxed);
    }

    /// Sends one call as it is, with or without a proof, and gives whatever comes back.
    ///
    /// # Errors
    /// [`CallError::Unreachable`], [`CallError::NotTheProtocol`] when the reply is too long.
    pub async fn send(
        &self,
        method: &Method,
        path: &str,
        body: Vec<u8>,
        proof: Option<&str>,
    ) -> Result<RawReply, CallError> {
        let header = proof.map(|proof| (PROOF_HEADER, proof));
        self.send_as(method, path, "application/json", header, body).await
    }

    /// As [`Service::send`], with a body of another type and other headers.
    ///
    /// # Errors
    /// As [`Service::send`].
    pub async fn send_as<'h>(
        &self,
        method: &Method,
        path: &str,
        content_type: &str,
        headers: impl IntoIterator<Item = (&'h str, &'h str)>,
        body: Vec<u8>,
    ) -> Result<RawReply, CallError> {
        let mut call = self.http.request(method.clone(), self.url.join(path));
        for (name, value) in headers {
            call = call.header(name, value);
        }
        if !body.is_empty() {
            call = call.header(CONTENT_TYPE, content_type).body(body);
        }
        let mut reply = call.send().await.map_err(|error| unreachable(&error))?;
        let status = reply.status().as_u16();
        let retry_after = reply.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = retry_after.and_then(|text| text.parse().ok()).map(Span::secs);
        let mut body = Vec::new();
        while let Some(chunk) = reply.chunk().await.map_err(|error| unreachable(&error))? {
            if body.len() + chunk.len() > REPLY_MAX {
                return Err(CallError::NotTheProtocol("the reply is too long"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(RawReply { status, retry_after, body })
    }
}

/// Without the URL, whose path may say more than a log should hold, and with the innermost reason, which says most.
fn unreachable(error: &reqwest::Error) -> CallError {
    if error.is_timeout() {
        return CallError::Unreachable("it did not answer in time".to_owned());
    }
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    CallError::Unreachable(reason.to_string())
}

/// A reply as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawReply {
    /// The HTTP status.
    pub status: u16,
    /// From `Retry-After`, where that is a number of seconds.
    pub retry_after: Option<Span>,
    /// The body, not yet read.
    pub body: Vec<u8>,
}

impl RawReply {
    /// The reply itself if its status is 2xx.
    ///
    /// # Errors
    /// [`CallError::Refused`].
    pub fn accepted(self) -> Result<Self, CallError> {
        match self.status {
            200..=299 => Ok(self),
            status => Err(CallError::Refused(Box::new(Refusal::read(status, self.retry_after, &self.body)))),
        }
    }

    /// The body as `T`.
    ///
    /// # Errors
    /// [`CallError::NotTheProtocol`].
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, CallError> {
        serde_json::from_slice(&self.body)
            .map_err(|_| CallError::NotTheProtocol("the reply is not as it should be"))
    }
}
