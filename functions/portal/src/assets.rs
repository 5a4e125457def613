//! Every file of the web applications, in one table.
//!
//! The list is flat: a file is served under the name that it has here, and scripts import each other by it.

/// A file.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// Where it stands below this package's `web/`.
    pub path: &'static str,
    /// Its name below `/web/` of the service.
    pub file: &'static str,
    /// What it is.
    pub media: Media,
    /// Its text.
    pub content: &'static str,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// A page.
    Html,
    /// Styles.
    Css,
    /// A module, or a script.
    Script,
    /// A picture.
    Svg,
    /// What makes a page an app (Web Application Manifest).
    Manifest,
}

impl Media {
    /// The media type.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Css => "text/css; charset=utf-8",
            Self::Script => "text/javascript; charset=utf-8",
            Self::Svg => "image/svg+xml",
            Self::Manifest => "application/manifest+json",
        }
    }
}

/// The file of this name.
pub fn asset(file: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.file == file)
}

/// `path: name, media;` per file, the path below `web/`.
macro_rules! assets {
    ($($path:literal: $file:literal, $media:ident;)+) => {
        &[$(Asset {
            path: $path,
            file: $file,
            media: Media::$media,
            content: include_str!(concat!("../web/", $path)),
        },)+]
    };
}

/// All of them. A page has no ending in its name.
pub const ASSETS: &[Asset] = assets! {
    "device/device.html": "device", Html;
    "device/account_screen.js": "account_screen.js", Script;
    "device/add_screen.js": "add_screen.js", Script;
    "device/app.js": "app.js", Script;
    "device/arrivals.js": "arrivals.js", Script;
    "device/camera.js": "camera.js", Script;
    "device/canonical.js": "canonical.js", Script;
    "device/challenge.js": "challenge.js", Script;
    "device/challenge_screen.js": "challenge_screen.js", Script;
    "device/content.js": "content.js", Script;
    "device/countdown.js": "countdown.js", Script;
    "device/device-icon.svg": "device-icon.svg", Svg;
    "device/device.css": "device.css", Css;
    "device/device.js": "device.js", Script;
    "device/device.webmanifest": "device.webmanifest", Manifest;
    "device/device_calls.js": "device_calls.js", Script;
    "device/enrol.js": "enrol.js", Script;
    "device/enrol_screen.js": "enrol_screen.js", Script;
    "device/inbox.js": "inbox.js", Script;
    "device/inbox_screen.js": "inbox_screen.js", Script;
    "device/keys.js": "keys.js", Script;
    "device/link.js": "link.js", Script;
    "device/login.js": "login.js", Script;
    "device/passkey_lock.js": "passkey_lock.js", Script;
    "device/pin_lock.js": "pin_lock.js", Script;
    "device/rich_text.js": "rich_text.js", Script;
    "device/service.js": "service.js", Script;
    "device/signed_details.js": "signed_details.js", Script;
    "device/store.js": "store.js", Script;
    "device/strong_key.js": "strong_key.js", Script;
    "device/unlock_dialog.js": "unlock_dialog.js", Script;
    "portal/portal.html": "portal", Html;
    "portal/admin_api.js": "admin_api.js", Script;
    "portal/admin_session.js": "admin_session.js", Script;
    "portal/administrators_screen.js": "administrators_screen.js", Script;
    "portal/app_space_new_screen.js": "app_space_new_screen.js", Script;
    "portal/audit_screen.js": "audit_screen.js", Script;
    "portal/audit_tools.js": "audit_tools.js", Script;
    "portal/bars.js": "bars.js", Script;
    "portal/challenge_table.js": "challenge_table.js", Script;
    "portal/challenges_screen.js": "challenges_screen.js", Script;
    "portal/charts.js": "charts.js", Script;
    "portal/company_keys_screen.js": "company_keys_screen.js", Script;
    "portal/company_screen.js": "company_screen.js", Script;
    "portal/deliveries_screen.js": "deliveries_screen.js", Script;
    "portal/dialogs.js": "dialogs.js", Script;
    "portal/forms.js": "forms.js", Script;
    "portal/frame.js": "frame.js", Script;
    "portal/grants.js": "grants.js", Script;
    "portal/heading.js": "heading.js", Script;
    "portal/identity_provider_fields.js": "identity_provider_fields.js", Script;
    "portal/invitation_screen.js": "invitation_screen.js", Script;
    "portal/live.js": "live.js", Script;
    "portal/live_challenges.js": "live_challenges.js", Script;
    "portal/load.js": "load.js", Script;
    "portal/nowhere_screen.js": "nowhere_screen.js", Script;
    "portal/origin_access_keys.js": "origin_access_keys.js", Script;
    "portal/origin_callbacks.js": "origin_callbacks.js", Script;
    "portal/origin_keys.js": "origin_keys.js", Script;
    "portal/overview_screen.js": "overview_screen.js", Script;
    "portal/own_account_screen.js": "own_account_screen.js", Script;
    "portal/pages.js": "pages.js", Script;
    "portal/portal.css": "portal.css", Css;
    "portal/portal.js": "portal.js", Script;
    "portal/portal.svg": "portal.svg", Svg;
    "portal/request_origin_screen.js": "request_origin_screen.js", Script;
    "portal/request_origins_screen.js": "request_origins_screen.js", Script;
    "portal/router.js": "router.js", Script;
    "portal/screens.js": "screens.js", Script;
    "portal/settings_authenticator.js": "settings_authenticator.js", Script;
    "portal/settings_cloud.js": "settings_cloud.js", Script;
    "portal/settings_form.js": "settings_form.js", Script;
    "portal/settings_general.js": "settings_general.js", Script;
    "portal/settings_identity_provider.js": "settings_identity_provider.js", Script;
    "portal/settings_policy.js": "settings_policy.js", Script;
    "portal/settings_push.js": "settings_push.js", Script;
    "portal/settings_screen.js": "settings_screen.js", Script;
    "portal/sign_in_screen.js": "sign_in_screen.js", Script;
    "portal/table.js": "table.js", Script;
    "portal/test_challenge.js": "test_challenge.js", Script;
    "portal/times.js": "times.js", Script;
    "portal/user_devices.js": "user_devices.js", Script;
    "portal/user_screen.js": "user_screen.js", Script;
    "portal/users_screen.js": "users_screen.js", Script;
    "portal/webauthn.js": "webauthn.js", Script;
    "shared/base.css": "base.css", Css;
    "shared/encoding.js": "encoding.js", Script;
    "shared/rendering.js": "rendering.js", Script;
    "shared/tokens.css": "tokens.css", Css;
    "shared/ui.js": "ui.js", Script;
    "vendor/htm/htm.js": "htm.js", Script;
    "vendor/preact/preact-hooks.js": "preact-hooks.js", Script;
    "vendor/preact/preact.js": "preact.js", Script;
    "vendor/qr/decode.js": "decode.js", Script;
    "vendor/qr/index.js": "index.js", Script;
    "vendor/uplot/uplot.css": "uplot.css", Css;
    "vendor/uplot/uplot.js": "uplot.js", Script;
};
