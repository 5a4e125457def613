//! `GET /web/{file}`: the pages `portal` and `device`, and everything that they load.

use countersign_crypto::digest::Digest;
use countersign_domain::refused::Refused;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};

use crate::assets::asset;
use crate::headers::headers;

pub(crate) async fn handle(_: &App, call: Call<NoBody>) -> Result<Reply<()>, Refusal> {
    let asset = asset(call.path("file")).ok_or(Refused::Unknown("file"))?;
    let tag = format!("\"{}\"", Digest::of(asset.content.as_bytes()));
    let reply = match call.optional_header("If-None-Match") {
        Some(known) if is_among(&tag, known) => Reply::not_modified(),
        _ => Reply::text(asset.media.name(), asset.content),
    };
    // Asked for each time, for a page and its scripts must be of one release; what is unchanged costs a 304.
    Ok(reply.cached("no-cache").headers(headers(asset, &tag)))
}

/// Whether `tag` is one that the caller has; compared weakly, as RFC 9110 wants it (section 13.1.2).
fn is_among(tag: &str, known: &str) -> bool {
    known.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_strong_or_weak_and_among_others() {
        for known in ["\"a\"", "W/\"a\"", "\"b\", \"a\"", "*"] {
            assert!(is_among("\"a\"", known), "{known}");
        }
        for known in ["", "a", "\"b\"", "\"aa\""] {
            assert!(!is_among("\"a\"", known), "{known}");
        }
    }
}
