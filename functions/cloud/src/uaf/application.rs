//! An App Space as UAF clients see it: its application id, trusted facets and authenticator models.

use countersign_domain::cloud_settings::CloudSettings;
use countersign_domain::id::AppSpaceId;
use countersign_domain::refused::Refused;
use countersign_lambda::refusal::internal;
use countersign_lambda::{Refusal, dispatch};
use countersign_uaf::channel_binding::{ChannelBinding, ChannelBindingRule};
use countersign_uaf::facets::TrustedFacets;
use countersign_uaf::match_criteria::MatchCriteria;
use countersign_uaf::metadata::Statement;
use countersign_uaf::policy::Policy;

use super::VERSIONS;

/// See the module's line.
pub(crate) struct Application {
    /// The application id.
    pub(crate) id: String,
    /// The models that may be registered.
    pub(crate) models: Vec<Statement>,
    facets: TrustedFacets,
    server_end_points: Vec<String>,
}

impl Application {
    /// From the settings of an App Space; one without models has no UAF.
    pub(crate) fn of(base_url: &str, settings: Option<CloudSettings>) -> Result<Self, Refusal> {
        let settings = settings.filter(|settings| !settings.authenticators.is_empty());
        let settings = settings.ok_or(Refused::Unknown("application"))?;
        let models = settings.authenticators.iter().map(|statement| serde_json::from_str(statement));
        Ok(Self {
            id: dispatch::app_id(base_url, settings.app_space),
            models: models
                .collect::<Result<_, _>>()
                .map_err(|_| internal("a metadata statement that cannot be read")())?,
            facets: trusted(&settings.facets)?,
            server_end_points: settings.server_end_points,
        })
    }

    /// The facets that may speak for it.
    pub(crate) const fn facets(&self) -> &TrustedFacets {
        &self.facets
    }

    /// What a client may say of the TLS connection: the certificate that it saw is one of ours, or it says nothing.
    pub(crate) fn channel_binding(&self, presented: Option<&str>) -> ChannelBindingRule {
        let ours = &self.server_end_points;
        let same = presented.and_then(|presented| ours.iter().find(|known| *known == presented));
        let server_end_point = same.or_else(|| ours.first()).cloned();
        ChannelBindingRule {
            known: ChannelBinding { server_end_point, ..ChannelBinding::default() },
            required: false,
        }
    }

    /// Any model, but for `disallowed`.
    pub(crate) fn any_model(&self, disallowed: Vec<MatchCriteria>) -> Result<Policy, Refusal> {
        let models = self.models.iter().map(|model| vec![MatchCriteria::models(vec![model.aaid])]);
        policy(models.collect(), disallowed)
    }
}

/// The document of trusted facets.
pub(crate) fn trusted(facets: &[String]) -> Result<TrustedFacets, Refusal> {
    TrustedFacets::new(&VERSIONS, facets).map_err(|_| internal("a facet that can be none")())
}

/// A policy of criteria that were made here.
pub(crate) fn policy(
    accepted: Vec<Vec<MatchCriteria>>,
    disallowed: Vec<MatchCriteria>,
) -> Result<Policy, Refusal> {
    Policy::new(accepted, disallowed).map_err(|_| internal("a policy that is none")())
}

/// The App Space that an application id of this service names.
pub(crate) fn app_space_of(base_url: &str, app_id: &str) -> Option<AppSpaceId> {
    let id = app_id.rsplit_once("?appSpace=")?.1.parse().ok()?;
    (dispatch::app_id(base_url, id) == app_id).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://auth.example.com";
    const ID: &str = "abababab-abab-8111-9111-111111111111";

    #[test]
    fn an_application_id_names_its_app_space_to_the_letter() {
        let id: AppSpaceId = ID.parse().unwrap();
        let app_id = dispatch::app_id(BASE, id);
        assert_eq!(app_space_of(BASE, &app_id), Some(id));
        for other in [
            app_id.to_uppercase(),
            app_id.replace("auth", "evil"),
            format!("{app_id}&x=1"),
            app_id.replace("?appSpace=", "?x=1&appSpace="),
            String::new(),
            format!("{BASE}/_app/uaf/1.1/facets"),
        ] {
            assert_eq!(app_space_of(BASE, &other), None, "{other}");
        }
    }

    fn settings() -> CloudSettings {
        CloudSettings {
            app_space: ID.parse().unwrap(),
            app_link: None,
            facets: vec!["ios:bundle-id:com.example.bank".into()],
            authenticators: vec![
                serde_json::json!({
                    "aaid": "CE5A#0001", "authenticatorVersion": 1, "assertionScheme": "UAFV1TLV",
                    "authenticationAlgorithm": 1, "publicKeyAlgAndEncoding": 256, "attestationTypes": [15880],
                })
                .to_string(),
            ],
            server_end_points: vec!["AAAA".into(), "BBBB".into()],
            relying_party: None,
        }
    }

    #[test]
    fn a_certificate_that_is_not_ours_is_compared_with_one_that_is() {
        let application = Application::of(BASE, Some(settings())).unwrap();
        let compared = |presented| application.channel_binding(presented).known.server_end_point;
        assert_eq!(compared(Some("BBBB")).as_deref(), Some("BBBB"));
        assert_eq!(compared(Some("CCCC")).as_deref(), Some("AAAA"));
        assert!(!application.channel_binding(None).required);
    }

    #[test]
    fn without_models_there_is_no_application() {
        assert!(Application::of(BASE, None).is_err());
        assert!(
            Application::of(BASE, Some(CloudSettings { authenticators: Vec::new(), ..settings() })).is_err()
        );
    }
}
