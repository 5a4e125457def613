//! Challenges and the like as text for a terminal.

use countersign_domain::question::Content;
use countersign_domain::time::Timestamp;

use crate::device::challenges::Challenge;
use crate::device::login::BegunLogin;
use crate::device::manage::DeviceStatus;
use crate::plain::{self, WIDTH};

/// The width of the left column of facts.
const LABEL: usize = 11;
/// The widest left column of a template's lines.
const KEY: usize = 30;

/// What waits for an answer, a line each.
pub(crate) fn inbox(challenges: &[Challenge], now: Timestamp) -> String {
    if challenges.is_empty() {
        return "Nothing waits for an answer.\n".to_owned();
    }
    let mut text = String::new();
    for challenge in challenges {
        let left = time_left(challenge.expires_at, now);
        // 36 for the guid, 2 for each gap.
        let title = plain::cut(&title(challenge), WIDTH.saturating_sub(36 + 4 + left.chars().count()));
        text.push_str(&format!("{}  {title}  {left}\n", challenge.guid));
    }
    text.push_str("Next: cargo phone show <guid>, approve <guid> or decline <guid>\n");
    text
}

/// Who asks what, in one line.
pub(crate) fn title(challenge: &Challenge) -> String {
    let shown = &challenge.shown;
    let what = match &shown.content {
        Some(Content::Template(template)) => plain::line(&template.title),
        Some(Content::Text(text)) => plain::line(text),
        Some(Content::Custom(value)) => plain::line(&value.to_string()),
        None => "a question without content".to_owned(),
    };
    format!("{}: {what}", plain::cut(shown.asker(), 40))
}

/// A challenge whole.
pub(crate) fn challenge(challenge: &Challenge, now: Timestamp) -> String {
    let shown = &challenge.shown;
    let mut text = format!("{} asks:\n", plain::cut(shown.asker(), WIDTH - 7));
    content(&mut text, shown.content.as_ref());
    text.push('\n');
    for (index, button) in shown.buttons.iter().enumerate() {
        let mut notes = Vec::new();
        if button.strong_auth {
            notes.push("PIN or biometric");
        }
        if shown.needs_code(index) {
            notes.push("code");
        }
        let notes =
            if notes.is_empty() { String::new() } else { format!("  (needs {})", notes.join(" and ")) };
        let title = plain::cut(&button.title, WIDTH - LABEL - 4 - notes.chars().count());
        fact(&mut text, if index == 0 { "Buttons" } else { "" }, &format!("{index}  {title}{notes}"));
    }
    if shown.show_code && challenge.nonce.is_some() {
        fact(&mut text, "Code", "type the six digits that the other screen shows: --code 123456");
    }
    if let Some(id) = &shown.transaction_id {
        fact(&mut text, "Reference", id);
    }
    if let Some(info) = &shown.additional_info {
        fact(&mut text, "Info", &info.to_string());
    }
    fact(&mut text, "Asked", &shown.asked_at);
    let left = time_left(challenge.expires_at, now);
    fact(&mut text, "Expires", &format!("{} ({left})", challenge.expires_at));
    fact(&mut text, "Status", &challenge.status);
    fact(&mut text, "Challenge", &challenge.guid.to_string());
    fact(&mut text, "Digest", &challenge.digest.to_string());
    text
}

/// What is asked, whole: nothing may be left out of what will be signed.
fn content(text: &mut String, content: Option<&Content>) {
    match content {
        Some(Content::Template(template)) => {
            indented(text, 2, &template.title);
            let width = template.keys.iter().map(|line| plain::line(&line.key).chars().count()).max();
            let width = width.unwrap_or(0).min(KEY);
            for line in &template.keys {
                let mut keys = plain::wrap(&line.key, width.max(1)).into_iter();
                let mut values = plain::wrap(&line.value, WIDTH - 6 - width).into_iter();
                loop {
                    let (key, value) = (keys.next(), values.next());
                    if key.is_none() && value.is_none() {
                        break;
                    }
                    let row =
                        format!("    {:width$}  {}", key.unwrap_or_default(), value.unwrap_or_default());
                    text.push_str(row.trim_end());
                    text.push('\n');
                }
            }
        }
        Some(Content::Text(paragraph)) => indented(text, 2, paragraph),
        Some(Content::Custom(value)) => {
            // `{:#}` is JSON over several lines.
            for line in format!("{value:#}").lines() {
                let depth = (line.len() - line.trim_start().len()).min(WIDTH / 2);
                indented(text, 2 + depth, line.trim_start());
            }
        }
        None => indented(text, 2, "(no content)"),
    }
}

pub(super) fn indented(text: &mut String, by: usize, paragraph: &str) {
    for line in plain::wrap(paragraph, WIDTH - by) {
        text.push_str(format!("{:by$}{line}", "").trim_end());
        text.push('\n');
    }
}

pub(super) fn fact(text: &mut String, label: &str, value: &str) {
    for (index, line) in plain::wrap(value, WIDTH - LABEL).into_iter().enumerate() {
        let label = if index == 0 { label } else { "" };
        text.push_str(format!("{label:LABEL$}{line}").trim_end());
        text.push('\n');
    }
}

/// A login that has begun, and what to do with it. The URL stands on a line of its own, whole, to be copied.
pub(crate) fn login(begun: &BegunLogin) -> String {
    format!(
        "Open this in a browser and log in, until {}:\n\n{}\n\n\
         The browser is then sent to a link that opens the app, <appProtocol>://… Nothing here does that, so copy the\n\
         link, from the address or from the `Location` of the last reply in the browser's developer tools. Then:\n\
         cargo phone enrol '<link>'\n",
        plain::line(&begun.expires_at),
        begun.authorization_url,
    )
}

/// What the service knows of the device.
pub(crate) fn status(status: &DeviceStatus) -> String {
    let mut text = String::new();
    fact(&mut text, "Device", &format!("{} ({})", status.name, status.device_guid));
    fact(&mut text, "State", &status.status);
    fact(&mut text, "Platform", &status.platform);
    fact(&mut text, "Push", &status.push);
    fact(&mut text, "PIN tries", &format!("{} left", status.strong_attempts_left));
    fact(&mut text, "Enrolled", &status.created_at);
    fact(
        &mut text,
        "User",
        &format!("{} ({}), {}", status.account_id, status.privakey_id, status.account_status),
    );
    fact(&mut text, "App Space", &format!("{} ({})", status.app_space_name, status.app_space_guid));
    text
}

pub(super) fn time_left(expires_at: Timestamp, now: Timestamp) -> String {
    match (expires_at - now).as_secs_up() {
        0 => "expired".to_owned(),
        secs @ 1..60 => format!("{secs} s left"),
        secs @ 60..3600 => format!("{} min {} s left", secs / 60, secs % 60),
        secs => format!("{} h {} min left", secs / 3600, secs % 3600 / 60),
    }
}
