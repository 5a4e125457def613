//! Assertions of UAFV1TLV, as bytes.

#![no_main]

use countersign_uaf::aaid::Aaid;
use countersign_uaf::assertion::{Attestation, AuthenticationAssertion, Mode, RegistrationAssertion};
use countersign_uaf::{tags, tlv};
use libfuzzer_sys::fuzz_target;

/// Of a tag and a length.
const HEAD: usize = 4;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(elements) = tlv::all(bytes) {
        let written = elements.iter().map(|one| tlv::write(one.tag, one.value));
        let written: Vec<Vec<u8>> = written.map(|one| one.expect("what was read is short enough")).collect();
        assert_eq!(written.concat(), bytes, "nothing is left unread");
    }
    registration(bytes);
    authentication(bytes);
});

fn registration(bytes: &[u8]) {
    let Ok(read) = RegistrationAssertion::parse(bytes) else { return };
    assert!(AuthenticationAssertion::parse(bytes).is_err(), "no bytes are both");
    let attestation = match &read.attestation {
        Attestation::BasicSurrogate { signature } => HEAD + signature.len(),
        Attestation::BasicFull { signature, certificates } => {
            assert!(!certificates.is_empty());
            certificates.iter().map(|der| HEAD + der.len()).sum::<usize>() + HEAD + signature.len()
        }
        Attestation::Ecdaa => bytes.len() - 2 * HEAD - read.signed.len(),
    };
    assert_eq!(bytes.len(), 2 * HEAD + read.signed.len() + attestation, "nothing is left unread");
    assert_eq!(read.info.mode, Mode::Verified);
    let signed = signed(read.signed, tags::KRD);
    model(&signed, read.aaid);
    holds(&signed, tags::KEY_ID, read.key_id.as_bytes());
    holds(&signed, tags::PUB_KEY, read.public_key);
    holds(&signed, tags::FINAL_CHALLENGE_HASH, &read.final_challenge_hash);
    let counters = [read.sign_counter.to_le_bytes(), read.registration_counter.to_le_bytes()];
    holds(&signed, tags::COUNTERS, &counters.concat());
}

fn authentication(bytes: &[u8]) {
    let Ok(read) = AuthenticationAssertion::parse(bytes) else { return };
    assert_eq!(bytes.len(), 2 * HEAD + read.signed.len() + read.signature.len(), "nothing is left unread");
    assert_eq!(read.transaction_hash.is_some(), read.info.mode == Mode::Confirmed);
    assert!(read.nonce.len() >= 8);
    let signed = signed(read.signed, tags::SIGNED_DATA);
    model(&signed, read.aaid);
    holds(&signed, tags::KEY_ID, read.key_id.as_bytes());
    holds(&signed, tags::AUTHENTICATOR_NONCE, read.nonce);
    holds(&signed, tags::FINAL_CHALLENGE_HASH, &read.final_challenge_hash);
    let confirmed = read.transaction_hash.as_ref().map_or(&[][..], |hash| &hash[..]);
    holds(&signed, tags::TRANSACTION_CONTENT_HASH, confirmed);
    holds(&signed, tags::COUNTERS, &read.sign_counter.to_le_bytes());
}

fn signed(whole: &[u8], tag: u16) -> Vec<tlv::Element<'_>> {
    let outer = tlv::one(tag, whole).expect("what is signed is one element");
    tlv::all(outer.value).expect("what is signed was read")
}

/// Its letters are kept in upper case, whatever was signed.
fn model(signed: &[tlv::Element<'_>], aaid: Aaid) {
    let element = signed.iter().find(|one| one.tag == tags::AAID).expect("the model was read");
    holds(signed, tags::AAID, element.value);
    assert!(aaid.as_str().as_bytes().eq_ignore_ascii_case(element.value));
}

/// What was read is what stands in the signed bytes, once.
fn holds(signed: &[tlv::Element<'_>], tag: u16, value: &[u8]) {
    let held: Vec<&[u8]> = signed.iter().filter(|one| one.tag == tag).map(|one| one.value).collect();
    assert_eq!(held, [value], "tag {tag:#06x}");
}
