//! `POST /api/delivery/replay`: the webhooks about a challenge or a consent are sent again, with the same ids.
//!
//! It also takes back a 410: whoever asks for a replay wants the callback to be called again.

use countersign_lambda::origin::{ROUNDS, Written};
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::{Write, keys};

use crate::delivery_view::DeliveryView;
use crate::lookup;
use crate::subject_guid::SubjectGuid;

pub(crate) async fn handle(app: &App, call: Call<SubjectGuid>) -> Result<Reply<Vec<DeliveryView>>, Refusal> {
    let subject = call.body.parse()?;
    for _ in 0..ROUNDS {
        let caller = lookup::asker(app, &call, subject).await?;
        let deliveries = lookup::webhooks(app, subject).await?;
        let mut write = Write::new();
        let mut replayed = Vec::with_capacity(deliveries.len());
        for delivery in &deliveries {
            let again = delivery.value.clone().replay(app.now())?;
            write = write.replace("delivery", delivery, &again)?;
            replayed.push(again);
        }
        // Every delivery of one subject goes to its one callback.
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
