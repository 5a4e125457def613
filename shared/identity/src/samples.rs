//! Settings for the tests.

use countersign_domain::identity_provider::{OAuth2, Scopes};
use countersign_domain::outbound_url::{Loopback, OutboundUrl};

/// The settings that Login With Amazon documents.
pub(crate) fn login_with_amazon() -> OAuth2 {
    let url = |text: &str| OutboundUrl::parse("url", text, Loopback::Refused).unwrap();
    OAuth2 {
        authorization_url: url("https://www.amazon.com/ap/oa"),
        access_token_url: url("https://api.amazon.com/auth/o2/token"),
        user_profile_url: url("https://api.amazon.com/user/profile"),
        verify_token_url: Some(url("https://api.amazon.com/auth/o2/tokeninfo")),
        scopes: Scopes::parse("scopes", "profile profile:user_id").unwrap(),
        end_user_id_name: "user_id".into(),
    }
}
