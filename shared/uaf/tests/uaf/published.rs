//! Assertions that others have made and published.
//!
//! Source: eBay's UAF (github.com/eBay/UAF, Apache-2.0), `fido-uaf-core/src/test/java/org/ebayopensource/fido/uaf`:
//! `tlv/TestAssertions.java`, `ops/RegistrationResponseProcessingTest.java` and
//! `ops/AuthenticationResponseProcessingTest.java`. By their note, the first two assertions are the
//! examples of the FIDO UAF Protocol Specification 1.0.

use countersign_crypto::certificate_path::certified_key;
use countersign_crypto::uaf_signature::{Form, KeyForm, KeyKind, Scheme, UafPublicKey};
use countersign_uaf::assertion::{Attestation, AuthenticationAssertion, RegistrationAssertion};
use countersign_uaf::authentication::{self, AuthenticationRules};
use countersign_uaf::channel_binding::ChannelBindingRule;
use countersign_uaf::expected::Expected;
use countersign_uaf::facets::{FacetList, TrustedFacets};
use countersign_uaf::final_challenge::FcParams;
use countersign_uaf::match_criteria::MatchCriteria;
use countersign_uaf::messages::{Operation, Response, Version, parse};
use countersign_uaf::metadata::Statement;
use countersign_uaf::policy::Policy;
use countersign_uaf::refusal::Refusal;
use countersign_uaf::registration::{self, RegisteredKey, RegistrationRules};
use countersign_uaf::server_data::{Challenge, ServerData};
use countersign_uaf::tlv::Malformed;
use serde_json::json;

use crate::client::{sha256, unb64};
use crate::server::NOW;

const REGISTRATION: &str = "AT7uAgM-sQALLgkAQUJDRCNBQkNEDi4HAAABAQEAAAEKLiAA9tBzZC64ecgVQBGSQb5QtEIPC8-Vav4HsHLZDflLaugJLiAAZMCPn92yHv1Ip-iCiBb6i4ADq6ZOv569KFQCvYSJfNgNLggAAQAAAAEAAAAMLkEABJsvEtUsVKh7tmYHhJ2FBm3kHU-OCdWiUYVijgYa81MfkjQ1z6UiHbKP9_nRzIN9anprHqDGcR6q7O20q_yctZAHPjUCBi5AACv8L7YlRMx10gPnszGO6rLFqZFmmRkhtV0TIWuWqYxd1jO0wxam7i5qdEa19u4sfpHFZ9RGI_WHxINkH8FfvAwFLu0BMIIB6TCCAY8CAQEwCQYHKoZIzj0EATB7MQswCQYDVQQGEwJVUzELMAkGA1UECAwCQ0ExCzAJBgNVBAcMAlBBMRAwDgYDVQQKDAdOTkwsSW5jMQ0wCwYDVQQLDAREQU4xMRMwEQYDVQQDDApOTkwsSW5jIENBMRwwGgYJKoZIhvcNAQkBFg1ubmxAZ21haWwuY29tMB4XDTE0MDgyODIxMzU0MFoXDTE3MDUyNDIxMzU0MFowgYYxCzAJBgNVBAYTAlVTMQswCQYDVQQIDAJDQTEWMBQGA1UEBwwNU2FuIEZyYW5jaXNjbzEQMA4GA1UECgwHTk5MLEluYzENMAsGA1UECwwEREFOMTETMBEGA1UEAwwKTk5MLEluYyBDQTEcMBoGCSqGSIb3DQEJARYNbm5sQGdtYWlsLmNvbTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABCGBt3CIjnDowzSiF68C2aErYXnDUsWXOYxqIPim0OWg9FFdUYCa6AgKjn1R99Ek2d803sGKROivnavmdVH-SnEwCQYHKoZIzj0EAQNJADBGAiEAzAQujXnSS9AIAh6lGz6ydypLVTsTnBzqGJ4ypIqy_qUCIQCFsuOEGcRV-o4GHPBph_VMrG3NpYh2GKPjsAim_cSNmQ";
const REGISTRATION_PARAMS: &str = "eyJhcHBJRCI6Imh0dHBzOi8vdWFmLXRlc3QtMS5ub2tub2t0ZXN0LmNvbTo4NDQzL1NhbXBsZUFwcC91YWYvZmFjZXRzIiwiY2hhbGxlbmdlIjoiSDlpVzl5QTlhQVhGX2xlbFFvaV9EaFVrNTE0QWQ4VHF2MHpDbkNxS0RwbyIsImNoYW5uZWxCaW5kaW5nIjp7fSwiZmFjZXRJRCI6ImNvbS5ub2tub2suYW5kcm9pZC5zYW1wbGVhcHAifQ";
const AUTHENTICATION: &str = "Aj7WAAQ-jgALLgkAQUJDRCNBQkNEDi4FAAABAQEADy4gAHwyJAEX8t1b2wOxbaKOC5ZL7ACqbLo_TtiQfK3DzDsHCi4gAFwCUz-dOuafXKXJLbkUrIzjAU6oDbP8B9iLQRmCf58fEC4AAAkuIABkwI-f3bIe_Uin6IKIFvqLgAOrpk6_nr0oVAK9hIl82A0uBAACAAAABi5AADwDOcBvPslX2bRNy4SvFhAwhEAoBSGUitgMUNChgUSMxss3K3ukekq1paG7Fv1v5mBmDCZVPt2NCTnjUxrjTp4";
const AUTHENTICATION_PARAMS: &str = "eyJhcHBJRCI6Imh0dHBzOi8vdWFmLXRlc3QtMS5ub2tub2t0ZXN0LmNvbTo4NDQzL1NhbXBsZUFwcC91YWYvZmFjZXRzIiwiY2hhbGxlbmdlIjoiSFExVmtUVVFDMU5KRE9vNk9PV2R4ZXdyYjlpNVd0aGpmS0llaEZ4cGV1VSIsImNoYW5uZWxCaW5kaW5nIjp7fSwiZmFjZXRJRCI6ImNvbS5ub2tub2suYW5kcm9pZC5zYW1wbGVhcHAifQ";
/// `getSecondExampleRegAssertions`: P-256, DER.
const SECOND_REGISTRATION: &str = "AT5HAwM-ywALLgkAMTM4QSM0MjAyDi4HAAEAAQIAAQEKLiAA8y7kunvd44-a9X2uorVkBXY9O2cBjq9eoMJ_dMHp9N8JLiAAzsfjhbCwYi_w-zHTiFvJj7cv-siLlds5DaqhxS9Wt9YNLggAAAAAAAAAAAAMLlsAMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYF90PjVZI3r6boxoZU7coML95fq-aaBMiBlCtD1OakDWlyfOvy3XNGq0VgGi07907M7nbYQk4X7DxvRNw32i_gc-dAIGLkcAMEUCIA5ini_jQ_LbeISWDTjXySWZtFq5b5fJpd-ZPttbhfDtAiEA3n2RnSN-pE9GvQOyBv7CMAxvbTdro2dtQrYXwL0iuJQFLiUCMIICITCCAccCAQEwCQYHKoZIzj0EATCBnDELMAkGA1UEBhMCVVMxCzAJBgNVBAgTAkNBMREwDwYDVQQHEwhTYW4gSm9zZTEYMBYGA1UEChMPU3luYXB0aWNzLCBJbmMuMQwwCgYDVQQLEwNCUEQxGTAXBgNVBAMTEFNtYmF0IFRvbm95YW4gQ0ExKjAoBgkqhkiG9w0BCQEWG3NtYmF0LnRvbm95YW5Ac3luYXB0aWNzLmNvbTAeFw0xNDA5MTYxOTI3MjZaFw0xOTA5MTYxOTI3MjZaMIGcMQswCQYDVQQGEwJVUzELMAkGA1UECBMCQ0ExETAPBgNVBAcTCFNhbiBKb3NlMRgwFgYDVQQKEw9TeW5hcHRpY3MsIEluYy4xDDAKBgNVBAsTA0JQRDEZMBcGA1UEAxMQU21iYXQgVG9ub3lhbiBDQTEqMCgGCSqGSIb3DQEJARYbc21iYXQudG9ub3lhbkBzeW5hcHRpY3MuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9_MKXwdtfkbsFR2kvtnSlnesBJdF5acPuUBswKcnQhAHDv7Btf9LHQppfTOrSl4ndkLasRfmoTANz7nEGM3RzTAJBgcqhkjOPQQBA0kAMEYCIQDqU8DxhlwEe4gfyJDVTyWNdbbzOuluMHk3j31DHYsyQgIhANkuIVsk9QcaiD-ZR-RDoGmUEIj97TUYCSiSTAXgACuW";
/// `getExampleAuthAssertionsFromCertTool`: of the same key.
const SECOND_AUTHENTICATION: &str = "Aj7dAAQ-jgALLgkAMTM4QSM0MjAyDi4FAAEAAQIADy4gAJfEmYk26lFFh2SuauTyifleHuyCxV6BltcFRYwVcchoCi4gAIxSWV2sXij9UL5vS7388vqDPZ3DWQEopzLymJygk6CXEC4AAAkuIADOx-OFsLBiL_D7MdOIW8mPty_6yIuV2zkNqqHFL1a31g0uBAAAAAAABi5HADBFAiEAzP5DVJ6gOedFMeDjW4qVtD3Yu-QhV3Zvr9t0BaZRITACIBPJu5naQObiMRyA3gCz5-GvfYx7x7VhRqChK-2-sxA6";
/// `regRequestAssertionsFromRaon`: RSASSA-PSS in DER.
const RSA_REGISTRATION: &str = "AT5QBgM-lgELLgkAMDAxMiMwMDAxDi4HAAEAAQQAAwEKLiAAFzx3Wxn0FhhRvPRJVe5ihyU99snfoYFx2G9WXsCXFLYJLiAAqIffFV_YwKr-D6p3Gor4cufPuLSmM38R6JviyP0wZ1wNLggAAAAAAAEAAAAMLiYBMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAnPF8HJL8PAYe0aG4Xrzvu6LuJHr8-0vyY0jNzK3461hR2xLYzkhDgNeU2Jlo9KAkOwqKngOKG6oiAm8dcxBZAUr8K4pcrG-LRLdp3x3jGUfKa8DaCWsim1FKJ0yPgILatq0EOjCvqWpPZ0a0FJl5aiwdiY4y-ROh0OZDKsH9abvxaWaw7eZbcujpTSOk82A5BZA4K0FVKvuWy2CoAaAn3Vq96l6uLkmzGK5mv0E68fL0R7lVN7nwuNSUjwGkXfyAjQbjj5KqGAz_RNs0oxivP3AVXcuKJsFNi_DpMPUdflRYvJJDny4YoUR_uGsbDTfv1bDq4gyHp9pxutWt8ZfZkwIDAQABBz6yBAYuBAEEggEATfNY1LzLA01dQJuFgrPaa98nwXpiZZAXeYBLMPstdi3WRrFN81xqIm5hndGDAPOEaa9CxRMuKLyv6D4VMspT0vVUI8dd1RDiIsUdqJY9xxZ4STYFNsGVYPlNqtSFiLu98m07Yt68_I1cyNy0ukrDifl1YxCoKcmywFvjDpWkg0GxYeGFJqE08yMGkhe6MKNzblXbIQs0ik-h2Tbvt0sy7Q0YXV4oJcQ-Bm3pjqzUx0aJ8zSjRNB5jk1HKuJC2T_FkCx6JdyA64RTqRSl4cXMl_E-R-NybDCcglujjPAP6PZLBBFKfOVXmtf7F0rsAMfqVjhdVCjadehozUWS_R7w2AUupgMwggOiMIICiqADAgECAgkA5iMJfjCBYsUwDQYJKoZIhvcNAQELBQAwZzELMAkGA1UEBhMCS1IxHTAbBgNVBAoTFFJhb25TZWN1cmUgQ28uLCBMdGQuMRowGAYDVQQLExFRdWFsaXR5IEFzc3VyYW5jZTEdMBsGA1UEAxMUUmFvblNlY3VyZSBDby4sIEx0ZC4wHhcNMTUwNDIzMDQ0MDMzWhcNNDUwNDE1MDQ0MDMzWjCBjDELMAkGA1UEBhMCS1IxDjAMBgNVBAgTBVNlb3VsMR0wGwYDVQQKExRSYW9uU2VjdXJlIENvLiwgTHRkLjEVMBMGA1UECxMMTmV3dGVjaCBUZWFtMRIwEAYDVQQDFAkwMDEyIzAwMDExIzAhBgkqhkiG9w0BCQEWFGhrY2hvQHJhb25zZWN1cmUuY29tMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAxVcJceaJF-eKtHhUN06DovR00L6WhKYkHzIoXJ6_kNGD1ERhwbc7jg-RocU4jyMuL94XlUz_8iyi2ePH6vf8GHTTGr1-wSHZuLCwbQgOJVdgEdf0W2gg7I-GxjlxsPKANUjQOyPEf5qlhova0_8ZPEdL2LkhcJvtCD0AlZr_B90exHhjFIJdZHs-tZdIJb8tp3N15HLyJ8FqN6QD6_CIaAZV91SBAuO6iiBcGVIz_XtcAjHm1_9x9os9dDf8B8Jgao26124cj7S0EzA1hC4bP2Yv1xA04npUUupTDX9f4SGkWmuxLulVwH4jH0qNlGQjCFDer7mMqrtH5gKNqoNR5QIDAQABoyswKTASBgNVHRMBAf8ECDAGAQH_AgEBMBMGA1UdJQQMMAoGCCsGAQUFBwMCMA0GCSqGSIb3DQEBCwUAA4IBAQA2wd3i61HnaDwtigEQgrv5i12G888QaVaEkb3uqvRaW4Qc5yp3hXSpxZHaOqEIDxcAxCwdYqypXx6YlkQ9L-ecwIdNnuzBrEqPb2f4FDP5asm9vu-SZt9vbBiXYYCa8p0tvldO_kl-mNeB7c2kAk0oOWXMaHlW7ll8BstB2o2eXE1QlNdxckUma7SK6Gg7R_OQDTy6_pdNoy2wzKuey_bmzz7g9050BQ2H44tIZkvf4NSU6ClA3ykyMYuWTsO6Y0EKCUevmO_4RTFQmDWrifPwOIH7nQmsulB_ECEM9m1MeTnJ_Gs6IDlKr8xLJifq_TFKWI3WIELUEv9807RIykez";
/// `getExampleAuthAssertionsFromClient`: eBay's own client, whose key id is a short text.
const SHORT_KEY_ID: &str = "Aj7pAAQ-oQALLgkARUJBMCMwMDAxDi4FAAAAAQEADy5AAGViNjMzZDFhYmFjZGE4Y2Y4OTY5MWUzMWYwMWRkZDhkOGRlNDNlZGU0YmRjODg0NDEzYTk0ZDcyOTY5MmI4N2MKLiAAdNzsCTw7YKlgZchOT85w8JeWgTGTcHSmcrIle48h4DcQLgAACS4PAGViYXktdGVzdC1rZXktMg0uCAAAAAEAAAABAAYuQADmAQ9n5BI-6aYGfqar2vbP6G-EgY_zo_RRf_VqzIlsYN-fM5YrUQ2LzPR9QT-gtPMLXGII7SF3mv6j8qjcUY9F";

fn mac(message: &[u8]) -> [u8; 32] {
    sha256(message).try_into().unwrap()
}

/// The answer that carries a published assertion and its parameters, with server data of our own.
fn message(operation: Operation, fc_params: &str, assertion: &str) -> Response {
    let params = FcParams::parse(fc_params).unwrap();
    let challenge = Challenge::from_random(unb64(&params.challenge).try_into().unwrap());
    let data = ServerData::new(operation, challenge, NOW + 1, &params.app_id, None, [0; 16]).seal(&mac);
    let json = json!([{
        "assertions": [{ "assertion": assertion, "assertionScheme": "UAFV1TLV" }],
        "fcParams": fc_params,
        "header": { "appID": params.app_id, "op": operation, "serverData": data, "upv": { "major": 1, "minor": 0 } },
    }]);
    parse(json.to_string().as_bytes(), &[Version::V1_0]).unwrap()
}

fn verified(registration: &str, authentication: &str) -> Result<RegisteredKey, Refusal> {
    let facets =
        vec![FacetList { version: Version::V1_0, ids: vec!["com.noknok.android.sampleapp".to_owned()] }];
    let expected = Expected {
        versions: &[Version::V1_0],
        app_id: "https://uaf-test-1.noknoktest.com:8443/SampleApp/uaf/facets",
        facets: &TrustedFacets { trusted_facets: facets },
        channel_binding: &ChannelBindingRule::default(),
        user: None,
        mac: &mac,
        challenge_is_unused: true,
        now_millis: NOW,
    };
    // The certificate is one of version 1 that is listed itself.
    let bytes = unb64(REGISTRATION);
    let Ok(RegistrationAssertion { attestation: Attestation::BasicFull { certificates, .. }, .. }) =
        RegistrationAssertion::parse(&bytes)
    else {
        panic!("the example is a certified registration");
    };
    let mut statement: Statement = serde_json::from_value(json!({
        "aaid": "ABCD#ABCD", "authenticatorVersion": 0, "assertionScheme": "UAFV1TLV", "authenticationAlgorithm": 1,
        "publicKeyAlgAndEncoding": 256, "attestationTypes": [15879],
    }))
    .unwrap();
    statement.attestation_root_certificates =
        vec![countersign_uaf::metadata::RootCertificate(certificates[0].to_vec())];
    let metadata = vec![statement];
    let models = MatchCriteria::models(vec!["ABCD#ABCD".parse().unwrap()]);
    let policy = Policy::new(vec![vec![models]], Vec::new()).unwrap();

    let response = message(Operation::Reg, REGISTRATION_PARAMS, registration);
    let rules = RegistrationRules { policy: &policy, metadata: &metadata, registered: &[] };
    let outcome = registration::verify(&response, &expected, &rules).map_err(|refused| refused.refusal)?;
    let key = outcome.keys[0].key.clone();

    let response = message(Operation::Auth, AUTHENTICATION_PARAMS, authentication);
    let keys = [key.clone()];
    let rules = AuthenticationRules { policy: &policy, metadata: &metadata, keys: &keys, transactions: &[] };
    let outcome = authentication::verify(&response, &expected, &rules).map_err(|refused| refused.refusal)?;
    assert_eq!((outcome.keys[0].previous_counter, outcome.keys[0].sign_counter), (1, 2));
    Ok(key)
}

#[test]
fn the_examples_of_the_specification_register_and_authenticate() {
    let key = verified(REGISTRATION, AUTHENTICATION).unwrap();
    // The bytes 00 01 are little-endian.
    assert_eq!((key.registration_counter, key.authenticator_version), (1, 0x0100));
}

#[test]
fn every_byte_of_the_examples_counts() {
    let flip = |text: &str, at: usize| {
        let mut bytes = unb64(text);
        bytes[at] ^= 1;
        crate::client::b64(&bytes)
    };
    for at in 0..unb64(REGISTRATION).len() {
        assert!(verified(&flip(REGISTRATION, at), AUTHENTICATION).is_err(), "registration, byte {at}");
    }
    for at in 0..unb64(AUTHENTICATION).len() {
        assert!(verified(REGISTRATION, &flip(AUTHENTICATION, at)).is_err(), "authentication, byte {at}");
    }
}

/// Of these the parameters were not published, so only attestation and signature can be verified.
fn attested(registration: &str, kind: KeyKind, scheme: Scheme) -> bool {
    let bytes = unb64(registration);
    let assertion = RegistrationAssertion::parse(&bytes).unwrap();
    let Attestation::BasicFull { signature, certificates } = &assertion.attestation else {
        panic!("it is a certified registration");
    };
    let key = certified_key(certificates, &[certificates[0]], NOW, kind).unwrap();
    key.verify(scheme, Form::Der, assertion.signed, signature)
}

#[test]
fn a_registration_and_authentication_in_der_verify() {
    assert!(attested(SECOND_REGISTRATION, KeyKind::P256, Scheme::EcdsaP256));
    let bytes = unb64(SECOND_REGISTRATION);
    let registration = RegistrationAssertion::parse(&bytes).unwrap();
    let key = UafPublicKey::read(KeyKind::P256, KeyForm::EcDer, registration.public_key).unwrap();
    let bytes = unb64(SECOND_AUTHENTICATION);
    let assertion = AuthenticationAssertion::parse(&bytes).unwrap();
    assert_eq!(assertion.key_id, registration.key_id);
    assert!(key.verify(Scheme::EcdsaP256, Form::Der, assertion.signed, assertion.signature));
    assert!(!key.verify(Scheme::EcdsaP256, Form::Der, &assertion.signed[4..], assertion.signature));
}

#[test]
fn a_registration_with_rsa_verifies() {
    assert!(attested(RSA_REGISTRATION, KeyKind::Rsa, Scheme::RsaPss));
    assert!(!attested(RSA_REGISTRATION, KeyKind::Rsa, Scheme::RsaPkcs1));
    let bytes = unb64(RSA_REGISTRATION);
    let assertion = RegistrationAssertion::parse(&bytes).unwrap();
    assert!(UafPublicKey::read(KeyKind::Rsa, KeyForm::RsaDer, assertion.public_key).is_ok());
}

#[test]
fn a_key_id_of_another_length_is_refused() {
    assert_eq!(AuthenticationAssertion::parse(&unb64(SHORT_KEY_ID)), Err(Malformed));
}
