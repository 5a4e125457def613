//! Posting a webhook: Standard Webhooks headers, no redirects, no address that must not be called.
//!
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>

use std::net::SocketAddr;
use std::time::Duration;

use countersign_domain::callback::{CallbackUrl, Loopback, may_call};
use countersign_domain::delivery::AttemptResult;
use countersign_domain::time::Timestamp;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::error::JobError;

/// How long a receiver may take.
const TIMEOUT: Duration = Duration::from_secs(15);

/// A client that reaches only what may be called.
pub(crate) struct Sender {
    client: reqwest::Client,
    loopback: Loopback,
}

/// What is posted.
pub(crate) struct Message<'a> {
    pub(crate) id: &'a str,
    pub(crate) url: &'a CallbackUrl,
    pub(crate) body: &'a str,
    pub(crate) timestamp: Timestamp,
    pub(crate) signature: &'a str,
}

impl Sender {
    pub(crate) fn new(loopback: Loopback) -> Result<Self, JobError> {
        let client = reqwest::Client::builder()
            .user_agent("Countersign-Webhooks/1")
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(Guarded { loopback })
            .build()
            .map_err(JobError::unexpected)?;
        Ok(Self { client, loopback })
    }

    /// Posts `message`; what came of it is a result, never an error.
    pub(crate) async fn post(&self, message: &Message<'_>) -> AttemptResult {
        let url = message.url.url();
        // Addresses in the URL itself are never resolved, so the resolver does not see them.
        let literal = match url.host() {
            Some(url::Host::Ipv4(ip)) => Some(ip.into()),
            Some(url::Host::Ipv6(ip)) => Some(ip.into()),
            _ => None,
        };
        if literal.is_some_and(|ip| !may_call(ip, self.loopback)) {
            return AttemptResult::Forbidden;
        }
        let posted = self
            .client
            .post(url.clone())
            .header("content-type", "application/json")
            .header("webhook-id", message.id)
            .header("webhook-timestamp", message.timestamp.secs())
            .header("webhook-signature", message.signature)
            .body(message.body.to_owned())
            .send()
            .await;
        match posted {
            Ok(response) => AttemptResult::Status(response.status().as_u16()),
            Err(error) => unreachable(&error),
        }
    }
}

/// Why there was no answer. The error's own text may hold the URL, whose query may hold a secret.
fn unreachable(error: &reqwest::Error) -> AttemptResult {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        if error.is::<MustNotBeCalled>() {
            return AttemptResult::Forbidden;
        }
        cause = error.source();
    }
    let problem = if error.is_timeout() {
        "it did not answer in time"
    } else if error.is_connect() {
        "no connection: unknown host, refused, or a certificate that is not valid"
    } else {
        "the connection broke"
    };
    AttemptResult::Unreachable(problem.to_owned())
}

/// Resolves names, and keeps back every address that must not be called: between check and call nothing is resolved
/// again.
struct Guarded {
    loopback: Loopback,
}

#[derive(Debug, thiserror::Error)]
#[error("the name leads to an address that must not be called")]
struct MustNotBeCalled;

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let loopback = self.loopback;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> =
                found.into_iter().filter(|address| may_call(address.ip(), loopback)).collect();
            if allowed.is_empty() {
                return Err(MustNotBeCalled.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}
