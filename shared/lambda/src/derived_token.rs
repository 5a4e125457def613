//! Tokens that are derived, not drawn: a repeated request gets the same one though only its hash is kept.

use std::fmt::Display;

use countersign_crypto::token::Token;

use crate::app::App;
use crate::refusal::{Refusal, internal};

/// The token that belongs to `id` under the sealing key `key`. `label` keeps tokens for different purposes apart.
pub async fn derive(app: &App, label: &str, key: &str, id: impl Display) -> Result<Token, Refusal> {
    let sealing = app.keys.sealing_with(key).await?;
    Token::derived(&sealing, Some(key), label, id.to_string().as_bytes())
        .map_err(|_| internal("a sealing key is gone from the ring")())
}
