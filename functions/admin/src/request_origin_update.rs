//! `PATCH …/requestOrigins/{requestOrigin}`: the name of a Request Origin.

use countersign_domain::event::EventKind;
use countersign_domain::request_origin::RequestOrigin;
use countersign_domain::text;
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::Deserialize;

use crate::origin_change::{Change, change};

#[derive(Deserialize)]
pub(crate) struct Body {
    name: String,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<()>, Refusal> {
    change(app, &call, None, |_, old| {
        let name = text::line("name", call.body.name.clone(), 100)?;
        if old.name == name {
            return Ok(Change::Nothing(()));
        }
        let new = RequestOrigin { name, ..old };
        Ok(Change::to(new, EventKind::RequestOriginUpdated, Some("name".into()), ()))
    })
    .await?;
    Ok(Reply::empty())
}
