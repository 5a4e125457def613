//! `PUT /api/authenticator/v2/authorizations/{authorization}/deny`: the person says no.

use countersign_lambda::call::Enclosed;
use countersign_lambda::{App, Call, Refusal, Reply};

use crate::data::Data;
use crate::deciding::Decision;
use crate::v2_deciding::{self, Decided};

pub(crate) async fn handle(app: &App, call: Call<Enclosed>) -> Result<Reply<Data<Decided>>, Refusal> {
    v2_deciding::take(app, &call, Decision::Deny).await
}
