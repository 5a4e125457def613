use proptest::prelude::*;

use crate::actor::Actor;
use crate::device::{Device, DeviceName, PushRegistration, StrongFailure};
use crate::event::EventKind;
use crate::samples::{at, device, push_token};

const FAILURES_MAX: u8 = 3;

#[derive(Debug, Clone)]
enum Call {
    Revoke,
    Rename,
    SetToken(Option<&'static str>),
    Registered(&'static str),
    Disabled(&'static str),
    Gone(&'static str),
    StrongFailure,
    StrongSuccess,
}

fn call() -> impl Strategy<Value = Call> {
    let endpoint = || prop_oneof![Just("arn:a"), Just("arn:b")];
    prop_oneof![
        1 => Just(Call::Revoke),
        2 => Just(Call::Rename),
        4 => proptest::option::of(prop_oneof![Just("a"), Just("b")]).prop_map(Call::SetToken),
        4 => endpoint().prop_map(Call::Registered),
        2 => endpoint().prop_map(Call::Disabled),
        2 => endpoint().prop_map(Call::Gone),
        2 => Just(Call::StrongFailure),
        2 => Just(Call::StrongSuccess),
    ]
}

fn apply(device: Device, call: Call) -> Option<Device> {
    let now = at(1);
    match call {
        Call::Revoke => device.revoke_itself(now).ok(),
        Call::Rename => device.rename(DeviceName::parse("name", "New".into()).unwrap(), Actor::Service).ok(),
        Call::SetToken(token) => device.set_push_token(token.map(push_token)).ok(),
        Call::Registered(endpoint) => device.registered(endpoint.into()).ok(),
        Call::Disabled(endpoint) => device.push_disabled(endpoint, now).ok(),
        Call::Gone(endpoint) => device.endpoint_gone(endpoint).ok(),
        Call::StrongSuccess => Some(device.strong_success()),
        Call::StrongFailure => device.strong_failure(FAILURES_MAX, now).ok().map(|failure| match failure {
            StrongFailure::Counted { device, .. } | StrongFailure::UsedUp(device) => device,
        }),
    }
}

proptest! {
    #[test]
    fn it_never_acts_after_it_was_revoked(calls in proptest::collection::vec(call(), 0..32)) {
        let (mut device, mut revocations) = (device(), 0);
        for call in calls {
            let old = device.clone();
            let Some(new) = apply(device.clone(), call.clone()) else { continue };
            if !old.is_active() {
                let same = serde_json::to_value(&new).unwrap() == serde_json::to_value(&old).unwrap();
                prop_assert!(same, "{:?} changed a revoked device", call);
            }
            let told = EventKind::of_device(Some(&old), &new);
            revocations += usize::from(told == Some(EventKind::DeviceRevoked));
            prop_assert_eq!(new.is_active(), new.strong_failures < FAILURES_MAX && revocations == 0);
            if !new.is_active() {
                prop_assert_eq!(&new.push, &PushRegistration::None);
            }
            device = new;
        }
        prop_assert!(revocations <= 1);
    }
}
