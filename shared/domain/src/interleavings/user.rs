use proptest::prelude::*;

use crate::account::Account;
use crate::actor::Actor;
use crate::event::EventKind;
use crate::samples::{account_id, at, device, user};
use crate::user::{HISTORY_MAX, User, UserInfo, UserState};

#[derive(Debug, Clone, Copy)]
enum Call {
    Suspend,
    Restore,
    Revoke,
    Rename,
    SetInfo,
}

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        6 => Just(Call::Suspend),
        6 => Just(Call::Restore),
        1 => Just(Call::Revoke),
        6 => Just(Call::Rename),
        6 => Just(Call::SetInfo),
    ]
}

fn apply(user: User, call: Call, step: usize) -> Option<User> {
    let now = at(step.try_into().unwrap());
    match call {
        Call::Suspend => user.suspend(Actor::Service, now).ok(),
        Call::Restore => user.restore(Actor::Service, now).ok(),
        Call::Revoke => user.revoke(Actor::Service, now).ok(),
        Call::Rename => user.rename(account_id(&format!("ann-{step}")), Actor::Service, now).ok(),
        Call::SetInfo => {
            user.set_info(UserInfo::parse("userInfo", step.to_string()).ok(), Actor::Service, now).ok()
        }
    }
}

proptest! {
    #[test]
    fn revoked_is_final(calls in proptest::collection::vec(call(), 0..64)) {
        let mut user = user();
        let mut account = Account::of(&user).with_device(&device());
        let mut revoked = false;
        for (step, call) in calls.into_iter().enumerate() {
            let Some(new) = apply(user.clone(), call, step) else { continue };
            prop_assert!(!revoked, "{:?} changed a revoked user", call);
            prop_assert!(EventKind::of_user(Some(&user), &new).is_some(), "{:?} went untold", call);
            revoked = matches!(new.state, UserState::Revoked { .. });
            prop_assert_eq!(new.history.last().unwrap().at, at(step.try_into().unwrap()));
            prop_assert!(new.history.len() <= HISTORY_MAX);
            account = account.follow(&new);
            prop_assert_eq!(account.clone().active().is_ok(), new.active().is_ok());
            prop_assert_eq!(account.targets.is_empty(), revoked);
            user = new;
        }
    }
}
