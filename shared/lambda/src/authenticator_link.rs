//! Links that open an app of the Authenticator API, and what they lead to. Their forms are that API's; its apps open no
//! others.

use countersign_crypto::token::Token;
use countersign_domain::device::AuthenticatorVersion;
use countersign_domain::id::Tenant;

use crate::link::encode;

/// How each of its links begins.
const APP: &str = "authenticator://saltedge.com";

/// Where apps of `version` read what they must know before they connect. They tell the version by the path.
pub fn configuration_url(base_url: &str, tenant: Tenant, version: AuthenticatorVersion) -> String {
    match version {
        AuthenticatorVersion::V1 => format!("{base_url}/api/authenticator/v1/configurations/{tenant}"),
        AuthenticatorVersion::V2 => {
            format!("{base_url}/api/authenticator/v2/configurations/{}", tenant.number())
        }
    }
}

/// To connect an app: `…/connect?configuration=…[&connect_query=…]`. With the token of an enrolment its user is known
/// already; without one the user logs in.
pub fn connect_uri(
    base_url: &str,
    tenant: Tenant,
    version: AuthenticatorVersion,
    token: Option<&Token>,
) -> String {
    let configuration = encode(&configuration_url(base_url, tenant, version));
    let query = token.map(|token| format!("&connect_query={}", encode(token.expose()))).unwrap_or_default();
    format!("{APP}/connect?configuration={configuration}{query}")
}

/// To take up an action, by its claim token: `…/action?action_uuid=…&connect_url=…` or
/// `…/action?api_version=2&action_id=…&provider_id=…`, and `&return_to=…` if the app is to open something afterwards.
pub fn action_uri(
    base_url: &str,
    tenant: Tenant,
    version: AuthenticatorVersion,
    token: &Token,
    return_to: Option<&str>,
) -> String {
    let id = encode(token.expose());
    let action = match version {
        AuthenticatorVersion::V1 => format!("action_uuid={id}&connect_url={}", encode(base_url)),
        AuthenticatorVersion::V2 => {
            format!("api_version=2&action_id={id}&provider_id={}", tenant.number())
        }
    };
    let return_to = return_to.map(|url| format!("&return_to={}", encode(url))).unwrap_or_default();
    format!("{APP}/action?{action}{return_to}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use AuthenticatorVersion::{V1, V2};

    const BASE: &str = "https://auth.example.com:8443/cs";

    fn tenant() -> Tenant {
        "0000000000ff".parse().unwrap()
    }

    #[test]
    fn the_configuration_is_found_by_code_or_by_number() {
        assert_eq!(
            configuration_url(BASE, tenant(), V1),
            "https://auth.example.com:8443/cs/api/authenticator/v1/configurations/0000000000ff"
        );
        assert_eq!(
            configuration_url(BASE, tenant(), V2),
            "https://auth.example.com:8443/cs/api/authenticator/v2/configurations/255"
        );
    }

    #[test]
    fn a_connect_link_has_its_configuration_encoded_and_a_query_only_for_a_known_user() {
        let link = connect_uri("https://a.example", tenant(), V2, None);
        assert_eq!(
            link,
            "authenticator://saltedge.com/connect?configuration=https%3A%2F%2Fa.example%2Fapi%2Fauthenticator%2Fv2%2Fconfigurations%2F255"
        );
        let token = Token::random(&countersign_crypto::system::SystemRandom);
        let with = connect_uri("https://a.example", tenant(), V2, Some(&token));
        assert_eq!(with, format!("{link}&connect_query={}", token.expose()));
    }

    #[test]
    fn an_action_link_names_the_base_in_v1_and_the_provider_in_v2() {
        let token = Token::random(&countersign_crypto::system::SystemRandom);
        let id = token.expose();
        assert_eq!(
            action_uri("https://a.example", tenant(), V1, &token, Some("https://shop.example/?a=1&b=2")),
            format!(
                "authenticator://saltedge.com/action?action_uuid={id}&connect_url=https%3A%2F%2Fa.example&return_to=https%3A%2F%2Fshop.example%2F%3Fa%3D1%26b%3D2"
            )
        );
        assert_eq!(
            action_uri("https://a.example", tenant(), V2, &token, None),
            format!("authenticator://saltedge.com/action?api_version=2&action_id={id}&provider_id=255")
        );
    }
}
