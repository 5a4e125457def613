//! Each transition of a device, allowed and refused.

use super::*;
use crate::samples::{at, device, push_token};

const REVOKED: Refused = Refused::WrongState { what: "device", state: "revoked" };

fn registration_is<T>(state: &'static str) -> Result<T, Refused> {
    Err(Refused::WrongState { what: "push registration", state })
}

fn with(push: PushRegistration) -> Device {
    Device { push, ..device() }
}

fn wanted(token: &str) -> PushRegistration {
    PushRegistration::Wanted { token: push_token(token) }
}

fn registered(token: &str, endpoint: &str) -> PushRegistration {
    PushRegistration::Registered { token: push_token(token), endpoint: endpoint.into() }
}

fn disabled(endpoint: &str) -> PushRegistration {
    PushRegistration::Disabled { at: at(1), endpoint: endpoint.into() }
}

fn push(result: Result<Device, Refused>) -> Result<PushRegistration, Refused> {
    result.map(|device| device.push)
}

fn revoked() -> Device {
    with(registered("a", "arn:a")).revoke_itself(at(1)).unwrap()
}

#[test]
fn it_is_revoked_once_and_takes_no_pushes_then() {
    for by in [RevokedBy::RequestOrigin, RevokedBy::Device, RevokedBy::StrongFailures, RevokedBy::User] {
        let revoked = with(registered("a", "arn:a")).revoke(by, Actor::Service, at(1)).unwrap();
        assert_eq!(revoked.state, DeviceState::Revoked { at: at(1), by });
        assert_eq!(revoked.push, PushRegistration::None);
        assert!(!revoked.is_active());
        assert_eq!(revoked.revoke(RevokedBy::User, Actor::Service, at(2)).map(|_| ()), Err(REVOKED));
    }
}

#[test]
fn a_revoked_one_does_nothing_more() {
    let name = DeviceName::parse("name", "New".into()).unwrap();
    assert_eq!(revoked().rename(name, Actor::Service).map(|_| ()), Err(REVOKED));
    assert_eq!(push(revoked().set_push_token(Some(push_token("b")))), Err(REVOKED));
    assert_eq!(push(revoked().set_push_token(None)), Err(REVOKED));
    assert_eq!(revoked().strong_failure(5, at(2)).map(|_| ()), Err(REVOKED));
    assert_eq!(push(revoked().registered("arn:a".into())), registration_is("none"));
    assert_eq!(push(revoked().push_disabled("arn:a", at(2))), registration_is("none"));
    assert_eq!(push(revoked().endpoint_gone("arn:a")), registration_is("none"));
    let used_up = Device { strong_failures: 5, ..revoked() };
    assert_eq!(used_up.strong_success().strong_failures, 5);
}

#[test]
fn it_takes_a_new_name() {
    let renamed =
        device().rename(DeviceName::parse("name", "Old phone".into()).unwrap(), Actor::Service).unwrap();
    assert_eq!(renamed.name.as_str(), "Old phone");
    for name in ["", "a\nb", &"x".repeat(65)] {
        assert!(DeviceName::parse("name", name.into()).is_err(), "{name:?}");
    }
}

#[test]
fn a_push_token_is_wanted_until_its_endpoint_is_known() {
    let set =
        |push_before, token: Option<&str>| push(with(push_before).set_push_token(token.map(push_token)));
    for before in
        [PushRegistration::None, wanted("a"), wanted("b"), registered("a", "arn:a"), disabled("arn:a")]
    {
        assert_eq!(set(before.clone(), Some("b")), Ok(wanted("b")), "{before:?}");
        assert_eq!(set(before, None), Ok(PushRegistration::None));
    }
    let known = || registered("a", "arn:a");
    assert_eq!(set(known(), Some("a")), Ok(known()), "the same token changes nothing");
}

#[test]
fn only_a_wanted_registration_becomes_registered() {
    let register = |before| push(with(before).registered("arn:b".into()));
    assert_eq!(register(wanted("b")), Ok(registered("b", "arn:b")));
    assert_eq!(register(PushRegistration::None), registration_is("none"));
    assert_eq!(register(registered("a", "arn:a")), registration_is("registered"));
    assert_eq!(register(disabled("arn:a")), registration_is("disabled"));
}

#[test]
fn only_the_endpoint_that_failed_is_given_up() {
    let disable = |before| push(with(before).push_disabled("arn:a", at(1)));
    let gone = |before| push(with(before).endpoint_gone("arn:a"));
    assert_eq!(disable(registered("a", "arn:a")), Ok(disabled("arn:a")));
    assert_eq!(gone(registered("a", "arn:a")), Ok(wanted("a")));
    for (before, name) in [
        (PushRegistration::None, "none"),
        (wanted("a"), "wanted"),
        (registered("a", "arn:other"), "registered"),
        (disabled("arn:a"), "disabled"),
    ] {
        assert_eq!(disable(before.clone()), registration_is(name));
        assert_eq!(gone(before), registration_is(name));
    }
}

#[test]
fn strong_failures_are_counted_until_they_are_used_up() {
    let mut device = device();
    for failures in 1..=4 {
        let failure = device.strong_failure(5, at(1)).unwrap();
        let StrongFailure::Counted { device: counted, attempts_left } = failure else {
            panic!("{failure:?}")
        };
        assert_eq!((counted.strong_failures, attempts_left), (failures, 5 - failures));
        device = counted;
    }
    assert_eq!(device.clone().strong_success().strong_failures, 0);
    let failure = device.strong_failure(5, at(2)).unwrap();
    let StrongFailure::UsedUp(revoked) = failure else { panic!("{failure:?}") };
    assert_eq!(revoked.state, DeviceState::Revoked { at: at(2), by: RevokedBy::StrongFailures });
}

#[test]
fn a_stricter_policy_and_a_full_count_revoke_at_once() {
    for (max, strong_failures) in [(0, 0), (1, 0), (2, 4), (255, 254), (255, 255)] {
        let failure = Device { strong_failures, ..device() }.strong_failure(max, at(1));
        assert!(matches!(failure, Ok(StrongFailure::UsedUp(_))), "{max} {strong_failures}");
    }
}

#[test]
fn a_platform_has_its_word() {
    for platform in [Platform::Android, Platform::Ios, Platform::Other] {
        assert_eq!(Platform::parse("platform", platform.name()), Ok(platform));
    }
    let refused = Invalid::new("platform", "is not one of android, ios, other");
    assert_eq!(Platform::parse("platform", "Android"), Err(refused));
}
