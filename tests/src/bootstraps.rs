//! The bootstraps under functions/, for the tests and figures that build them.

/// The folders, each of which is one bootstrap of that name.
pub const BOOTSTRAPS: [&str; 9] =
    ["origin", "device", "idp", "cloud", "fido2", "authenticator", "admin", "portal", "jobs"];

/// The package of a bootstrap.
pub fn package_of(bootstrap: &str) -> String {
    match bootstrap {
        // Software authenticators have the other name.
        "authenticator" => "countersign-authenticator-api".to_owned(),
        other => format!("countersign-{other}"),
    }
}
