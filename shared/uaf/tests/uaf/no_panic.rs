//! No bytes make a parser panic.

use countersign_uaf::assertion::{AuthenticationAssertion, RegistrationAssertion};
use proptest::prelude::*;

use crate::client::{Authenticator, nest, tlv};

/// Fields that are nearly those of an assertion.
fn fields() -> impl Strategy<Value = Vec<u8>> {
    let tag = prop_oneof![0x2e05u16..=0x2e14, Just(0x3e11u16), Just(0x3e12u16), any::<u16>()];
    let value = proptest::collection::vec(any::<u8>(), 0..40);
    proptest::collection::vec((tag, value), 0..10).prop_map(|fields| nest(0x3e03, &fields))
}

proptest! {
    #[test]
    fn arbitrary_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = RegistrationAssertion::parse(&bytes);
        let _ = AuthenticationAssertion::parse(&bytes);
    }

    #[test]
    fn arbitrary_fields(krd in fields(), attestation in fields(), kind in 0x3e07u16..=0x3e0a) {
        let registration = tlv(0x3e01, &[krd.clone(), tlv(kind, &attestation)].concat());
        let _ = RegistrationAssertion::parse(&registration);
        let mut data = krd;
        data[0] = 0x04;
        let _ = AuthenticationAssertion::parse(&tlv(0x3e02, &[data, tlv(0x2e06, &attestation)].concat()));
    }

    #[test]
    fn cut_and_changed(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let phone = Authenticator::new(1, 0x100);
        for mut bytes in [phone.register("e30"), phone.authenticate("e30", Some(b"x"))] {
            let at = at.index(bytes.len());
            bytes[at] = byte;
            bytes.truncate(cut.index(bytes.len()) + 1);
            let _ = RegistrationAssertion::parse(&bytes);
            let _ = AuthenticationAssertion::parse(&bytes);
        }
    }
}
