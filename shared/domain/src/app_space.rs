//! A tenant's app: its name, how it is reached, and its policy.

use serde::{Deserialize, Serialize};

use crate::brand::Brand;
use crate::device::Platform;
use crate::id::{AppSpaceId, CompanyId};
use crate::identity_provider::IdentityProvider;
use crate::invalid::Invalid;
use crate::time::Span;

/// One app with its users, devices, Request Origins, push settings and policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AppSpace {
    /// Its id.
    pub id: AppSpaceId,
    /// The company it belongs to.
    pub company: CompanyId,
    /// Its name, as users see it.
    pub name: String,
    /// The URL scheme that opens the app.
    pub app_protocol: AppProtocol,
    /// How its pages and apps may look.
    #[serde(default, skip_serializing_if = "Brand::is_empty")]
    pub brand: Brand,
    /// Whether its users use an app that serves several App Spaces, and not one of its own.
    #[serde(default)]
    pub universal_app: bool,
    /// Where its users log in; without one, Request Origins bind them.
    pub identity_provider: Option<IdentityProvider>,
    /// Where pushes go.
    pub push: PushPlatforms,
    /// Lifetimes and limits.
    pub policy: Policy,
}

impl AppSpace {
    /// One whose users Request Origins bind, without pushes, with the policy of a new App Space.
    pub fn new(id: AppSpaceId, company: CompanyId, name: String, app_protocol: AppProtocol) -> Self {
        Self {
            id,
            company,
            name,
            app_protocol,
            brand: Brand::default(),
            universal_app: false,
            identity_provider: None,
            push: PushPlatforms::default(),
            policy: Policy::default(),
        }
    }
}

/// Schemes that browsers and telephones act upon by themselves.
const TAKEN_SCHEMES: [&str; 17] = [
    "about",
    "blob",
    "data",
    "file",
    "filesystem",
    "ftp",
    "http",
    "https",
    "intent",
    "javascript",
    "mailto",
    "sms",
    "tel",
    "vbscript",
    "view-source",
    "ws",
    "wss",
];

/// A URL scheme that opens an app, e.g. `myapp` (RFC 3986, section 3.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AppProtocol(String);

impl AppProtocol {
    /// Takes the value of `field`. Schemes that a browser acts upon are refused.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Invalid> {
        let scheme = text.to_ascii_lowercase();
        let well_formed = scheme.starts_with(|c: char| c.is_ascii_lowercase())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
            && scheme.len() <= 64;
        if !well_formed {
            return Err(Invalid::new(field, "is not a URL scheme"));
        }
        if TAKEN_SCHEMES.contains(&scheme.as_str()) {
            return Err(Invalid::new(field, "is a scheme of its own meaning and cannot open an app"));
        }
        Ok(Self(scheme))
    }

    /// One made of an App Space's name: its plain letters and digits, e.g. `demobank` of `Demo Bank`.
    pub fn of_name(name: &str) -> Self {
        let plain = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase());
        let scheme: String = plain.skip_while(char::is_ascii_digit).take(60).collect();
        let is_free = !scheme.is_empty() && !TAKEN_SCHEMES.contains(&scheme.as_str());
        Self(if is_free { scheme } else { format!("{scheme}app") })
    }

    /// The scheme without `:`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The SNS platform applications of an App Space, by ARN. Without one, devices of that platform get no push
/// and find their challenges by asking.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PushPlatforms {
    /// Firebase Cloud Messaging.
    pub android: Option<String>,
    /// Apple Push Notification service.
    pub ios: Option<String>,
}

impl PushPlatforms {
    /// The platform application for devices of `platform`.
    pub fn application(&self, platform: Platform) -> Option<&str> {
        match platform {
            Platform::Android => self.android.as_deref(),
            Platform::Ios => self.ios.as_deref(),
            Platform::Other => None,
        }
    }
}

/// Lifetimes and limits of an App Space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// How long a challenge lives when its Request Origin does not say.
    pub challenge_lifetime: Span,
    /// The longest that a Request Origin may ask for.
    pub challenge_lifetime_max: Span,
    /// How long an enrolment can be redeemed.
    pub enrolment_lifetime: Span,
    /// Most undecided challenges of one user.
    pub pending_max: u32,
    /// Most pushes to one user within [`Policy::push_window`].
    pub pushes_max: u32,
    /// See [`Policy::pushes_max`].
    pub push_window: Span,
    /// How long a user is left alone after a `not_me`.
    pub cool_down: Span,
    /// Wrong matching codes that fail a challenge.
    pub wrong_codes_max: u8,
    /// Failed PIN or biometric attempts that revoke a device.
    pub strong_failures_max: u8,
    /// Most active devices of one user.
    pub devices_max: u32,
    /// The notification's title when its Request Origin does not say.
    pub notification_title: String,
    /// The notification's text when its Request Origin does not say.
    pub notification_body: String,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            challenge_lifetime: Span::minutes(5),
            challenge_lifetime_max: Span::hours(24),
            enrolment_lifetime: Span::minutes(10),
            pending_max: 5,
            pushes_max: 10,
            push_window: Span::minutes(10),
            cool_down: Span::minutes(5),
            wrong_codes_max: 5,
            strong_failures_max: 5,
            devices_max: 10,
            notification_title: "Confirmation requested".into(),
            notification_body: "Open the app to see what is asked.".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_protocol_is_a_scheme_that_no_browser_acts_upon() {
        assert_eq!(AppProtocol::parse("appProtocol", "MyApp").unwrap().as_str(), "myapp");
        for text in ["", "1app", "my app", "my:app", "https", "JavaScript", "data", "intent", "VBScript", "ä"]
        {
            assert!(AppProtocol::parse("appProtocol", text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_app_protocol_can_be_made_of_any_name() {
        for (name, scheme) in
            [("Demo Bank", "demobank"), ("1822direkt", "direkt"), ("Data", "dataapp"), ("Ä", "app")]
        {
            assert_eq!(AppProtocol::of_name(name).as_str(), scheme);
        }
        let long = AppProtocol::of_name(&"bank".repeat(100));
        assert_eq!(AppProtocol::parse("appProtocol", long.as_str()), Ok(long));
    }

    #[test]
    fn an_app_protocol_has_at_most_64_characters() {
        assert!(AppProtocol::parse("appProtocol", &"a".repeat(64)).is_ok());
        assert!(AppProtocol::parse("appProtocol", &"a".repeat(65)).is_err());
        assert_eq!(AppProtocol::parse("appProtocol", "my-app+1.0").unwrap().as_str(), "my-app+1.0");
    }

    #[test]
    fn each_platform_has_its_own_push_application() {
        let push = PushPlatforms { android: Some("arn:fcm".into()), ios: Some("arn:apns".into()) };
        assert_eq!(push.application(Platform::Android), Some("arn:fcm"));
        assert_eq!(push.application(Platform::Ios), Some("arn:apns"));
        assert_eq!(push.application(Platform::Other), None);
        assert_eq!(PushPlatforms::default().application(Platform::Android), None);
    }

    #[test]
    fn the_policy_of_a_new_app_space_is_that_of_the_design() {
        let policy = Policy::default();
        assert_eq!((policy.pending_max, policy.pushes_max, policy.push_window), (5, 10, Span::minutes(10)));
        assert_eq!((policy.wrong_codes_max, policy.strong_failures_max), (5, 5));
        assert_eq!(policy.enrolment_lifetime, Span::minutes(10));
        assert!(policy.challenge_lifetime <= policy.challenge_lifetime_max);
    }
}
