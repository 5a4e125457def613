//! Bodies and queries that name a consent, or what webhooks are about: a challenge or a consent.

use countersign_domain::delivery::Subject;
use countersign_domain::id::{ConsentId, Malformed};
use countersign_domain::invalid::Invalid;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConsentGuid {
    consent_guid: String,
}

impl ConsentGuid {
    pub(crate) fn parse(&self) -> Result<ConsentId, Invalid> {
        guid("consentGuid", &self.consent_guid)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SubjectGuid {
    request_guid: Option<String>,
    consent_guid: Option<String>,
}

impl SubjectGuid {
    pub(crate) fn parse(&self) -> Result<Subject, Invalid> {
        match (&self.request_guid, &self.consent_guid) {
            (Some(request), None) => guid("requestGuid", request).map(Subject::Challenge),
            (None, Some(consent)) => guid("consentGuid", consent).map(Subject::Consent),
            (Some(_), Some(_)) => Err(Invalid::new("consentGuid", "excludes requestGuid")),
            (None, None) => Err(Invalid::new("requestGuid", "is missing")),
        }
    }
}

fn guid<T: std::str::FromStr<Err = Malformed>>(field: &'static str, text: &str) -> Result<T, Invalid> {
    text.parse().map_err(|error: Malformed| Invalid::new(field, error.to_string()))
}
