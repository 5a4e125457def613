//! `POST /api/delivery/replay`: the webhooks about a challenge are sent again, with the same ids.
//!
//! It also takes back a 410: whoever asks for a replay wants the callback to be called again.

use countersign_domain::delivery::Subject;
use countersign_lambda::origin::{ROUNDS, Written};
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::{Write, keys};

use crate::delivery_view::DeliveryView;
use crate::lookup;
use crate::request_guid::RequestGuid;

pub(crate) async fn handle(app: &App, call: Call<RequestGuid>) -> Result<Reply<Vec<DeliveryView>>, Refusal> {
    let id = call.body.parse()?;
    for _ in 0..ROUNDS {
        let caller = lookup::asker(app, &call, id).await?;
        let deliveries = app.store.deliveries(Subject::Challenge(id)).await?;
        let mut write = Write::new();
        let mut replayed = Vec::with_capacity(deliveries.len());
        for delivery in &deliveries {
            let again = delivery.value.clone().replay(app.now())?;
            write = write.replace("delivery", delivery, &again)?;
            replayed.push(again);
        }
        // Every delivery of a challenge goes to its one callback.
        let Some(first) = replayed.first() else { return Ok(Reply::accepted(Vec::new())) };
        write = write.remove_copy("endpoint", &keys::endpoint(caller.origin.id, first.url.url().as_str()))?;
        match caller.write(app, write).await {
            Ok(()) => return Ok(Reply::accepted(replayed.iter().map(DeliveryView::of).collect())),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}
