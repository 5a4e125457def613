//! What a service says of itself and of one of its App Spaces, to whoever asks.

use serde::Deserialize;

use super::error::AppError;
use super::key::PublicKey;
use super::link::{ApiVersion, ConnectLink, connect_url};
use super::reply::{data, integer};
use crate::device::service::{RawReply, Service};
use crate::device::service_url::ServiceUrl;
use reqwest::Method;

/// A configuration of either version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// The version that it is of.
    pub version: ApiVersion,
    /// The base of all calls: `connect_url`, `sca_service_url`.
    pub service_url: ServiceUrl,
    /// The App Space: `code` of version 1, `provider_id` of version 2, which is a number in the reply.
    pub provider: String,
    /// What people call it.
    pub name: String,
    /// Its logo, where it has one.
    pub logo_url: Option<String>,
    /// Whom people may ask.
    pub support_email: String,
    /// Whether consents can be listed; version 2 does not say.
    pub consent_management: Option<bool>,
    /// Whether decisions must say where the phone is.
    pub geolocation_required: Option<bool>,
    /// What the app encrypts with; only in version 2.
    pub provider_public_key: Option<PublicKey>,
}

#[derive(Deserialize)]
struct V1 {
    connect_url: String,
    code: String,
    name: String,
    logo_url: Option<String>,
    support_email: String,
    consent_management: Option<bool>,
    geolocation_required: Option<bool>,
    version: String,
}

#[derive(Deserialize)]
struct V2 {
    sca_service_url: String,
    api_version: String,
    #[serde(deserialize_with = "integer")]
    provider_id: String,
    provider_name: String,
    provider_logo_url: Option<String>,
    provider_support_email: String,
    provider_public_key: PublicKey,
    geolocation_required: Option<bool>,
}

impl Configuration {
    /// Fetches what a link names, in the version that the link says.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn fetch(service: &Service, link: &ConnectLink) -> Result<Self, AppError> {
        let reply = service.send(&Method::GET, &link.path, Vec::new(), None).await?;
        Self::read(link.version, reply)
    }

    fn read(version: ApiVersion, reply: RawReply) -> Result<Self, AppError> {
        let unreadable = |member: &str| AppError::Unreadable(format!("data.{member}"));
        match version {
            ApiVersion::V1 => {
                let read: V1 = data(reply)?;
                if read.version != "1" {
                    return Err(unreadable("version"));
                }
                Ok(Self {
                    version,
                    service_url: connect_url(&read.connect_url)?,
                    provider: read.code,
                    name: read.name,
                    logo_url: url(read.logo_url).map_err(|()| unreadable("logo_url"))?,
                    support_email: read.support_email,
                    consent_management: read.consent_management,
                    geolocation_required: read.geolocation_required,
                    provider_public_key: None,
                })
            }
            ApiVersion::V2 => {
                let read: V2 = data(reply)?;
                if read.api_version != "2" {
                    return Err(unreadable("api_version"));
                }
                Ok(Self {
                    version,
                    service_url: ServiceUrl::parse("sca_service_url", &read.sca_service_url)?,
                    provider: read.provider_id,
                    name: read.provider_name,
                    logo_url: url(read.provider_logo_url).map_err(|()| unreadable("provider_logo_url"))?,
                    support_email: read.provider_support_email,
                    consent_management: None,
                    geolocation_required: read.geolocation_required,
                    provider_public_key: Some(read.provider_public_key),
                })
            }
        }
    }
}

/// iOS reads a logo as a URL, or none; an empty text is neither.
fn url(text: Option<String>) -> Result<Option<String>, ()> {
    match text {
        Some(text) if url::Url::parse(&text).is_err() => Err(()),
        text => Ok(text),
    }
}
