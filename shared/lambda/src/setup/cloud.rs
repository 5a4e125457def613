//! Setting what an App Space has for the Cloud API.

use countersign_crypto::encoding::from_base64url;
use countersign_domain::changes::Changes;
use countersign_domain::cloud_settings::{CloudSettings, RelyingParty};
use countersign_domain::invalid::Invalid;
use countersign_domain::outbound_url::Loopback;
use countersign_domain::text;
use countersign_domain::web_authn::WebAuthnDomain;
use countersign_uaf::facets::TrustedFacets;
use countersign_uaf::metadata::Statement;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::given::given;

/// Most entries of each list.
const LIST_MAX: usize = 50;

/// What an administrator wants otherwise; what is not named stays, and lists are replaced whole.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CloudChange {
    /// See [`CloudSettings::app_link`].
    #[serde(default, deserialize_with = "given")]
    pub app_link: Option<Option<String>>,
    /// See [`CloudSettings::facets`].
    pub facets: Option<Vec<String>>,
    /// See [`CloudSettings::authenticators`]: metadata statements as objects, or as their text.
    pub authenticators: Option<Vec<Value>>,
    /// See [`CloudSettings::server_end_points`].
    pub server_end_points: Option<Vec<String>>,
    /// See [`CloudSettings::relying_party`].
    #[serde(default, deserialize_with = "given")]
    pub relying_party: Option<Option<RelyingPartyChange>>,
}

/// A relying party as an administrator gives it.
#[derive(Debug, Clone, Deserialize)]
pub struct RelyingPartyChange {
    /// The RP ID.
    pub id: String,
    /// What authenticators show; the App Space's name where it is not said.
    pub name: Option<String>,
    /// From where it may be asked.
    pub origins: Vec<String>,
}

impl CloudChange {
    /// Carries it out on `settings` of an App Space with this name, and notes in `changes` what became another value.
    ///
    /// # Errors
    /// [`Invalid`] by the name of the setting, e.g. `cloud.appLink`.
    pub fn apply(
        self,
        app_space_name: &str,
        loopback: Loopback,
        settings: &mut CloudSettings,
        changes: &mut Changes,
    ) -> Result<(), Invalid> {
        let link = self.app_link.map(|link| link.map(app_link).transpose()).transpose()?;
        changes.set_given("cloud.appLink", &mut settings.app_link, link);
        let facets = self.facets.map(facets).transpose()?;
        changes.set_given("cloud.facets", &mut settings.facets, facets);
        let models = self.authenticators.map(models).transpose()?;
        changes.set_given("cloud.authenticators", &mut settings.authenticators, models);
        let end_points = self.server_end_points.map(server_end_points).transpose()?;
        changes.set_given("cloud.serverEndPoints", &mut settings.server_end_points, end_points);
        let party = |wanted: RelyingPartyChange| wanted.read(app_space_name, loopback);
        let party = self.relying_party.map(|wanted| wanted.map(party).transpose()).transpose()?;
        changes.set_given("cloud.relyingParty", &mut settings.relying_party, party);
        Ok(())
    }
}

fn app_link(link: String) -> Result<String, Invalid> {
    let https = Url::parse(&link)
        .is_ok_and(|url| url.scheme() == "https" && url.username().is_empty() && url.fragment().is_none());
    if https && link.len() <= 2048 {
        Ok(link)
    } else {
        Err(Invalid::new("cloud.appLink", "is not an https URL"))
    }
}

fn short<T>(field: &'static str, list: &[T]) -> Result<(), Invalid> {
    if list.len() <= LIST_MAX {
        Ok(())
    } else {
        Err(Invalid::new(field, format!("has more than {LIST_MAX} entries")))
    }
}

fn facets(facets: Vec<String>) -> Result<Vec<String>, Invalid> {
    const FIELD: &str = "cloud.facets";
    short(FIELD, &facets)?;
    TrustedFacets::new(&[], &facets).map_err(|_| {
        Invalid::new(
            FIELD,
            "has an entry that is neither an https origin nor an app's id, such as ios:bundle-id:…",
        )
    })?;
    Ok(facets)
}

fn models(models: Vec<Value>) -> Result<Vec<String>, Invalid> {
    const FIELD: &str = "cloud.authenticators";
    short(FIELD, &models)?;
    let text = |model: Value| match model {
        Value::String(text) => text,
        model => model.to_string(),
    };
    let models = models.into_iter().map(text).map(|text| match serde_json::from_str::<Statement>(&text) {
        Ok(_) => Ok(text),
        Err(error) => {
            Err(Invalid::new(FIELD, format!("has an entry that is no metadata statement for UAF: {error}")))
        }
    });
    models.collect()
}

fn server_end_points(hashes: Vec<String>) -> Result<Vec<String>, Invalid> {
    const FIELD: &str = "cloud.serverEndPoints";
    short(FIELD, &hashes)?;
    let is_hash = |text: &String| from_base64url(text).is_ok_and(|bytes| (1..=64).contains(&bytes.len()));
    if hashes.iter().all(is_hash) {
        Ok(hashes)
    } else {
        Err(Invalid::new(FIELD, "has an entry that is not the base64url of a hash"))
    }
}

impl RelyingPartyChange {
    fn read(self, app_space_name: &str, loopback: Loopback) -> Result<RelyingParty, Invalid> {
        const ID: &str = "cloud.relyingParty.id";
        const ORIGINS: &str = "cloud.relyingParty.origins";
        let domain = WebAuthnDomain::parse(ID, &self.id)?;
        if domain.authority() != self.id || self.id.contains(':') {
            return Err(Invalid::new(ID, "is not a domain name in small letters, without a port"));
        }
        short(ORIGINS, &self.origins)?;
        if self.origins.is_empty() {
            return Err(Invalid::new(ORIGINS, "is empty"));
        }
        if !self.origins.iter().all(|origin| is_origin_of(&self.id, origin, loopback)) {
            let problem =
                "has an entry that is neither an https origin of the domain nor android:apk-key-hash:…";
            return Err(Invalid::new(ORIGINS, problem));
        }
        let name = self.name.unwrap_or_else(|| app_space_name.to_owned());
        let name = text::line("cloud.relyingParty.name", name, 100)?;
        Ok(RelyingParty { id: self.id, name, origins: self.origins })
    }
}

/// Whether browsers or apps call themselves so, and browsers let them use credentials of `id`.
fn is_origin_of(id: &str, origin: &str, loopback: Loopback) -> bool {
    if let Some(hash) = origin.strip_prefix("android:apk-key-hash:") {
        return from_base64url(hash).is_ok_and(|bytes| !bytes.is_empty());
    }
    let Ok(url) = Url::parse(origin) else { return false };
    let host = url.host_str().unwrap_or_default();
    let of_domain = host == id || host.strip_suffix(id).is_some_and(|rest| rest.ends_with('.'));
    let local = loopback == Loopback::Allowed && url.scheme() == "http" && id == "localhost";
    (url.scheme() == "https" || local) && of_domain && url.origin().ascii_serialization() == origin
}

#[cfg(test)]
mod tests {
    use countersign_domain::id::AppSpaceId;
    use serde_json::json;

    use super::*;

    fn apply(change: Value) -> Result<(CloudSettings, String), String> {
        let change: CloudChange = serde_json::from_value(change).unwrap();
        let mut changes = Changes::default();
        let mut settings = CloudSettings::new(AppSpaceId::from_bytes([1; 16]));
        let applied = change.apply("ACME Bank", Loopback::Refused, &mut settings, &mut changes);
        applied.map_err(|error| error.field.into_owned())?;
        Ok((settings, changes.text()))
    }

    #[test]
    fn a_relying_party_has_origins_of_its_own_domain() {
        let party = |origins: Value| json!({"relyingParty": {"id": "bank.example", "origins": origins}});
        let good = ["https://bank.example", "https://www.bank.example:8443", "android:apk-key-hash:2jmj7l5r"];
        let (settings, changed) = apply(party(json!(good))).unwrap();
        assert_eq!(
            (settings.relying_party.unwrap().name.as_str(), changed.as_str()),
            ("ACME Bank", "cloud.relyingParty")
        );
        for origin in [
            "https://evilbank.example",
            "https://bank.example/",
            "https://BANK.example",
            "https://bank.example:443",
            "http://bank.example",
            "https://bank.example.evil.example",
            "android:apk-key-hash:",
            "bank.example",
        ] {
            assert_eq!(apply(party(json!([origin]))).unwrap_err(), "cloud.relyingParty.origins", "{origin}");
        }
        assert_eq!(apply(party(json!([]))).unwrap_err(), "cloud.relyingParty.origins");
        for id in ["Bank.example", "bank.example:8443", "127.0.0.1", "https://bank.example", ""] {
            let change = json!({"relyingParty": {"id": id, "origins": ["https://bank.example"]}});
            assert_eq!(apply(change).unwrap_err(), "cloud.relyingParty.id", "{id}");
        }
    }

    #[test]
    fn lists_hold_what_clients_can_use() {
        for (field, change) in [
            ("cloud.appLink", json!({"appLink": "bank://open"})),
            ("cloud.facets", json!({"facets": ["bank.example"]})),
            ("cloud.facets", json!({"facets": vec!["ios:bundle-id:com.example"; 51]})),
            ("cloud.authenticators", json!({"authenticators": [{"aaid": "CE5A#0001"}]})),
            ("cloud.authenticators", json!({"authenticators": ["no JSON"]})),
            ("cloud.serverEndPoints", json!({"serverEndPoints": ["+/"]})),
        ] {
            assert_eq!(apply(change).unwrap_err(), field);
        }
        let statement = json!({
            "aaid": "CE5A#0001", "authenticatorVersion": 1, "assertionScheme": "UAFV1TLV",
            "authenticationAlgorithm": 1, "publicKeyAlgAndEncoding": 256, "attestationTypes": [15880],
        });
        let (settings, changed) = apply(json!({
            "appLink": "https://app.bank.example/open", "facets": ["ios:bundle-id:com.example.bank"],
            "authenticators": [statement, statement.to_string()], "serverEndPoints": ["AAAA"],
        }))
        .unwrap();
        assert_eq!(changed, "cloud.appLink, cloud.facets, cloud.authenticators, cloud.serverEndPoints");
        assert_eq!(settings.authenticators[0], settings.authenticators[1]);
    }

    #[test]
    fn null_removes_and_absence_leaves() {
        let mut settings = CloudSettings::new(AppSpaceId::from_bytes([1; 16]));
        settings.app_link = Some("https://app.bank.example/open".into());
        let mut apply = |change: Value| {
            let (change, mut changes): (CloudChange, _) =
                (serde_json::from_value(change).unwrap(), Changes::default());
            change.apply("ACME", Loopback::Refused, &mut settings, &mut changes).unwrap();
            settings.app_link.is_some()
        };
        assert!(apply(json!({})));
        assert!(!apply(json!({"appLink": null})));
    }
}
