//! URLs that others chose and that the service calls, and the addresses that they lead to.

#![no_main]

use std::net::{IpAddr, Ipv4Addr};

use countersign_domain::outbound_url::{Loopback, OutboundUrl, may_call};
use countersign_fuzz::reread;
use libfuzzer_sys::fuzz_target;
use url::Host;

fuzz_target!(|text: &str| {
    let strict = OutboundUrl::parse("callback", text, Loopback::Refused);
    let local = OutboundUrl::parse("callback", text, Loopback::Allowed);
    if let Ok(url) = &strict {
        assert_eq!(url.url().scheme(), "https");
        assert_eq!(local.as_ref(), Ok(url), "what is allowed in production is allowed for local use");
    }
    let Ok(url) = local else { return };
    assert_eq!(reread(&url), url);
    let printed = url.to_string();
    if printed.len() <= 2048 {
        assert_eq!(OutboundUrl::parse("callback", &printed, Loopback::Allowed).as_ref(), Ok(&url));
        assert_eq!(OutboundUrl::parse("callback", &printed, Loopback::Refused).is_ok(), strict.is_ok());
    }
    let inner = url.url();
    assert!(inner.username().is_empty() && inner.password().is_none() && inner.fragment().is_none());
    assert!(inner.host().is_some());
    if let Some(query) = inner.query().filter(|query| query.len() > 8) {
        assert!(!format!("{url:?}").contains(&format!("?{query}")));
    }
    let address: Option<IpAddr> = match inner.host() {
        Some(Host::Ipv4(ip)) => Some(ip.into()),
        Some(Host::Ipv6(ip)) => Some(ip.into()),
        _ => None,
    };
    if let Some(address) = address {
        let allowed = may_call(address, Loopback::Refused);
        assert!(!allowed || may_call(address, Loopback::Allowed));
        if let IpAddr::V4(ip) = address {
            assert_eq!(allowed, may_call(ip.to_ipv6_mapped().into(), Loopback::Refused));
            assert!(!allowed || !(ip.is_private() || ip.is_loopback() || ip.is_link_local()));
        }
        if address.to_canonical().is_loopback() {
            assert!(strict.is_err(), "this machine is refused however it is written");
        }
    }
    if inner.scheme() == "http" {
        let this_machine = address.is_some_and(|ip| ip.to_canonical().is_loopback());
        assert!(
            this_machine
                || inner.host_str().is_some_and(|name| name.trim_end_matches('.').ends_with("localhost"))
        );
        assert_ne!(address, Some(Ipv4Addr::UNSPECIFIED.into()));
    }
});
