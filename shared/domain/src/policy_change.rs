//! Changes of an App Space's policy, and the bounds of each setting.

use serde::Deserialize;

use crate::app_space::Policy;
use crate::changes::Changes;
use crate::duration;
use crate::invalid::Invalid;
use crate::text;
use crate::time::Span;

/// What an administrator wants otherwise; what is not named stays. Durations are written like `90s`, `2m` or `1h`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyChange {
    /// See [`Policy::challenge_lifetime`]: from 10 seconds on, at most the longest that may be asked for.
    pub challenge_lifetime: Option<String>,
    /// See [`Policy::challenge_lifetime_max`]: 10 seconds to 24 hours.
    pub challenge_lifetime_max: Option<String>,
    /// See [`Policy::enrolment_lifetime`]: a minute to 24 hours.
    pub enrolment_lifetime: Option<String>,
    /// See [`Policy::pending_max`]: 1 to 50.
    pub pending_max: Option<u32>,
    /// See [`Policy::pushes_max`]: 1 to 100.
    pub pushes_max: Option<u32>,
    /// See [`Policy::push_window`]: a minute to 24 hours.
    pub push_window: Option<String>,
    /// See [`Policy::cool_down`]: a second to 24 hours.
    pub cool_down: Option<String>,
    /// See [`Policy::wrong_codes_max`]: 1 to 10.
    pub wrong_codes_max: Option<u8>,
    /// See [`Policy::strong_failures_max`]: 1 to 20.
    pub strong_failures_max: Option<u8>,
    /// See [`Policy::devices_max`]: 1 to 100.
    pub devices_max: Option<u32>,
    /// See [`Policy::notification_title`]: 1 to 100 characters.
    pub notification_title: Option<String>,
    /// See [`Policy::notification_body`]: 1 to 200 characters.
    pub notification_body: Option<String>,
}

const DAY: Span = Span::hours(24);

impl PolicyChange {
    /// Carries it out on `policy`, and notes in `changes` what became another value.
    ///
    /// # Errors
    /// [`Invalid`] by the name of the setting, e.g. `policy.challengeLifetime`.
    pub fn apply(self, policy: &mut Policy, changes: &mut Changes) -> Result<(), Invalid> {
        let mut span = |name, place: &mut Span, text: Option<String>, min| {
            changes.set_given(name, place, text.map(|text| between(name, &text, min)).transpose()?);
            Ok::<_, Invalid>(())
        };
        let (moment, minute) = (Span::secs(10), Span::minutes(1));
        span("policy.challengeLifetime", &mut policy.challenge_lifetime, self.challenge_lifetime, moment)?;
        let longest = &mut policy.challenge_lifetime_max;
        span("policy.challengeLifetimeMax", longest, self.challenge_lifetime_max, moment)?;
        span("policy.enrolmentLifetime", &mut policy.enrolment_lifetime, self.enrolment_lifetime, minute)?;
        span("policy.pushWindow", &mut policy.push_window, self.push_window, minute)?;
        span("policy.coolDown", &mut policy.cool_down, self.cool_down, Span::secs(1))?;
        let mut number = |name, place: &mut u32, number: Option<u32>, max| {
            changes.set_given(name, place, number.map(|number| up_to(name, number, max)).transpose()?);
            Ok::<_, Invalid>(())
        };
        number("policy.pendingMax", &mut policy.pending_max, self.pending_max, 50)?;
        number("policy.pushesMax", &mut policy.pushes_max, self.pushes_max, 100)?;
        number("policy.devicesMax", &mut policy.devices_max, self.devices_max, 100)?;
        let mut tries = |name, place: &mut u8, number: Option<u8>, max| {
            changes.set_given(name, place, number.map(|number| up_to(name, number, max)).transpose()?);
            Ok::<_, Invalid>(())
        };
        tries("policy.wrongCodesMax", &mut policy.wrong_codes_max, self.wrong_codes_max, 10)?;
        tries("policy.strongFailuresMax", &mut policy.strong_failures_max, self.strong_failures_max, 20)?;
        let mut line = |name, place: &mut String, text: Option<String>, max| {
            changes.set_given(name, place, text.map(|text| text::line(name, text, max)).transpose()?);
            Ok::<_, Invalid>(())
        };
        line("policy.notificationTitle", &mut policy.notification_title, self.notification_title, 100)?;
        line("policy.notificationBody", &mut policy.notification_body, self.notification_body, 200)?;
        if policy.challenge_lifetime > policy.challenge_lifetime_max {
            return Err(Invalid::new("policy.challengeLifetime", "is longer than challengeLifetimeMax"));
        }
        Ok(())
    }
}

fn between(field: &'static str, text: &str, min: Span) -> Result<Span, Invalid> {
    match duration::parse(field, text, DAY)? {
        span if span < min => Err(Invalid::new(field, format!("is shorter than {}", duration::text(min)))),
        span => Ok(span),
    }
}

fn up_to<T: Copy + Into<u32>>(field: &'static str, number: T, max: u32) -> Result<T, Invalid> {
    if (1..=max).contains(&number.into()) {
        Ok(number)
    } else {
        Err(Invalid::new(field, format!("is not a number from 1 to {max}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(change: PolicyChange) -> Result<(Policy, String), Invalid> {
        let (mut policy, mut changes) = (Policy::default(), Changes::default());
        change.apply(&mut policy, &mut changes)?;
        Ok((policy, changes.text()))
    }

    #[test]
    fn what_is_not_named_stays() {
        assert_eq!(apply(PolicyChange::default()), Ok((Policy::default(), String::new())));
        let change = PolicyChange {
            challenge_lifetime: Some("2m".into()),
            pending_max: Some(7),
            cool_down: Some("5m".into()),
            ..PolicyChange::default()
        };
        let (policy, changes) = apply(change).unwrap();
        assert_eq!((policy.challenge_lifetime, policy.pending_max), (Span::minutes(2), 7));
        assert_eq!(
            changes, "policy.challengeLifetime, policy.pendingMax",
            "a cool-down of 5m is what it had"
        );
    }

    #[test]
    fn each_setting_has_bounds_and_is_refused_by_its_name() {
        let none = PolicyChange::default;
        let text = |text: &str| Some(text.to_owned());
        for (field, change) in [
            ("policy.challengeLifetime", PolicyChange { challenge_lifetime: text("9s"), ..none() }),
            ("policy.challengeLifetime", PolicyChange { challenge_lifetime_max: text("4m"), ..none() }),
            ("policy.challengeLifetimeMax", PolicyChange { challenge_lifetime_max: text("25h"), ..none() }),
            ("policy.enrolmentLifetime", PolicyChange { enrolment_lifetime: text("59s"), ..none() }),
            ("policy.pushWindow", PolicyChange { push_window: text("soon"), ..none() }),
            ("policy.coolDown", PolicyChange { cool_down: text("0s"), ..none() }),
            ("policy.pendingMax", PolicyChange { pending_max: Some(0), ..none() }),
            ("policy.pushesMax", PolicyChange { pushes_max: Some(101), ..none() }),
            ("policy.devicesMax", PolicyChange { devices_max: Some(101), ..none() }),
            ("policy.wrongCodesMax", PolicyChange { wrong_codes_max: Some(11), ..none() }),
            ("policy.strongFailuresMax", PolicyChange { strong_failures_max: Some(0), ..none() }),
            ("policy.notificationTitle", PolicyChange { notification_title: text(""), ..none() }),
            ("policy.notificationBody", PolicyChange { notification_body: text("a\nb"), ..none() }),
        ] {
            assert_eq!(apply(change).unwrap_err().field, field);
        }
        let both = PolicyChange {
            challenge_lifetime: text("1m"),
            challenge_lifetime_max: text("4m"),
            ..PolicyChange::default()
        };
        assert!(apply(both).is_ok());
    }
}
