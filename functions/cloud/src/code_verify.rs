//! `POST /api/v1/users/{userId}/verification`: the code that a user got by SMS, or keeps on paper.

use countersign_domain::channel::Channel;
use countersign_domain::invalid::Invalid;
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::{Deserialize, Serialize};

use crate::{code_on_paper, code_sent, user_lookup};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    pub(crate) code: String,
    status_token: Option<String>,
    channel: Option<String>,
}

/// That it was right is all there is to say.
#[derive(Serialize)]
pub(crate) struct Verified {}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<Verified>, Refusal> {
    let user = user_lookup::id_of(&call)?;
    let channel = call.body.channel.as_deref().map(|text| Channel::parse("channel", text)).transpose()?;
    match (channel, &call.body.status_token) {
        (Some(Channel::Recovery), None) => code_on_paper::verify(app, &call, user).await?,
        (Some(Channel::Recovery), Some(_)) => {
            return Err(Invalid::new("statusToken", "excludes the channel recovery").into());
        }
        (None | Some(Channel::Sms), Some(token)) => code_sent::verify(app, &call, user, token).await?,
        (None | Some(Channel::Sms), None) => return Err(Invalid::new("statusToken", "is missing").into()),
        _ => return Err(Invalid::new("channel", "is neither sms nor recovery").into()),
    }
    Ok(Reply::ok(Verified {}))
}
