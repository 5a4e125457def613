//! `GET /authorize`: the user logs in and is sent back with a code (RFC 6749, section 4.1; RFC 9207).

use countersign_crypto::digest::Digest;
use countersign_domain::identity_provider::Scopes;
use countersign_domain::outbound_url::{Loopback, OutboundUrl};
use countersign_domain::text;
use http::header::LOCATION;
use http::{HeaderValue, StatusCode};

use super::control::NameInRedirect;
use super::grants::Allowed;
use super::page::{self, DENY, LOGIN};
use super::{CLIENT_ID, IdentityProvider, answer};
use crate::form::Form;
use crate::reply::{self, Reply};

/// Why the user is sent back without a code (RFC 6749, section 4.1.2.1; OpenID Connect Core 1.0, section 3.1.2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SentBack {
    AccessDenied,
    InvalidRequest,
    InvalidScope,
    LoginRequired,
    UnsupportedResponseType,
}

impl SentBack {
    const fn word(self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::InvalidRequest => "invalid_request",
            Self::InvalidScope => "invalid_scope",
            Self::LoginRequired => "login_required",
            Self::UnsupportedResponseType => "unsupported_response_type",
        }
    }
}

impl IdentityProvider {
    /// Asks who the user is; with `login` in the query, the user is that one.
    pub(super) fn authorize(&self, query: &str) -> Reply {
        let Ok(form) = Form::parse(query.as_bytes()) else {
            return page::refused("it has a parameter more than once");
        };
        if form.get("client_id") != Some(CLIENT_ID) {
            return page::refused("client_id is not a known client");
        }
        let redirect_uri = form.get("redirect_uri").unwrap_or_default();
        // A stand-in registers no redirect URIs; it only keeps codes off the open network.
        let Ok(target) = OutboundUrl::parse("redirect_uri", redirect_uri, Loopback::Allowed) else {
            return page::refused("redirect_uri is neither HTTPS nor on this machine");
        };
        match self.allowed(&form) {
            Ok(Some(allowed)) => {
                let code = self.state().grants.code(allowed, self.clock.now(), &self.random);
                self.send_back(&target, &form, "code", code.expose())
            }
            Ok(None) => page::ask(&form),
            Err(error) => self.send_back(&target, &form, "error", error.word()),
        }
    }

    /// What the user allowed; `None` when that is still to be asked.
    fn allowed(&self, form: &Form) -> Result<Option<Allowed>, SentBack> {
        if form.get("response_type") != Some("code") {
            return Err(SentBack::UnsupportedResponseType);
        }
        if form.get("code_challenge_method") != Some("S256") {
            return Err(SentBack::InvalidRequest);
        }
        let challenge: Digest = form
            .get("code_challenge")
            .and_then(|challenge| challenge.parse().ok())
            .ok_or(SentBack::InvalidRequest)?;
        let scopes = Scopes::parse("scope", form.get("scope").unwrap_or_default())
            .map_err(|_| SentBack::InvalidScope)?;
        if form.get("prompt").is_some_and(|prompt| prompt.split(' ').any(|word| word == "none")) {
            return Err(SentBack::LoginRequired);
        }
        if form.get(DENY).is_some() {
            return Err(SentBack::AccessDenied);
        }
        let login = form.get(LOGIN).and_then(|login| text::line(LOGIN, login.trim().to_owned(), 255).ok());
        Ok(login.map(|login| Allowed {
            login,
            scopes,
            redirect_uri: form.get("redirect_uri").unwrap_or_default().to_owned(),
            challenge,
            nonce: form.get("nonce").map(str::to_owned),
        }))
    }

    fn send_back(&self, target: &OutboundUrl, form: &Form, name: &str, value: &str) -> Reply {
        let mut url = target.url().clone();
        let issuer = match &self.state().control.name {
            NameInRedirect::Own => Some(self.issuer.clone()),
            NameInRedirect::Other(issuer) => Some(issuer.clone()),
            NameInRedirect::LeftOut => None,
        };
        let also = [("state", form.get("state")), ("iss", issuer.as_deref())];
        let also = also.into_iter().filter_map(|(name, value)| Some((name, value?)));
        url.query_pairs_mut().append_pair(name, value).extend_pairs(also);
        let mut reply = answer::not_kept(reply::of(StatusCode::FOUND, "text/plain", "back to the client\n"));
        let location = HeaderValue::from_str(url.as_str()).expect("a URL is printable ASCII");
        reply.headers_mut().insert(LOCATION, location);
        reply
    }
}
