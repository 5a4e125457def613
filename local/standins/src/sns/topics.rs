//! Topics: they take messages, and have no subscribers here.

use serde::{Deserialize, Serialize};

use super::answer::{Answer, Refused};
use super::{Context, State};
use crate::ACCOUNT;

/// One topic.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Topic {
    name: String,
}

/// The same name again is the same topic.
pub(super) fn create(state: &mut State, call: &Context<'_>) -> Result<Answer, Refused> {
    let name = call.params.required("Name")?;
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let stem = name.strip_suffix(".fifo").unwrap_or(name);
    if stem.is_empty() || name.len() > 256 || !stem.bytes().all(fits) {
        return Err(Refused::invalid("Topic Name"));
    }
    let arn = format!("arn:aws:sns:{}:{ACCOUNT}:{name}", call.region);
    state.topics.entry(arn.clone()).or_insert_with(|| Topic { name: name.to_owned() });
    Ok(Answer::default().text("TopicArn", &arn))
}

/// Deleting what is not there succeeds.
pub(super) fn delete(state: &mut State, call: &Context<'_>) -> Result<Answer, Refused> {
    let arn = call.params.required("TopicArn")?;
    state.topics.remove(arn);
    Ok(Answer::default())
}
