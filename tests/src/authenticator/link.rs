//! The links of QR codes: one that connects, one that starts an instant action.

use countersign_domain::invalid::Invalid;
use countersign_domain::secret::Secret;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::device::service_url::ServiceUrl;

/// The longest link that is read.
const MAX_LENGTH: usize = 8 * 1024;

/// The version of the API that a connection speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApiVersion {
    /// Authorizations and everything else signed in a header; ids are texts.
    #[serde(rename = "1")]
    V1,
    /// Writes signed as detached JWS; ids are numbers.
    #[serde(rename = "2")]
    V2,
}

impl ApiVersion {
    /// `1` or `2`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::V1 => "1",
            Self::V2 => "2",
        }
    }

    /// The folder of its calls.
    pub const fn folder(self) -> &'static str {
        match self {
            Self::V1 => "/api/authenticator/v1",
            Self::V2 => "/api/authenticator/v2",
        }
    }
}

/// `authenticator://saltedge.com/connect?configuration=…[&connect_query=…]`.
#[derive(Debug)]
pub struct ConnectLink {
    /// Where the configuration is: its host and what stands before its path.
    pub service_url: ServiceUrl,
    /// The path of the configuration.
    pub path: String,
    /// The version that the path of the configuration says.
    pub version: ApiVersion,
    /// Stands for a user whom the service knows already.
    pub connect_query: Option<Secret<String>>,
}

impl ConnectLink {
    /// Reads the link as the apps do: the host of the configuration needs a dot, and the segment after `authenticator` says the
    /// version.
    ///
    /// # Errors
    /// [`Invalid`].
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let link = parsed(text, "/connect")?;
        let configuration =
            one(&link, "configuration")?.ok_or_else(|| Invalid::new("link", "has no configuration"))?;
        let url = Url::parse(&configuration)
            .map_err(|_| Invalid::new("configuration", "is not an absolute URL"))?;
        if !url.host_str().is_some_and(|host| host.contains('.')) {
            return Err(Invalid::new("configuration", "has a host without a dot"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(Invalid::new("configuration", "has a query or fragment in it"));
        }
        let mut segments = url.path().split('/').skip_while(|segment| *segment != "authenticator").skip(1);
        let version = if segments.next() == Some("v2") { ApiVersion::V2 } else { ApiVersion::V1 };
        Ok(Self {
            service_url: ServiceUrl::parse("configuration", &url[..url::Position::BeforePath])?,
            path: url.path().to_owned(),
            version,
            connect_query: one(&link, "connect_query")?.filter(|text| !text.is_empty()).map(Secret::new),
        })
    }
}

/// What an instant action is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionLink {
    /// `…/action?action_uuid=…&connect_url=…[&return_to=…]`.
    V1 {
        /// The action.
        action_uuid: String,
        /// The service.
        connect_url: ServiceUrl,
        /// Where the person goes afterwards.
        return_to: Option<String>,
    },
    /// `…/action?api_version=2&action_id=…&provider_id=…[&return_to=…]`.
    V2 {
        /// The action.
        action_id: String,
        /// The provider.
        provider_id: String,
        /// Where the person goes afterwards.
        return_to: Option<String>,
    },
}

impl ActionLink {
    /// Reads the link.
    ///
    /// # Errors
    /// [`Invalid`].
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let link = parsed(text, "/action")?;
        let needed = |name: &'static str| {
            let value = one(&link, name)?.filter(|value| !value.is_empty());
            value.ok_or_else(|| Invalid::new(name, "is missing"))
        };
        let return_to = one(&link, "return_to")?;
        match one(&link, "api_version")?.as_deref() {
            None | Some("1") => Ok(Self::V1 {
                action_uuid: needed("action_uuid")?,
                connect_url: connect_url(&needed("connect_url")?)?,
                return_to,
            }),
            Some("2") => {
                let provider_id = needed("provider_id")?;
                if provider_id.parse::<i64>().is_err() {
                    return Err(Invalid::new("provider_id", "is not a number"));
                }
                Ok(Self::V2 { action_id: needed("action_id")?, provider_id, return_to })
            }
            Some(_) => Err(Invalid::new("api_version", "is not a version that this app knows")),
        }
    }
}

/// The base of version 1's calls, which must not be `localhost`.
pub(super) fn connect_url(text: &str) -> Result<ServiceUrl, Invalid> {
    if text.contains("/localhost") {
        return Err(Invalid::new("connect_url", "is localhost"));
    }
    ServiceUrl::parse("connect_url", text)
}

fn parsed(text: &str, path: &str) -> Result<Url, Invalid> {
    if text.len() > MAX_LENGTH {
        return Err(Invalid::new("link", "is too long"));
    }
    let url = Url::parse(text.trim()).map_err(|_| Invalid::new("link", "is not a link"))?;
    if url.scheme() != "authenticator" || url.host_str() != Some("saltedge.com") || url.path() != path {
        return Err(Invalid::new("link", format!("does not begin with authenticator://saltedge.com{path}")));
    }
    Ok(url)
}

/// The value of a parameter, which must not be there twice.
pub(super) fn one(url: &Url, name: &'static str) -> Result<Option<String>, Invalid> {
    let mut values = url.query_pairs().filter(|(found, _)| found == name);
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(Invalid::new(name, "is there twice")),
        (value, None) => Ok(value.map(|(_, value)| value.into_owned())),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn connect(query: &str) -> Result<ConnectLink, Invalid> {
        ConnectLink::parse(&format!("authenticator://saltedge.com/connect?{query}"))
    }

    #[test]
    fn the_configuration_says_the_version() {
        for (path, version) in [
            ("api/authenticator/v1/configurations/0a", ApiVersion::V1),
            ("api/authenticator/v2/configurations/7", ApiVersion::V2),
            ("prod/api/authenticator/v2/configurations/7", ApiVersion::V2),
            ("authenticator/v3/x", ApiVersion::V1),
            ("v2/configurations", ApiVersion::V1),
        ] {
            let link = connect(&format!("configuration=https%3A%2F%2Fa.example%2F{path}")).unwrap();
            assert_eq!((link.version, link.path), (version, format!("/{path}")));
            assert_eq!(link.service_url.as_str(), "https://a.example");
            assert!(link.connect_query.is_none());
        }
        let link = connect("configuration=http://127.0.0.1:4000/c&connect_query=a%2Bb").unwrap();
        assert_eq!(link.connect_query.as_ref().unwrap().expose(), "a+b");
        assert!(!format!("{link:?}").contains("a+b"), "the secret is not shown");
    }

    #[test]
    fn connect_links_that_the_apps_do_not_take_are_refused() {
        for query in [
            "",
            "configuration=",
            "configuration=a.example/c",
            "configuration=https://bank/c",
            "configuration=http://localhost:4000/c",
            "configuration=http://a.example/c",
            "configuration=https://a.example/c%3Fa%3Db",
            "configuration=https://a.example/c&configuration=https://a.example/c",
            "configuration=https://a.example/c&connect_query=a&connect_query=b",
        ] {
            assert!(connect(query).is_err(), "{query}");
        }
        for text in [
            "https://saltedge.com/connect?configuration=https://a.example/c",
            "authenticator://saltedge.com/action?configuration=https://a.example/c",
            "authenticator://a.example/connect?configuration=https://a.example/c",
        ] {
            assert!(ConnectLink::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn actions_are_of_either_version() {
        let action = |query: &str| ActionLink::parse(&format!("authenticator://saltedge.com/action?{query}"));
        let v1 = action("action_uuid=u&connect_url=https%3A%2F%2Fa.example&return_to=https%3A%2F%2Fb%2F%3Fc");
        let connect_url = "https://a.example".parse().unwrap();
        let return_to = Some("https://b/?c".into());
        assert_eq!(v1.unwrap(), ActionLink::V1 { action_uuid: "u".into(), connect_url, return_to });
        let v2 = action("api_version=2&action_id=i&provider_id=7").unwrap();
        let (action_id, provider_id) = ("i".into(), "7".into());
        assert_eq!(v2, ActionLink::V2 { action_id, provider_id, return_to: None });
        for query in [
            "",
            "action_uuid=u",
            "action_uuid=&connect_url=https://a.example",
            "action_uuid=u&connect_url=http://localhost:4000",
            "api_version=3&action_uuid=u&connect_url=https://a.example",
            "api_version=2&action_id=i",
            "api_version=2&action_id=i&provider_id=x",
        ] {
            assert!(action(query).is_err(), "{query}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken_or_refused(text in ".*") {
            let _ = ConnectLink::parse(&text);
            let _ = connect(&format!("configuration={text}"));
            let _ = ActionLink::parse(&text);
        }
    }
}
