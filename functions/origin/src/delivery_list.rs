//! `GET /api/delivery/getAll`: what became of the webhooks about a challenge.

use countersign_domain::challenge::Challenge;
use countersign_domain::refused::Refused;
use countersign_lambda::origin::OriginRead;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::keys;

use crate::delivery_view::DeliveryView;
use crate::request_guid::RequestGuid;

pub(crate) async fn handle(app: &App, call: Call<RequestGuid>) -> Result<Reply<Vec<DeliveryView>>, Refusal> {
    let id = call.body.parse()?;
    let mut read = OriginRead::of(&call)?;
    let slot = read.add::<Challenge>(keys::challenge(id));
    let (caller, mut found) = read.authenticate(app, &call).await?;
    found
        .take(slot)?
        .filter(|record| record.value.origin == caller.origin.id)
        .ok_or(Refused::Unknown("request"))?;
    let deliveries = app.store.deliveries(id).await?;
    Ok(Reply::ok(deliveries.iter().map(|record| DeliveryView::of(&record.value)).collect()))
}
