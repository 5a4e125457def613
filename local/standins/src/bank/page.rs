//! The bank's login, for people: whoever says a name is let in.

use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY};
use http::request::Parts;
use http::{HeaderValue, StatusCode};

use super::Bank;
use crate::form::Form;
use crate::markup::escape;
use crate::reply::{self, Reply};

impl Bank {
    /// Shows the login, and takes it.
    pub(super) async fn page(&self, path: &str, parts: &Parts, body: &[u8]) -> Reply {
        let query = Form::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let id = query.ok().and_then(|query| query.get("connection").map(str::to_owned));
        let connection =
            id.as_deref().and_then(|id| self.connection(id)).filter(|found| found.user.is_none());
        let (Some(connection), "/login") = (connection, path) else {
            return page(StatusCode::NOT_FOUND, "<p>No app waits here.</p>\n");
        };
        if parts.method == "GET" {
            return page(StatusCode::OK, FORM);
        }
        let said = Form::parse(body).ok();
        match said.as_ref().and_then(|form| form.get("user")) {
            Some(user) => match self.let_in(&connection.id, user).await {
                Ok(address) => to(&address),
                Err(said) => {
                    let problem = format!("<p>The service refused: {}</p>\n", escape(&said.body.to_string()));
                    page(StatusCode::BAD_GATEWAY, &problem)
                }
            },
            None => {
                self.turn_away(&connection.id, "nobody logged in").await;
                let error = [("error_class", "AuthenticationFailed"), ("error_message", "nobody logged in")];
                to(&super::speak::redirect(&connection.return_url, &error))
            }
        }
    }
}

const FORM: &str = "<form method=\"post\">\n\
    <label for=\"user\">Who are you?</label>\n\
    <input type=\"text\" id=\"user\" name=\"user\" maxlength=\"255\" autocomplete=\"off\" autofocus>\n\
    <button>Log in, or go back without a name</button>\n</form>\n";

fn to(address: &str) -> Reply {
    let mut reply = page(StatusCode::SEE_OTHER, "<p>Back to the app.</p>\n");
    if let Ok(address) = HeaderValue::from_str(address) {
        reply.headers_mut().insert(LOCATION, address);
    }
    reply
}

fn page(status: StatusCode, content: &str) -> Reply {
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>Bank</title>\n</head>\n\
         <body>\n<h1>Bank</h1>\n{content}</body>\n</html>\n"
    );
    let mut reply = reply::of(status, "text/html; charset=utf-8", page);
    let policy = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";
    for (name, value) in
        [(CACHE_CONTROL, "no-store"), (CONTENT_SECURITY_POLICY, policy), (REFERRER_POLICY, "no-referrer")]
    {
        reply.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    reply
}
