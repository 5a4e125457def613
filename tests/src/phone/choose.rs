//! Which enrolment and which challenge a command means when it does not say, or says it in short.

use countersign_domain::answer::{Answer, DeclineReason};

use super::state::{State, StoredDevice};
use super::trouble::Trouble;
use crate::device::challenges::Challenge;
use crate::device::document::ShownDocument;
use crate::plain;

/// The enrolment of this name or guid; the last one if none is named.
pub(crate) fn device<'a>(state: &'a State, wanted: Option<&str>) -> Result<&'a StoredDevice, Trouble> {
    let Some(wanted) = wanted else {
        return state.devices.last().ok_or_else(|| {
            Trouble::new("This phone is not enrolled yet.", "Begin with `cargo phone enrol <link>`.")
        });
    };
    let is_meant = |device: &&StoredDevice| {
        device.guid().to_string().eq_ignore_ascii_case(wanted) || device.name == wanted
    };
    let found: Vec<_> = state.devices.iter().filter(is_meant).collect();
    match found.as_slice() {
        [device] => Ok(device),
        [] => Err(Trouble::new(
            format!("This phone has no enrolment {wanted}."),
            format!("It has: {}.", names(state.devices.iter())),
        )),
        several => Err(Trouble::new(
            format!("Several enrolments are called {wanted}."),
            format!("Give the guid of one: {}.", names(several.iter().copied())),
        )),
    }
}

fn names<'a>(devices: impl Iterator<Item = &'a StoredDevice>) -> String {
    let names: Vec<_> = devices.map(|device| format!("{} ({})", device.name, device.guid())).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// The challenge that is meant when none is named: the only one that waits.
pub(crate) fn only_pending(mut pending: Vec<Challenge>) -> Result<Challenge, Trouble> {
    match (pending.pop(), pending.len()) {
        (Some(challenge), 0) => Ok(challenge),
        (None, _) => Err(Trouble::new("Nothing waits for an answer.", "Ask for something first.")),
        (Some(_), others) => Err(Trouble::new(
            format!("{} challenges wait for an answer.", others + 1),
            "Say which: `cargo phone inbox` lists their guids.",
        )),
    }
}

/// How to say no without suspecting anybody: the last button where it takes neither PIN nor code, else to decline.
/// A single button says yes.
pub(crate) fn refusal(shown: &ShownDocument) -> Answer {
    match shown.buttons.as_slice() {
        [_, .., last] if !last.strong_auth && !shown.needs_code(shown.buttons.len() - 1) => {
            Answer::Option(shown.buttons.len() - 1)
        }
        _ => Answer::Decline(DeclineReason::Cancelled),
    }
}

/// The code to send with this button, where one is wanted.
pub(crate) fn code<'a>(
    shown: &ShownDocument,
    button: usize,
    typed: Option<&'a str>,
) -> Result<Option<&'a str>, Trouble> {
    match typed {
        None if shown.needs_code(button) => Err(Trouble::new(
            format!("This answer needs the code that {} shows.", plain::cut(shown.asker(), 40)),
            "Give the command again with --code and its six digits.",
        )),
        Some(_) if !shown.show_code => {
            Err(Trouble::new("This challenge has no code.", "Give the command again without --code."))
        }
        typed => Ok(typed),
    }
}
