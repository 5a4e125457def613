//! Binding to the TLS channel (FIDO UAF Protocol, dictionary ChannelBinding).

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// What a client, or the server, knows of the channel; base64url texts, compared as they are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChannelBinding {
    /// The hash of the server's certificate (RFC 5929, section 4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_end_point: Option<String>,
    /// The server's certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_server_certificate: Option<String>,
    /// The TLS Finished message (RFC 5929, section 3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_unique: Option<String>,
    /// The client's channel id key, `none` or `unused`.
    #[serde(rename = "cid_pubkey", default, skip_serializing_if = "Option::is_none")]
    pub cid_pubkey: Option<String>,
}

/// What is expected of the client's channel binding.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChannelBindingRule {
    /// What the server knows of the channel; behind a gateway that ends TLS, its certificate or nothing.
    pub known: ChannelBinding,
    /// Whether the client must present at least one of what is known.
    pub required: bool,
}

impl ChannelBindingRule {
    /// Whatever the client presents of what is known must match.
    pub(crate) fn check(&self, presented: &ChannelBinding) -> Result<(), Refusal> {
        let known = &self.known;
        let pairs = [
            (&known.server_end_point, &presented.server_end_point),
            (&known.tls_server_certificate, &presented.tls_server_certificate),
            (&known.tls_unique, &presented.tls_unique),
            (&known.cid_pubkey, &presented.cid_pubkey),
        ];
        let mut compared = pairs.iter().filter_map(|pair| match pair {
            (Some(known), Some(presented)) => Some(known == presented),
            _ => None,
        });
        let first = compared.next();
        if first == Some(false) || compared.any(|same| !same) || (self.required && first.is_none()) {
            return Err(Refusal::ChannelBinding);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(end_point: Option<&str>, unique: Option<&str>) -> ChannelBinding {
        ChannelBinding {
            server_end_point: end_point.map(str::to_owned),
            tls_unique: unique.map(str::to_owned),
            ..ChannelBinding::default()
        }
    }

    #[test]
    fn what_is_known_and_presented_must_match() {
        let refused = Err(Refusal::ChannelBinding);
        let rule = |required| ChannelBindingRule { known: of(Some("a"), Some("b")), required };
        assert_eq!(rule(false).check(&of(None, None)), Ok(()));
        assert_eq!(rule(true).check(&of(None, None)), refused);
        assert_eq!(rule(true).check(&of(Some("a"), None)), Ok(()));
        assert_eq!(rule(true).check(&of(Some("a"), Some("b"))), Ok(()));
        assert_eq!(rule(false).check(&of(Some("a"), Some("c"))), refused);
        assert_eq!(rule(false).check(&of(Some("c"), Some("b"))), refused);
        let ignorant = |required| ChannelBindingRule { known: of(None, None), required };
        assert_eq!(ignorant(false).check(&of(Some("c"), None)), Ok(()));
        assert_eq!(ignorant(true).check(&of(Some("c"), None)), refused);
    }
}
