//! Metadata statements, and what a registration is worth under them; facet ids, one a line.

#![no_main]

use std::cell::OnceCell;

use countersign_authenticator::uaf::{ATTESTED_MODEL, MODEL};
use countersign_fuzz::uaf;
use countersign_uaf::algorithms::{KeyEncoding, SignatureAlgorithm};
use countersign_uaf::facets::TrustedFacets;
use countersign_uaf::messages::Response;
use countersign_uaf::metadata::{AttestationType, Metadata, Statement, UAFV1TLV, USER_VERIFY_ALL};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static VALID: OnceCell<[Response; 2]> = const { OnceCell::new() };
}

fuzz_target!(|text: &str| {
    facets(text);
    let Ok(statement) = serde_json::from_str::<Statement>(text) else { return };
    assert_eq!(serde_json::from_str::<Statement>(text).as_ref().ok(), Some(&statement));
    assert_eq!(statement.aaid.to_string().parse().as_ref(), Ok(&statement.aaid));
    assert_eq!(statement.user_verifications().count(), statement.user_verification_details.len());
    for (flags, factors) in statement.user_verifications().zip(&statement.user_verification_details) {
        assert!(factors.len() < 2 || flags & USER_VERIFY_ALL != 0);
        assert!(factors.iter().all(|factor| flags & factor.user_verification == factor.user_verification));
    }
    VALID.with(|valid| {
        let valid = valid.get_or_init(|| [uaf::REGISTRATION, uaf::ATTESTED_REGISTRATION].map(uaf::valid));
        let known = vec![statement];
        for response in valid {
            registration(response, &known);
        }
    });
});

/// A valid registration under the only statement that is known.
fn registration(response: &Response, known: &Vec<Statement>) {
    let Ok(registered) = uaf::verify_registration(response, known) else { return };
    let key = &registered.keys[0].key;
    let statement = known.statement(&key.aaid).expect("only what is known is registered");
    assert!(!statement.revoked && statement.authenticator_version <= key.authenticator_version);
    assert_eq!(statement.assertion_scheme, UAFV1TLV);
    assert!(statement.authentication_algorithms.contains(&SignatureAlgorithm::P256Raw));
    assert!(statement.key_encodings.contains(&KeyEncoding::EcRaw));
    let kind = registered.keys[0].attestation;
    assert!(statement.attestation_types.contains(&kind));
    let surrogate = kind == AttestationType::BasicSurrogate;
    assert_eq!(surrogate, statement.attestation_root_certificates.is_empty());
    assert_eq!(key.aaid.as_str(), if surrogate { MODEL } else { ATTESTED_MODEL });
}

fn facets(text: &str) {
    let ids: Vec<String> = text.lines().map(str::to_owned).collect();
    let Ok(facets) = TrustedFacets::new(&uaf::VERSIONS, &ids) else { return };
    let written = facets.to_json();
    assert_eq!(serde_json::from_str::<TrustedFacets>(&written).ok().as_ref(), Some(&facets));
    for id in &ids {
        assert!(uaf::VERSIONS.iter().all(|version| facets.trusts(id, *version)));
        assert!(!id.starts_with("http:"), "no web page without TLS is trusted");
        if id.starts_with("https:") {
            let url = url::Url::parse(id).ok();
            assert!(url.is_none_or(|url| url.path() == "/" && url.username().is_empty()), "{id}");
        }
    }
}
