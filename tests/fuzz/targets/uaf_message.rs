//! UAF messages and final challenge parameters, as they come; and texts that a server asks to confirm, as a client shows
//! them.

#![no_main]

use std::cell::RefCell;
use std::fmt::Debug;

use countersign_authenticator::uaf::{Client, ClientError};
use countersign_crypto::encoding::base64url;
use countersign_fuzz::{reread, uaf};
use countersign_uaf::final_challenge::FcParams;
use countersign_uaf::messages::{
    self, AuthenticationRequest, DeregistrationRequest, RegistrationRequest, Response, Version, Versioned,
};
use countersign_uaf::refusal::Refusal;
use libfuzzer_sys::fuzz_target;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

fuzz_target!(|text: &str| {
    message::<Response>(text);
    message::<RegistrationRequest>(text);
    message::<AuthenticationRequest>(text);
    message::<DeregistrationRequest>(text);
    if let Ok(params) = FcParams::parse(&base64url(text.as_bytes())) {
        assert_eq!(reread(&params), params);
        assert!(serde_json::from_str::<Value>(text).is_ok_and(|json| json.is_object()));
        assert!(FcParams::parse(text).is_err(), "JSON is not base64url");
    }
    shown(text);
});

fn message<M: Versioned + Serialize + DeserializeOwned + PartialEq + Debug>(text: &str) {
    let Ok(read) = messages::parse::<M>(text.as_bytes(), &uaf::VERSIONS) else { return };
    let version = read.header().upv;
    assert!(uaf::VERSIONS.contains(&version));
    let written = messages::write(&read);
    assert_eq!(messages::parse::<M>(written.as_bytes(), &[version]).as_ref(), Ok(&read));
    // The first version that is asked for is the one that is taken, wherever it stands.
    let newest = messages::parse::<M>(text.as_bytes(), &[Version::V1_1]);
    if version == Version::V1_1 {
        assert_eq!(newest, Ok(read));
    } else {
        assert_eq!(newest, Err(Refusal::Version));
    }
}

/// What the server asks to confirm, the client shows, or it shows nothing.
fn shown(text: &str) {
    let Some(request) = uaf::request_to_confirm(text) else { return };
    let shown = RefCell::new(None);
    let confirm = |text: &str| {
        *shown.borrow_mut() = Some(text.to_owned());
        false
    };
    let answer = Client::new(uaf::FACET).answer(&request, &mut [], &confirm);
    assert_eq!(answer, Err(ClientError::Declined));
    assert_eq!(shown.take().as_deref(), Some(text));
}
