//! What callers prove themselves with, and `Idempotency-Key`. Lines: `Authorization`, `Device-Proof`, `Idempotency-Key`.

#![no_main]

use countersign_crypto::encoding::base64;
use countersign_fuzz::lines;
use countersign_fuzz::requests::{request, with_header};
use countersign_fuzz::running::wait;
use countersign_lambda::Dialect;
use countersign_lambda::call::{Call, NoBody};
use countersign_lambda::device::{DeviceRead, Proof};
use countersign_lambda::origin::OriginRead;
use http::Method;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Some([authorization, proof, key]) = lines(text) else { return };
    if let Some(call) = call("authorization", authorization)
        && let Ok(read) = OriginRead::of(&call)
    {
        assert!(read.id().to_string().starts_with(&read.tenant().to_string()[..8]));
        let scheme = authorization.get(..6).unwrap_or_default();
        assert!(scheme.eq_ignore_ascii_case("basic ") || scheme == "CX1-HM");
    }
    // The same as user and password of HTTP Basic.
    if let Some(call) = call("authorization", &format!("Basic {}", base64(authorization.as_bytes())))
        && let Ok(read) = OriginRead::of(&call)
    {
        let user = authorization.split(':').next().unwrap_or_default();
        assert_eq!(read.id().to_string(), user.to_ascii_lowercase());
    }
    if let Some(call) = call("device-proof", proof) {
        match (Proof::of(&call), DeviceRead::of(&call)) {
            (Ok(proof), Ok(read)) => assert_eq!(proof.user, read.user()),
            (Err(_), Err(_)) => {}
            _ => panic!("a proof is read in one way"),
        }
        assert!(OriginRead::of(&call).is_err());
    }
    if let Some(call) = call("idempotency-key", key) {
        match call.idempotency_key() {
            Ok(Some(read)) => assert_eq!(read.as_str(), key),
            Ok(None) => panic!("the header is there"),
            Err(refusal) => assert!(refusal.tell().status.is_client_error()),
        }
    }
});

fn call(name: &'static str, value: &str) -> Option<Call<NoBody>> {
    let request = request(Method::POST, "/api", "", "application/json", b"");
    let request = with_header(request, name, value.as_bytes())?;
    // A client cannot send spaces at the ends of a value: HTTP does not count them to it.
    (value.trim() == value)
        .then(|| wait(Call::parse(request, Dialect::Countersign)).expect("a call without a body can be read"))
}
