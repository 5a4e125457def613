//! Ids in their one form.

#![no_main]

use std::fmt::Display;
use std::str::FromStr;

use countersign_domain::id::{
    AppSpaceId, ChallengeId, CompanyId, DeviceId, EnrolmentId, RequestOriginId, UserId,
};
use countersign_fuzz::reread;
use libfuzzer_sys::fuzz_target;
use serde::Serialize;
use serde::de::DeserializeOwned;

fuzz_target!(|text: &str| {
    let taken = [
        check::<CompanyId>(text),
        check::<UserId>(text),
        check::<DeviceId>(text),
        check::<ChallengeId>(text),
        check::<EnrolmentId>(text),
        check::<AppSpaceId>(text),
        check::<RequestOriginId>(text),
    ];
    assert!(taken.iter().all(|one| *one == taken[0]), "all ids have one form");
    if let (Ok(space), Ok(origin)) = (text.parse::<AppSpaceId>(), text.parse::<RequestOriginId>()) {
        assert_eq!(space.tenant(), origin.tenant());
        let digits: String = text.to_ascii_lowercase().chars().filter(|c| *c != '-').take(12).collect();
        assert_eq!(space.tenant().to_string(), digits);
    }
});

fn check<T: FromStr + Display + PartialEq + Serialize + DeserializeOwned>(text: &str) -> bool {
    let Ok(id) = text.parse::<T>() else { return false };
    let printed = id.to_string();
    assert_eq!(printed, text.to_ascii_lowercase());
    assert!(printed.parse::<T>().is_ok_and(|again| again == id));
    assert!(reread(&id) == id);
    true
}
