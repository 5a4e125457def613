//! The pages for people: who logs in, and what went wrong.

use http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use http::{HeaderValue, StatusCode};

use super::answer::not_kept;
use crate::form::Form;
use crate::markup::escape;
use crate::reply::{self, Reply};

/// The fields that the page itself asks for.
pub(super) const LOGIN: &str = "login";
/// The field that the button to deny sends.
pub(super) const DENY: &str = "deny";

/// Asks who the user is, and repeats what the client sent.
pub(super) fn ask(asked: &Form) -> Reply {
    let hidden: String = asked
        .iter()
        .filter(|(name, _)| ![LOGIN, DENY].contains(name))
        .map(|(name, value)| {
            format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n", escape(name), escape(value))
        })
        .collect();
    page(
        StatusCode::OK,
        &format!(
            "<form method=\"get\">\n{hidden}\
             <label for=\"{LOGIN}\">Who are you?</label>\n\
             <input type=\"text\" id=\"{LOGIN}\" name=\"{LOGIN}\" maxlength=\"255\" autocomplete=\"off\" required autofocus>\n\
             <button>Log in</button>\n\
             <button name=\"{DENY}\" value=\"yes\" formnovalidate>Deny</button>\n\
             </form>\n"
        ),
    )
}

/// Says why nobody is sent back: there is nowhere safe to send them to (RFC 6749, section 4.1.2.1).
pub(super) fn refused(what: &str) -> Reply {
    page(StatusCode::BAD_REQUEST, &format!("<p>This is no request for a login: {}.</p>\n", escape(what)))
}

fn page(status: StatusCode, content: &str) -> Reply {
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>Log in</title>\n\
         <style>body {{ font: 1.1rem sans-serif; margin: 4rem auto; max-width: 24rem }} \
         form > * {{ display: block; font: inherit; margin: 1rem 0 }}</style>\n\
         </head>\n<body>\n<h1>Identity provider</h1>\n{content}</body>\n</html>\n"
    );
    let mut reply = not_kept(reply::of(status, "text/html; charset=utf-8", page));
    // `form-action` is left open: browsers hold it against the redirect that follows the form too.
    let policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
    reply.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    reply.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    reply
}
