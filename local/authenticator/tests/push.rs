//! A push that the service encrypts opens with the app's key.

use countersign_authenticator::push_key::{NotForThisKey, PushKey};
use countersign_crypto::jwe::EncryptionKey;
use countersign_crypto::system::SystemRandom;

#[test]
fn what_the_service_encrypts_opens() {
    let key = PushKey::generate();
    let service = EncryptionKey::parse(&key.public_jwk().to_string()).unwrap();
    let payload = br#"{"token":"5b2f3f0e-2f4b-4d5c-9d6e-7f8091a2b3c4"}"#;
    let jwe = service.encrypt(payload, &SystemRandom).unwrap();
    assert_eq!(key.open(&jwe).as_deref(), Ok(&payload[..]));
    assert_eq!(PushKey::generate().open(&jwe), Err(NotForThisKey));
}
