//! `GET /.well-known/jwks.json`: the public keys that verify receipts and webhooks (RFC 7517, section 5).

use countersign_lambda::{App, Call, NoBody, Refusal, Reply};
use serde_json::Value;

pub(crate) async fn handle(app: &App, _call: Call<NoBody>) -> Result<Reply<Value>, Refusal> {
    // The next key is published long before it signs, so a verifier may keep the set for a while.
    Ok(Reply::ok(app.keys.signing().await?.jwks()).cached("public, max-age=300"))
}
