//! Keeps calls away from addresses that must not be called.

use std::net::SocketAddr;

use countersign_domain::outbound_url::{Loopback, may_call};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Resolves names, and keeps back every address that must not be called: between check and call nothing is resolved
/// again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Guard {
    loopback: Loopback,
}

#[derive(Debug, thiserror::Error)]
#[error("the name leads to an address that must not be called")]
pub(crate) struct MustNotBeCalled;

impl Guard {
    pub(crate) const fn new(loopback: Loopback) -> Self {
        Self { loopback }
    }

    /// Whether the address that `url` has in place of a name, if it has one, may be called.
    pub(crate) fn allows_literal(self, url: &Url) -> bool {
        match url.host() {
            Some(Host::Ipv4(ip)) => may_call(ip.into(), self.loopback),
            Some(Host::Ipv6(ip)) => may_call(ip.into(), self.loopback),
            Some(Host::Domain(_)) | None => true,
        }
    }
}

impl Resolve for Guard {
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
