//! `POST /api/delivery/replay`: the webhooks about a challenge or a consent are sent again, with the same ids.

use countersign_lambda::delivery_view::DeliveryView;
use countersign_lambda::origin::{ROUNDS, Written};
use countersign_lambda::replaying::replay;
use countersign_lambda::{App, Call, Refusal, Reply};

use crate::lookup;
use crate::subject_guid::SubjectGuid;

pub(crate) async fn handle(app: &App, call: Call<SubjectGuid>) -> Result<Reply<Vec<DeliveryView>>, Refusal> {
    let subject = call.body.parse()?;
    for _ in 0..ROUNDS {
        let caller = lookup::asker(app, &call, subject).await?;
        let deliveries = lookup::webhooks(app, subject).await?;
        let (write, replayed) = replay(&deliveries, app.now())?;
        if replayed.is_empty() {
            return Ok(Reply::accepted(Vec::new()));
        }
        match caller.write(app, write).await {
            Ok(()) => return Ok(Reply::accepted(replayed.iter().map(DeliveryView::of).collect())),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}
