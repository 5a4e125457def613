//! What a WebAuthn ceremony is begun with, and the website that begins it.

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::cloud_settings::RelyingParty;
use crate::invalid::Invalid;
use crate::outbound_url::Loopback;

/// What was asked for when a ceremony began. Kept with it: settings that change meanwhile change nothing for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebAuthnCeremony {
    /// For whom.
    pub rp: RelyingParty,
    /// `required`, `preferred` or `discouraged`.
    pub user_verification: String,
}

/// A website whose Relying Party is the host itself: a domain name, with `:port` where that is not the scheme's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebAuthnDomain {
    host: String,
    authority: String,
}

impl WebAuthnDomain {
    /// Takes the value of `field`.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Invalid> {
        const MUST_BE: &str = "is not a domain name, with a port if need be";
        // What would be path, query or user to the URL parser is none of a domain.
        if text.len() > 253 || text.contains(['/', '\\', '?', '#', '@']) {
            return Err(Invalid::new(field, MUST_BE));
        }
        let url = Url::parse(&format!("https://{text}/")).map_err(|_| Invalid::new(field, MUST_BE))?;
        match url.host() {
            // Addresses have no credentials (Web Authentication Level 3, section 5.1.2).
            Some(Host::Domain(host)) if is_plain(host) => {
                Ok(Self { host: host.to_owned(), authority: url.authority().to_owned() })
            }
            _ => Err(Invalid::new(field, MUST_BE)),
        }
    }

    /// Host and port, as whitelists and origins are compared with it.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The Relying Party of this name. On this machine pages need no TLS, where the settings allow that.
    pub fn relying_party(&self, name: &str, loopback: Loopback) -> RelyingParty {
        let Self { host, authority } = self;
        let mut origins = vec![format!("https://{authority}")];
        if loopback == Loopback::Allowed && (host == "localhost" || host.ends_with(".localhost")) {
            origins.push(format!("http://{authority}"));
        }
        RelyingParty { id: host.clone(), name: name.to_owned(), origins }
    }
}

/// Letters, digits and hyphens between dots, as certificates have them; other letters are encoded by now.
fn is_plain(host: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    host.split('.').all(|label| !label.is_empty() && label.bytes().all(plain))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_domain_is_a_host_that_may_have_a_port() {
        for (text, host, authority) in [
            ("bank.example", "bank.example", "bank.example"),
            ("Login.BANK.example:443", "login.bank.example", "login.bank.example"),
            ("localhost:8443", "localhost", "localhost:8443"),
            ("bücher.example", "xn--bcher-kva.example", "xn--bcher-kva.example"),
        ] {
            let domain = WebAuthnDomain::parse("domain", text).unwrap();
            assert_eq!((domain.host.as_str(), domain.authority()), (host, authority));
        }
        for text in [
            "",
            "https://bank.example",
            "bank.example/",
            "bank.example\\x",
            "bank.example?x",
            "bank.example#x",
            "ann@bank.example",
            "bank.example.",
            "127.0.0.1",
            "[::1]",
            "bank example",
            "bank.example:port",
            "{*}.example",
            &"a".repeat(254),
        ] {
            assert!(WebAuthnDomain::parse("domain", text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_pages_of_this_machine_need_no_tls() {
        let origins = |text, loopback| {
            WebAuthnDomain::parse("domain", text).unwrap().relying_party("Bank", loopback).origins
        };
        assert_eq!(origins("bank.example", Loopback::Allowed), ["https://bank.example"]);
        assert_eq!(origins("localhost:3000", Loopback::Refused), ["https://localhost:3000"]);
        let local = ["https://localhost:3000", "http://localhost:3000"];
        assert_eq!(origins("localhost:3000", Loopback::Allowed), local);
        assert_eq!(origins("notlocalhost", Loopback::Allowed), ["https://notlocalhost"]);
        let party = WebAuthnDomain::parse("domain", "bank.example:8443").unwrap();
        assert_eq!(party.relying_party("Bank", Loopback::Refused).id, "bank.example");
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in ".*") {
            let _ = WebAuthnDomain::parse("domain", &text);
        }
    }
}
