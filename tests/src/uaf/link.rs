//! What leads an app to an operation: an app link (of a page, a QR code), or the same data in a pending operation or a push.

use countersign_crypto::encoding::from_base64url;
use countersign_domain::invalid::Invalid;
use countersign_domain::secret::Secret;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::call::{REDEEM_AUTHENTICATION, REDEEM_REGISTRATION};
use crate::device::service_url::ServiceUrl;

/// The longest link that is read.
const MAX_LENGTH: usize = 8 * 1024;
/// Where the payload stands in a link.
const PARAMETER: &str = "dispatchTokenResponse";

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To register a key.
    Registration,
    /// To authenticate, or to confirm a transaction.
    Authentication,
}

/// What leads to an operation.
#[derive(Debug)]
pub struct AppLink {
    /// What it is for.
    pub purpose: Purpose,
    /// The service.
    pub service_url: ServiceUrl,
    /// Redeems once.
    pub token: Secret<String>,
    /// The operation, as the backend knows it.
    pub transaction_id: String,
}

/// `nma_data`, as it stands in a link, in a pending operation and, encrypted, in a push.
#[derive(Deserialize)]
struct Data {
    token: String,
    redeem_url: String,
    #[serde(rename = "correlationId")]
    correlation_id: String,
}

#[derive(Deserialize)]
struct Payload {
    nma_data: Data,
    nma_data_content_type: String,
    nma_data_version: String,
}

impl AppLink {
    /// Reads `https://<app host>/open?dispatchTokenResponse=<base64url of JSON>`, whatever the host: it only opens the app.
    ///
    /// # Errors
    /// [`Invalid`].
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.len() > MAX_LENGTH {
            return Err(Invalid::new("link", "is too long"));
        }
        let url = Url::parse(text.trim()).map_err(|_| Invalid::new("link", "is not a link"))?;
        let mut values = url.query_pairs().filter(|(name, _)| name == PARAMETER);
        let (Some((_, value)), None) = (values.next(), values.next()) else {
            return Err(Invalid::new("link", "has not one dispatchTokenResponse"));
        };
        let payload: Option<Payload> =
            from_base64url(&value).ok().and_then(|json| serde_json::from_slice(&json).ok());
        let Some(Payload { nma_data, nma_data_content_type, nma_data_version }) = payload else {
            return Err(Invalid::new("link", "has a dispatchTokenResponse that cannot be read"));
        };
        if nma_data_content_type != "application/json" || nma_data_version != "1" {
            return Err(Invalid::new("link", "has data of another kind or version"));
        }
        nma_data.read()
    }

    /// Reads `nma_data` itself.
    ///
    /// # Errors
    /// [`Invalid`].
    pub fn from_data(nma_data: &Value) -> Result<Self, Invalid> {
        let data = Data::deserialize(nma_data);
        data.map_err(|_| Invalid::new("nma_data", "lacks token, redeem_url or correlationId"))?.read()
    }
}

impl Data {
    fn read(self) -> Result<AppLink, Invalid> {
        let purposes =
            [(REDEEM_REGISTRATION, Purpose::Registration), (REDEEM_AUTHENTICATION, Purpose::Authentication)];
        let found = purposes.into_iter().find_map(|(path, purpose)| {
            self.redeem_url.strip_suffix(path).map(|service_url| (service_url, purpose))
        });
        let (service_url, purpose) =
            found.ok_or_else(|| Invalid::new("redeem_url", "is no place where tokens are redeemed"))?;
        if self.token.is_empty() || self.token.len() > 512 || self.correlation_id.is_empty() {
            return Err(Invalid::new("token", "is missing or too long"));
        }
        Ok(AppLink {
            purpose,
            service_url: ServiceUrl::parse("redeem_url", service_url)?,
            token: Secret::new(self.token),
            transaction_id: self.correlation_id,
        })
    }
}

#[cfg(test)]
mod tests {
    use countersign_crypto::encoding::base64url;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn payload() -> Value {
        json!({
            "nma_data": { "token": "0190d6a5-0000-4000-8000-000000000001",
                "redeem_url": "https://auth.example/prod/_app/token/redeem/authentication",
                "correlationId": "0190d6a5-0000-7000-8000-000000000002" },
            "nma_data_content_type": "application/json", "nma_data_version": "1",
        })
    }

    fn link(payload: &Value) -> String {
        let text = base64url(payload.to_string().as_bytes());
        format!("https://app.bank.example/open?lang=de&dispatchTokenResponse={text}")
    }

    #[test]
    fn a_link_says_where_to_redeem_what() {
        let read = AppLink::parse(&link(&payload())).unwrap();
        assert_eq!(read.purpose, Purpose::Authentication);
        assert_eq!(read.service_url.as_str(), "https://auth.example/prod");
        assert_eq!(read.token.expose(), "0190d6a5-0000-4000-8000-000000000001");
        assert_eq!(read.transaction_id, "0190d6a5-0000-7000-8000-000000000002");
        assert!(!format!("{read:?}").contains("4000"), "the token is not shown");
        let mut data = payload()["nma_data"].clone();
        data["redeem_url"] = json!("http://127.0.0.1:4000/_app/token/redeem/registration");
        assert_eq!(AppLink::from_data(&data).unwrap().purpose, Purpose::Registration);
    }

    #[test]
    fn malformed_links_are_refused() {
        let good = link(&payload());
        assert!(AppLink::parse(&format!(" {good}\n")).is_ok());
        for text in [
            String::new(),
            "open?dispatchTokenResponse=e30".into(),
            "https://app.example/open".into(),
            "https://app.example/open?dispatchTokenResponse=".into(),
            "https://app.example/open?dispatchTokenResponse=e30".into(),
            "https://app.example/open?dispatchTokenResponse=e30=".into(),
            format!("{good}&dispatchTokenResponse=e30"),
            format!("{good}&x={}", "x".repeat(MAX_LENGTH)),
        ] {
            assert!(AppLink::parse(&text).is_err(), "{text}");
        }
        for (path, value) in [
            ("/nma_data", json!("a.b.c.d.e")),
            ("/nma_data/token", json!("")),
            ("/nma_data/token", json!(1)),
            ("/nma_data/correlationId", json!("")),
            ("/nma_data/redeem_url", json!("http://auth.example/_app/token/redeem/authentication")),
            ("/nma_data/redeem_url", json!("https://auth.example/_app/token/redeem/other")),
            ("/nma_data/redeem_url", json!("https://a:b@auth.example/_app/token/redeem/registration")),
            ("/nma_data/redeem_url", json!("/_app/token/redeem/registration")),
            ("/nma_data_version", json!("2")),
            ("/nma_data_content_type", json!("application/jose")),
        ] {
            let mut wrong = payload();
            *wrong.pointer_mut(path).unwrap() = value.clone();
            assert!(AppLink::parse(&link(&wrong)).is_err(), "{path} {value}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken_or_refused(text in ".*", bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = AppLink::parse(&text);
            let _ = AppLink::parse(&format!("a://b?dispatchTokenResponse={text}"));
            let _ = AppLink::parse(&format!("a://b?dispatchTokenResponse={}", base64url(&bytes)));
        }
    }
}
