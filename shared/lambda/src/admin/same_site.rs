//! A session's cookie is believed only where a page of this service sent the request.
//!
//! `SameSite=Strict` keeps other sites from sending the cookie. What a sibling subdomain could still send, it cannot send with a
//! header of our own: a browser asks first, and the API's CORS rules do not name the header.

use crate::app::App;
use crate::call::{Call, Parts};
use crate::refusal::Refusal;

/// The header that pages of ours send with each call.
const HEADER: &str = "X-Countersign-Portal";

/// Refuses a call that begins a session and that another site may have caused: who visits it would act as somebody else.
pub fn check_page<B>(app: &App, call: &Call<B>) -> Result<(), Refusal> {
    check(call.parts(), &call.base_url(&app.settings))
}

/// Refuses a write that another site may have caused.
pub(super) fn check(parts: &Parts, base_url: &str) -> Result<(), Refusal> {
    if matches!(parts.method.as_str(), "GET" | "HEAD") {
        return Ok(());
    }
    let ours = parts.header(HEADER)? == Some("1");
    let same_origin = parts.header("Origin")?.is_none_or(|origin| origin == base_url);
    let same_site = parts.header("Sec-Fetch-Site")?.is_none_or(|site| site == "same-origin");
    if ours && same_origin && same_site { Ok(()) } else { Err(Refusal::CrossSite) }
}
