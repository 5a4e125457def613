//! URLs that others chose and that we call: callbacks of backends, endpoints of identity providers.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::invalid::Invalid;

/// Whether calls to this very machine are allowed, over plain HTTP too: only for local use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loopback {
    /// As in production: HTTPS only, never this machine.
    Refused,
    /// `http://127.0.0.1`, `http://[::1]` and `http://localhost` may be called.
    Allowed,
}

/// A URL that somebody chose for us to call: absolute, HTTPS, without credentials or fragment.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OutboundUrl(Url);

impl OutboundUrl {
    /// Takes the value of `field`.
    pub fn parse(field: &'static str, text: &str, loopback: Loopback) -> Result<Self, Invalid> {
        if text.len() > 2048 {
            return Err(Invalid::new(field, "has more than 2048 characters"));
        }
        let url = Url::parse(text).map_err(|_| Invalid::new(field, "is not an absolute URL"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Invalid::new(field, "must not contain credentials"));
        }
        if url.fragment().is_some() {
            return Err(Invalid::new(field, "must not contain a fragment"));
        }
        let local = is_loopback(&url);
        match (url.scheme(), loopback) {
            ("https", Loopback::Allowed) => Ok(Self(url)),
            ("https", Loopback::Refused) if !local => Ok(Self(url)),
            ("http", Loopback::Allowed) if local => Ok(Self(url)),
            ("https", Loopback::Refused) => Err(Invalid::new(field, "must not lead to this machine")),
            _ => Err(Invalid::new(field, "must begin with https://")),
        }
    }

    /// The URL.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// What lies below it: its path with more segments, each encoded, and without its query. A segment that would lead
    /// elsewhere, `.` or `..` or nothing, is refused.
    pub fn below(&self, segments: &[&str]) -> Result<Self, Invalid> {
        let mut url = self.0.clone();
        url.set_query(None);
        for segment in segments {
            if matches!(*segment, "" | "." | "..") {
                return Err(Invalid::new("path", "has a segment that leads elsewhere"));
            }
            let mut path = url.path_segments_mut().map_err(|()| Invalid::new("path", "cannot be had"))?;
            path.pop_if_empty().push(segment);
        }
        Ok(Self(url))
    }
}

impl fmt::Display for OutboundUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl fmt::Debug for OutboundUrl {
    /// Without the query: backends put secrets there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OutboundUrl({}{})", self.0.authority(), self.0.path())
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.to_canonical().is_loopback(),
        Some(Host::Domain(name)) => {
            // A name with a dot at its end is the same name.
            let name = name.strip_suffix('.').unwrap_or(name);
            name == "localhost" || name.ends_with(".localhost")
        }
        None => false,
    }
}

/// Whether a resolved address may be called. Private, loopback, link-local and other special addresses may
/// not, whatever name led there; loopback may where it is allowed.
///
/// The ranges are those of the IANA special-purpose address registries (RFC 6890).
pub fn may_call(address: IpAddr, loopback: Loopback) -> bool {
    match address.to_canonical() {
        ip if ip.is_loopback() => loopback == Loopback::Allowed,
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            !(ip.is_private()
                || ip.is_link_local()
                || ip.is_unspecified()
                || ip.is_broadcast()
                || ip.is_multicast()
                || ip.is_documentation()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 192 && b == 88 && c == 99)
                || (a == 198 && (b == 18 || b == 19)))
        }
        // Only 2000::/3 is global unicast; from it, what embeds IPv4 (Teredo, 6to4) and documentation are out.
        IpAddr::V6(ip) => {
            let [a, b, ..] = ip.segments();
            a & 0xe000 == 0x2000 && a != 0x2002 && !(a == 0x2001 && (b < 0x200 || b == 0x0db8)) && a != 0x3fff
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_below_stays_below() {
        let below = |base: &str, segments: &[&str]| {
            let base = OutboundUrl::parse("url", base, Loopback::Refused).unwrap();
            base.below(segments).map(|url| url.to_string())
        };
        for base in ["https://bank.example/sca", "https://bank.example/sca/", "https://bank.example/sca?a=1"]
        {
            let found = below(base, &["actions", "a/../b?c#d e", "confirm"]);
            assert_eq!(found.unwrap(), "https://bank.example/sca/actions/a%2F..%2Fb%3Fc%23d%20e/confirm");
        }
        assert_eq!(below("https://bank.example", &["actions"]).unwrap(), "https://bank.example/actions");
        for segment in ["", ".", ".."] {
            assert!(below("https://bank.example/", &[segment]).is_err(), "{segment:?}");
        }
        assert_eq!(below("https://bank.example/", &["%2e%2e"]).unwrap(), "https://bank.example/%252e%252e");
    }
    use proptest::prelude::*;

    fn url(text: &str) -> Result<OutboundUrl, Invalid> {
        OutboundUrl::parse("callback", text, Loopback::Refused)
    }

    #[test]
    fn it_is_https_without_credentials_or_fragment() {
        assert!(url("https://bank.example/cb?x=1").is_ok());
        for text in [
            "http://bank.example/cb",
            "ftp://bank.example",
            "/cb",
            "bank.example/cb",
            "https://a:b@bank.example/",
            "https://a@bank.example/",
            "https://bank.example/#x",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://localhost/",
            "https://a.localhost/",
            "https://localhost./",
            "https://[::ffff:127.0.0.1]/",
            "https://0x7f.1/",
        ] {
            assert!(url(text).is_err(), "{text}");
        }
        assert!(OutboundUrl::parse("callback", "http://127.0.0.1:4100/cb", Loopback::Allowed).is_ok());
        assert!(OutboundUrl::parse("callback", "http://bank.example/cb", Loopback::Allowed).is_err());
    }

    #[test]
    fn special_addresses_are_never_called() {
        for address in [
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "127.0.0.1",
            "0.0.0.0",
            "100.64.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "192.0.2.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2001:db8::1",
            "ff02::1",
        ] {
            assert!(!may_call(address.parse().unwrap(), Loopback::Refused), "{address}");
        }
        for address in ["93.184.216.34", "2606:2800:220:1::1"] {
            assert!(may_call(address.parse().unwrap(), Loopback::Refused), "{address}");
        }
        assert!(may_call("127.0.0.1".parse().unwrap(), Loopback::Allowed));
        assert!(may_call("::ffff:127.0.0.1".parse().unwrap(), Loopback::Allowed));
        assert!(!may_call("10.0.0.1".parse().unwrap(), Loopback::Allowed));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in ".*") {
            let _ = url(&text);
        }
    }
}
