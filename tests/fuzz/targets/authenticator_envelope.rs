//! What an app encrypts to an App Space: an envelope as it comes, and the same text as the content of one.

#![no_main]

use countersign_crypto::authenticator::Envelope;
use countersign_fuzz::{reread, samples, tampering};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    as_it_comes(text);
    as_content(text);
});

/// What the envelope opens to, if it does.
fn opened(envelope: &Envelope) -> Option<Vec<u8>> {
    samples::provider_key().decrypt(envelope).ok().map(|content| content.expose().clone())
}

fn as_it_comes(text: &str) {
    let Ok(envelope) = serde_json::from_str::<Envelope>(text) else { return };
    assert_eq!(reread(&envelope), envelope);
    assert_eq!(opened(&envelope), opened(&envelope), "wrong members stand for the same bytes each time");
}

fn as_content(content: &str) {
    let to = samples::provider_key().public();
    let envelope =
        Envelope::encrypt(to, content.as_bytes(), &samples::Always(7)).expect("any content can be encrypted");
    assert_eq!(opened(&envelope).as_deref(), Some(content.as_bytes()));
    let altered = |member: &str| tampering::altered(member, content.as_bytes()).expect("no member is empty");
    for other in [
        Envelope { key: altered(&envelope.key), ..envelope.clone() },
        Envelope { iv: altered(&envelope.iv), ..envelope.clone() },
        Envelope { data: altered(&envelope.data), ..envelope.clone() },
    ] {
        assert_ne!(opened(&other).as_deref(), Some(content.as_bytes()));
    }
}
