//! `GET /api/device/getAll`: the devices of a user, revoked ones too.

use countersign_lambda::device_view::DeviceView;
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::Deserialize;

use crate::lookup;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Query {
    account_id: String,
}

pub(crate) async fn handle(app: &App, call: Call<Query>) -> Result<Reply<Vec<DeviceView>>, Refusal> {
    let partition = lookup::user(app, &call, &call.body.account_id).await?;
    Ok(Reply::ok(partition.devices.iter().map(|record| DeviceView::of(&record.value)).collect()))
}
