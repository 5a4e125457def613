//! `GET /api/delivery/getAll`: what became of the webhooks about a challenge.

use countersign_domain::delivery::Subject;
use countersign_lambda::{App, Call, Refusal, Reply};

use crate::delivery_view::DeliveryView;
use crate::lookup;
use crate::request_guid::RequestGuid;

pub(crate) async fn handle(app: &App, call: Call<RequestGuid>) -> Result<Reply<Vec<DeliveryView>>, Refusal> {
    let id = call.body.parse()?;
    lookup::asker(app, &call, id).await?;
    let deliveries = app.store.deliveries(Subject::Challenge(id)).await?;
    Ok(Reply::ok(deliveries.iter().map(|record| DeliveryView::of(&record.value)).collect()))
}
