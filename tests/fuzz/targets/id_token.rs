//! Id tokens, at the end of a login: a text as it comes, or claims that the provider signed.

#![no_main]

use std::cell::OnceCell;

use countersign_domain::identity_provider::{
    IdentityProvider, IdpProtocol, OpenIdConnect, Scopes, TokenFailBehaviour,
};
use countersign_domain::outbound_url::{Loopback, OutboundUrl};
use countersign_domain::secret::Secret;
use countersign_fuzz::running::wait;
use countersign_fuzz::samples::{self, NOW};
use countersign_fuzz::website::Website;
use countersign_identity::{Connection, Idp, IdpError, LoginParameters};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

const CLIENT: &str = "countersign";
const NONCE: &str = "nonce-1";
const ISSUER: &str = "ISSUER";
const VERIFIER: &str = "0123456789012345678901234567890123456789abc";

struct Provider {
    site: Website,
    idp: Idp,
    settings: IdentityProvider,
    verifier: Secret<String>,
}

thread_local! {
    static PROVIDER: OnceCell<Provider> = const { OnceCell::new() };
}

fn provider() -> Provider {
    let site = Website::open();
    let url = site.url();
    let description = json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "userinfo_endpoint": format!("{url}/userinfo"),
        "jwks_uri": format!("{url}/keys"),
    });
    site.put("/.well-known/openid-configuration", description.to_string());
    site.put("/keys", json!({ "keys": [samples::auth_key().public().published()] }).to_string());
    let discovery = format!("{url}/.well-known/openid-configuration");
    let discovery_url = OutboundUrl::parse("discoveryUrl", &discovery, Loopback::Allowed);
    let settings = IdentityProvider {
        name: "Staff".into(),
        client_id: CLIENT.into(),
        client_secret: None,
        token_fail: TokenFailBehaviour::default(),
        protocol: IdpProtocol::OpenIdConnect(OpenIdConnect {
            discovery_url: discovery_url.expect("the URL is well-formed"),
            issuer: url.to_owned(),
            scopes: Scopes::default(),
        }),
    };
    let idp = Idp::new(Loopback::Allowed).expect("an HTTP client can be made");
    Provider { site, idp, settings, verifier: Secret::new(VERIFIER.to_owned()) }
}

fuzz_target!(|text: &str| {
    PROVIDER.with(|provider_of_thread| {
        let provider = provider_of_thread.get_or_init(provider);
        // The port is another one at each run, so the seeds have a word in its place.
        let claims = text.replace(ISSUER, provider.site.url());
        if text.starts_with('{') {
            let key = samples::auth_key();
            let kid = key.public().thumbprint().to_string();
            let Ok(token) = key.sign_jws_bytes("JWT", &kid, claims.as_bytes()) else { return };
            match log_in(provider, &token) {
                Ok(subject) => check(&claims, provider.site.url(), &subject),
                Err(error) => check_refusal(&error),
            }
        } else {
            check_refusal(&log_in(provider, text).expect_err("nobody but the provider can sign"));
        }
    });
});

/// Ends a login with this id token; gives the subject.
fn log_in(provider: &Provider, id_token: &str) -> Result<String, IdpError> {
    let answer = json!({ "access_token": "at", "token_type": "Bearer", "id_token": id_token });
    provider.site.put("/token", answer.to_string());
    let connection = Connection { provider: &provider.settings, client_secret: None };
    let login = LoginParameters {
        verifier: &provider.verifier,
        nonce: NONCE,
        redirect_uri: "https://auth.example.com/api/idp/oidc/verify",
    };
    wait(provider.idp.exchange(&connection, "code", &login, NOW)).map(|(_, subject)| subject)
}

fn check_refusal(error: &IdpError) {
    // A busy machine may not answer itself in time.
    assert!(matches!(error, IdpError::Refused { .. } | IdpError::Unavailable(_)), "{error}");
}

/// OpenID Connect Core, section 3.1.3.7.
fn check(claims: &str, issuer: &str, subject: &str) {
    // Numbers too large for a `Value` may stand in claims that nobody reads.
    let Ok(claims) = serde_json::from_str::<Value>(claims) else { return };
    assert_eq!(claims["iss"].as_str().map(|issuer| issuer.trim_end_matches('/')), Some(issuer));
    assert_eq!(claims["sub"], subject);
    assert_eq!(claims["nonce"], NONCE);
    let for_us = match &claims["aud"] {
        Value::String(audience) => audience == CLIENT,
        Value::Array(audiences) => audiences.iter().any(|audience| audience == CLIENT),
        _ => false,
    };
    assert!(for_us);
    let seconds = |name: &str| claims[name].as_f64();
    let now = 1_795_341_600.0;
    assert_eq!(NOW.secs(), 1_795_341_600);
    assert!(seconds("exp").is_some_and(|expires| expires > now - 1.0), "{claims}");
    assert!(seconds("iat").is_some_and(|issued| issued < now + 61.0), "{claims}");
}
