//! `GET /ping`: whether the service is there. Asks nothing and says `PONG`.

use countersign_lambda::{App, Call, NoBody, Refusal, Reply};

pub(crate) async fn handle(_: &App, _: Call<NoBody>) -> Result<Reply<()>, Refusal> {
    Ok(Reply::text("text/plain;charset=UTF-8", "PONG"))
}
