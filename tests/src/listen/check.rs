//! `cargo listen --check`: whether a request's own evidence holds, without any webhook.

use std::io::Read;

use countersign_domain::time::Clock;

use super::event::Event;
use super::evidence::{self, Verdict};
use super::keys::Keys;
use crate::clock::SystemClock;
use crate::plain;

/// Checks the request in `input`, as getRequest answers it.
pub(crate) async fn request(keys: &Keys, mut input: impl Read) -> Result<(), String> {
    let mut body = Vec::new();
    input.read_to_end(&mut body).map_err(|error| format!("Standard input cannot be read: {error}."))?;
    let event = Event::parse(&body).ok_or("This is not a request.\nPipe the reply of getRequest.")?;
    let published = keys.published.as_ref().ok_or("There is no key set to check with.\nGive --jwks.")?;
    let set = published.get(SystemClock.now()).await?;
    let verdict = evidence::check(&event, Ok(&set.text));
    plain::print(&format!("{}\nreceipt  {verdict}", event.summary()));
    match verdict {
        Verdict::Holds => Ok(()),
        Verdict::Absent => Err("Nobody has answered it.".to_owned()),
        Verdict::Unchecked(_) | Verdict::Bad(_) => Err("Nobody may rely on it.".to_owned()),
    }
}
