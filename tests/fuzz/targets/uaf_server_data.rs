//! `header.serverData`: as it comes, and sealed for the application, the user and the times that a text names.
//! Lines: application, user, milliseconds, anything.

#![no_main]

use countersign_crypto::digest::sha256;
use countersign_fuzz::tampering::altered;
use countersign_fuzz::{lines, uaf};
use countersign_uaf::messages::Operation;
use countersign_uaf::server_data::{Challenge, ServerData};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(data) = ServerData::open(text, &uaf::mac) {
        assert_eq!(data.seal(&uaf::mac), text, "it has one text");
        assert!(uaf::registration_request().contains(text), "nobody else has the key");
    }
    sealed(text);
});

fn sealed(text: &str) {
    let Some([app_id, user, millis, rest]) = lines(text) else { return };
    let challenge = Challenge::from_random(sha256(rest.as_bytes()));
    let operation = match rest.len() % 3 {
        0 => Operation::Reg,
        1 => Operation::Auth,
        _ => Operation::Dereg,
    };
    let user = (!user.is_empty()).then_some(user);
    let reference = sha256(user.unwrap_or_default().as_bytes())[..16].try_into().expect("16 of 32 bytes");
    let millis = millis.parse().unwrap_or_default();
    let data = ServerData::new(operation, challenge, millis, app_id, user, reference);
    let sealed = data.seal(&uaf::mac);
    assert_eq!(sealed.len(), 162);
    assert_eq!(ServerData::open(&sealed, &uaf::mac).as_ref(), Ok(&data));
    assert!(data.is_for(app_id, user));
    assert!(!data.is_for(app_id, Some(&format!("{rest}{}x", user.unwrap_or_default()))));
    assert!(!data.is_for(&format!("{app_id}x"), user));
    // What is one text of two is not the same two.
    assert!(!data.is_for(&format!("{app_id}{}x", user.unwrap_or_default()), None));
    let other = |message: &[u8]| sha256(message);
    assert!(ServerData::open(&sealed, &other).is_err());
    let bad = altered(&sealed, text.as_bytes()).expect("there is a text");
    assert!(ServerData::open(&bad, &uaf::mac).is_err(), "{bad}");
}
