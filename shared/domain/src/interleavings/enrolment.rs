use proptest::prelude::*;

use crate::enrolment::EnrolmentState;
use crate::samples::{EXPIRY, at, device_id, enrolment};

proptest! {
    #[test]
    fn one_device_at_most_redeems_it_and_only_its_key_is_told_so(
        calls in proptest::collection::vec((0..4_u8, any::<bool>(), EXPIRY - 50..EXPIRY + 10), 0..24)
    ) {
        let mut enrolment = enrolment();
        let mut winner = None;
        for (number, asks_only, now) in calls {
            let (key, now) = (format!("key-{number}"), at(now));
            let alive = now < enrolment.expires_at;
            prop_assert_eq!(enrolment.is_open(now), alive && winner.is_none());
            if asks_only {
                let told = (alive && winner == Some(number)).then(|| device_id(number));
                prop_assert_eq!(enrolment.redeemed_by(&key, now), told);
                continue;
            }
            let redeemed = enrolment.clone().redeem(device_id(number), key.clone(), now);
            prop_assert_eq!(redeemed.is_ok(), alive && winner.is_none());
            if let Ok(redeemed) = redeemed {
                let state = EnrolmentState::Redeemed { at: now, device: device_id(number), auth_key: key };
                prop_assert_eq!(&redeemed.state, &state);
                (enrolment, winner) = (redeemed, Some(number));
            }
        }
    }
}
