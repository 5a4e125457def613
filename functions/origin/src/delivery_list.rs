//! `GET /api/delivery/getAll`: what became of the webhooks about a challenge or a consent.

use countersign_lambda::delivery_view::DeliveryView;
use countersign_lambda::{App, Call, Refusal, Reply};

use crate::lookup;
use crate::subject_guid::SubjectGuid;

pub(crate) async fn handle(app: &App, call: Call<SubjectGuid>) -> Result<Reply<Vec<DeliveryView>>, Refusal> {
    let subject = call.body.parse()?;
    lookup::asker(app, &call, subject).await?;
    let deliveries = lookup::webhooks(app, subject).await?;
    Ok(Reply::ok(deliveries.iter().map(|record| DeliveryView::of(&record.value)).collect()))
}
