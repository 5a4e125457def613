//! What an identity provider says of itself. Lines: JWK set, discovery document.

#![no_main]

use std::cell::OnceCell;

use countersign_domain::identity_provider::IdpProtocol;
use countersign_domain::outbound_url::Loopback;
use countersign_fuzz::lines;
use countersign_fuzz::running::wait;
use countersign_fuzz::website::Website;
use countersign_identity::{Idp, IdpError, Proposal, Refusal};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

const SITE: &str = "ISSUER";
const WELL_KNOWN: &str = "/.well-known/openid-configuration";

thread_local! {
    static PROVIDER: OnceCell<(Website, Idp)> = const { OnceCell::new() };
}

fuzz_target!(|text: &str| {
    let Some([keys, description]) = lines(text) else { return };
    // Only documents that say where the keys are lead to a second call, and it must stay on this machine.
    let Ok(mut document) = serde_json::from_str::<Value>(description) else { return };
    PROVIDER.with(|provider| {
        let (site, idp) = provider.get_or_init(|| {
            (Website::open(), Idp::new(Loopback::Allowed).expect("an HTTP client can be made"))
        });
        if let Some(place) = document.get_mut("jwks_uri").filter(|place| place.is_string()) {
            *place = Value::String(format!("{SITE}/keys"));
        }
        // The port is another one at each run, so the seeds have a word in its place.
        let document = document.to_string().replace(SITE, site.url());
        site.put(WELL_KNOWN, document.clone());
        site.put("/keys", keys);
        let proposal = Proposal {
            idp_type: "oidc".into(),
            idp_server_name: "Staff".into(),
            client_id: "countersign".into(),
            discovery_url: Some(format!("{}{WELL_KNOWN}", site.url())),
            ..Proposal::default()
        };
        match wait(idp.accept(proposal)) {
            Ok(provider) => {
                let IdpProtocol::OpenIdConnect(settings) = provider.protocol else {
                    panic!("another protocol")
                };
                let document: Value = serde_json::from_str(&document).expect("the document is JSON");
                assert_eq!(document["issuer"], settings.issuer);
                assert_eq!(settings.issuer.trim_end_matches('/'), site.url());
                for name in [
                    "authorization_endpoint",
                    "token_endpoint",
                    "userinfo_endpoint",
                    "introspection_endpoint",
                ] {
                    if let Some(url) = document[name].as_str() {
                        let scheme = url::Url::parse(url).map(|url| url.scheme().to_owned());
                        assert!(scheme.is_ok_and(|scheme| ["http", "https"].contains(&scheme.as_str())));
                    }
                }
                let keys: Value = serde_json::from_str(keys).expect("the keys are JSON");
                assert!(keys["keys"].as_array().is_some_and(|keys| !keys.is_empty()));
            }
            // A busy machine may not answer itself in time.
            Err(Refusal::Provider(IdpError::Misconfigured(_) | IdpError::Unavailable(_))) => {}
            Err(other) => panic!("{other}"),
        }
    });
});
