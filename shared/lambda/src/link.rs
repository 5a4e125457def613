//! Links that open the app: to bind a device, to claim a challenge. Those of the Authenticator API stand in
//! [`crate::authenticator_link`].

use countersign_crypto::token::Token;
use countersign_domain::app_space::AppSpace;
use countersign_domain::challenge::Challenge;
use countersign_domain::device::AuthenticatorVersion;
use countersign_domain::enrolment::Enrolment;
use countersign_domain::id::Tenant;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::authenticator_link;
use crate::qr;
use crate::refusal::Refusal;

/// What RFC 3986 leaves unreserved stands for itself; all else is encoded, spaces as `%20`.
const ENCODED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A link and its QR code.
#[derive(Debug)]
pub struct Link {
    /// The link.
    pub uri: String,
    /// The same as a PNG in a `data:` URI.
    pub qr_code: String,
}

impl Link {
    /// To bind a device; see [`bind_uri`].
    pub fn to_bind(
        base_url: &str,
        app_space: &AppSpace,
        enrolment: &Enrolment,
        token: &Token,
    ) -> Result<Self, Refusal> {
        Self::of(bind_uri(base_url, app_space, enrolment, token))
    }

    /// To claim a challenge: `<appProtocol>://claim=…&requestGuid=…&serviceUrl=…`.
    pub fn to_claim(
        base_url: &str,
        app_space: &AppSpace,
        challenge: &Challenge,
        token: &Token,
    ) -> Result<Self, Refusal> {
        Self::of(uri(
            app_space,
            &[
                ("claim", token.expose()),
                ("requestGuid", &challenge.id.to_string()),
                ("serviceUrl", base_url),
            ],
        ))
    }

    /// To connect an app of the Authenticator API; see [`authenticator_link::connect_uri`].
    pub fn to_connect(
        base_url: &str,
        tenant: Tenant,
        version: AuthenticatorVersion,
        token: &Token,
    ) -> Result<Self, Refusal> {
        Self::of(authenticator_link::connect_uri(base_url, tenant, version, Some(token)))
    }

    /// Any link.
    pub fn of(uri: String) -> Result<Self, Refusal> {
        let qr_code = qr::data_uri(&uri)?;
        Ok(Self { uri, qr_code })
    }
}

/// Opens the app to bind a device: `<appProtocol>://st=…&appSpaceGuid=…&appSpaceName=…&privakeyId=…&displayName=…&serviceUrl=…`.
pub fn bind_uri(base_url: &str, app_space: &AppSpace, enrolment: &Enrolment, token: &Token) -> String {
    uri(
        app_space,
        &[
            ("st", token.expose()),
            ("appSpaceGuid", &app_space.id.to_string()),
            ("appSpaceName", cut(&app_space.name)),
            ("privakeyId", &enrolment.user.to_string()),
            ("displayName", cut(enrolment.account_id.as_str())),
            ("serviceUrl", base_url),
        ],
    )
}

/// The beginning of a name that is only to be shown. In whole, encoded, two long names would outgrow a QR code.
fn cut(name: &str) -> &str {
    const MOST: usize = 64;
    name.char_indices().nth(MOST).map_or(name, |(end, _)| &name[..end])
}

/// Opens the app after a login that came to nothing: `<appProtocol>://error=…&error_description=…&appSpaceGuid=…`.
pub fn failed_login_uri(app_space: &AppSpace, error: &str, description: &str) -> String {
    let id = app_space.id.to_string();
    uri(app_space, &[("error", error), ("error_description", description), ("appSpaceGuid", &id)])
}

/// The same link, for the web device: it opens the page, and what the page is told stays behind the `#`, where no server sees it.
pub fn at_web_device(base_url: &str, uri: &str) -> String {
    let said = uri.split_once("://").map_or(uri, |(_, said)| said);
    format!("{base_url}/web/device#{said}")
}

fn uri(app_space: &AppSpace, parts: &[(&str, &str)]) -> String {
    let parts: Vec<String> = parts.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    format!("{}://{}", app_space.app_protocol.as_str(), parts.join("&"))
}

/// `value` as it may stand in a link or query.
pub fn encode(value: &str) -> String {
    utf8_percent_encode(value, &ENCODED).to_string()
}
