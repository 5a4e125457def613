//! Settings, read from the environment once, at start.

use countersign_domain::id::AppSpaceId;
use countersign_domain::outbound_url::Loopback;

/// What a function must be told.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `TABLE_NAME`: the DynamoDB table.
    pub table: String,
    /// `SIGNING_KEYS_SECRET`: ARN or name of the secret with the signing keys.
    pub signing_keys_secret: String,
    /// `SEALING_KEYS_SECRET`: ARN or name of the secret with the sealing keys.
    pub sealing_keys_secret: String,
    /// `PUBLIC_URL`: the scheme and host under which callers reach the API, without a slash at the end. Where it is not set,
    /// the gateway's own domain name of each request takes its place.
    pub public_url: Option<String>,
    /// `ALLOW_LOOPBACK_CALLBACKS`: `true` lets callbacks go to this machine; for local use only.
    pub loopback: Loopback,
    /// `DEFAULT_APP_SPACE`: the App Space that calls of the Cloud API's apps mean when they name none; its GUID.
    pub default_app_space: Option<AppSpaceId>,
}

/// The environment does not say what it must. Every defect is told at once.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the function's environment is incomplete:\n  {}", .0.join("\n  "))]
pub struct Incomplete(Vec<String>);

impl Settings {
    /// From the process's environment.
    #[allow(clippy::disallowed_methods)] // the one place
    pub fn from_env() -> Result<Self, Incomplete> {
        Self::from(|name| std::env::var(name).ok())
    }

    /// From any source of variables.
    pub fn from(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Incomplete> {
        let mut defects = Vec::new();
        let mut required = |name: &str, what: &str| match variable(name).filter(|value| !value.is_empty()) {
            Some(value) => value,
            None => {
                defects.push(format!("{name} is missing: {what}"));
                String::new()
            }
        };
        let table = required("TABLE_NAME", "the name of the DynamoDB table");
        let signing_keys_secret =
            required("SIGNING_KEYS_SECRET", "the ARN of the secret with the signing keys");
        let sealing_keys_secret =
            required("SEALING_KEYS_SECRET", "the ARN of the secret with the sealing keys");
        let public_url = variable("PUBLIC_URL").filter(|url| !url.is_empty());
        if public_url.as_ref().is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://"))
        {
            defects.push("PUBLIC_URL must begin with https:// (http:// for local use)".into());
        }
        let loopback = match variable("ALLOW_LOOPBACK_CALLBACKS").as_deref() {
            None | Some("" | "false") => Loopback::Refused,
            Some("true") => Loopback::Allowed,
            Some(_) => {
                defects.push("ALLOW_LOOPBACK_CALLBACKS must be true or false".into());
                Loopback::Refused
            }
        };
        let named = variable("DEFAULT_APP_SPACE").filter(|id| !id.is_empty());
        let default_app_space = named.and_then(|id| {
            let parsed = id.parse().ok();
            if parsed.is_none() {
                defects.push("DEFAULT_APP_SPACE must be the GUID of an App Space".into());
            }
            parsed
        });
        if !defects.is_empty() {
            return Err(Incomplete(defects));
        }
        let public_url = public_url.map(|url| url.trim_end_matches('/').to_owned());
        Ok(Self { table, signing_keys_secret, sealing_keys_secret, public_url, loopback, default_app_space })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, Incomplete> {
        Settings::from(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    const WHOLE: [(&str, &str); 4] = [
        ("TABLE_NAME", "countersign"),
        ("SIGNING_KEYS_SECRET", "signing"),
        ("SEALING_KEYS_SECRET", "sealing"),
        ("PUBLIC_URL", "https://auth.example.com/"),
    ];

    #[test]
    fn all_that_is_missing_is_named_at_once() {
        let told = read(&[("TABLE_NAME", ""), ("PUBLIC_URL", "auth.example.com")]).unwrap_err().to_string();
        for name in ["TABLE_NAME", "SIGNING_KEYS_SECRET", "SEALING_KEYS_SECRET", "PUBLIC_URL"] {
            assert!(told.contains(name), "{told}");
        }
    }

    #[test]
    fn a_whole_environment_is_taken() {
        let settings = read(&WHOLE).unwrap();
        assert_eq!(settings.public_url.as_deref(), Some("https://auth.example.com"));
        assert_eq!(settings.loopback, Loopback::Refused);
    }

    #[test]
    fn the_default_app_space_is_a_guid_or_nothing() {
        let with = |value| read(&[&WHOLE[..], &[("DEFAULT_APP_SPACE", value)]].concat());
        let id = "abababab-abab-8111-9111-111111111111";
        assert_eq!(with(id).unwrap().default_app_space.unwrap().to_string(), id);
        assert_eq!(with("").unwrap().default_app_space, None);
        assert!(with("demo").unwrap_err().to_string().contains("DEFAULT_APP_SPACE"));
    }

    #[test]
    fn loopback_is_a_clear_yes_or_no() {
        let with = |value| read(&[&WHOLE[..], &[("ALLOW_LOOPBACK_CALLBACKS", value)]].concat());
        assert_eq!(with("true").unwrap().loopback, Loopback::Allowed);
        assert_eq!(with("false").unwrap().loopback, Loopback::Refused);
        assert!(with("yes").is_err());
    }
}
