//! `POST /token`: codes and refresh tokens become access tokens (RFC 6749, sections 4.1.3 and 6).

use countersign_domain::identity_provider::Scopes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::answer::{Refused, private};
use super::grants::{ACCESS_LIFE, Issued, has};
use super::id_token::Claims;
use super::{IdentityProvider, client};
use crate::form::Form;
use crate::reply::Reply;

impl IdentityProvider {
    pub(super) fn token(&self, headers: &HeaderMap, body: &[u8]) -> Reply {
        match client::form(headers, body).and_then(|form| self.tokens(&form)) {
            Ok(tokens) => private(StatusCode::OK, &tokens),
            Err(refused) => refused.reply(),
        }
    }

    fn tokens(&self, form: &Form) -> Result<Value, Refused> {
        match form.get("grant_type") {
            Some("authorization_code") => self.for_code(form),
            Some("refresh_token") => self.for_refresh_token(form),
            Some(_) => Err(Refused::GrantType),
            None => Err(Refused::Request("grant_type is missing")),
        }
    }

    fn for_code(&self, form: &Form) -> Result<Value, Refused> {
        let code = form.get("code").ok_or(Refused::Request("code is missing"))?;
        let redirect_uri = form.get("redirect_uri").ok_or(Refused::Request("redirect_uri is missing"))?;
        let verifier = form.get("code_verifier").ok_or(Refused::Request("code_verifier is missing"))?;
        let now = self.clock.now();
        let mut state = self.state();
        let (issued, allowed) = state.grants.redeem(code, redirect_uri, verifier, now, &self.random)?;
        let mut tokens = answer(&issued);
        if has(&allowed.scopes, "openid") {
            let tamper = state.control.tamper.take();
            let claims = Claims::new(&self.issuer, &allowed.login, allowed.nonce.as_deref(), now);
            let signed = claims.sign(&state.keys, tamper, &self.random).map_err(|_| Refused::Internal)?;
            if let Some(id_token) = signed {
                tokens["id_token"] = id_token.into();
            }
        }
        Ok(tokens)
    }

    /// Without an id token, as OpenID Connect Core 1.0 leaves open (section 12.2).
    fn for_refresh_token(&self, form: &Form) -> Result<Value, Refused> {
        let refresh = form.get("refresh_token").ok_or(Refused::Request("refresh_token is missing"))?;
        let scopes = form.get("scope").map(|text| Scopes::parse("scope", text)).transpose();
        let scopes = scopes.map_err(|_| Refused::Scope)?;
        self.state()
            .grants
            .renew(refresh, scopes, self.clock.now(), &self.random)
            .map(|issued| answer(&issued))
    }
}

/// RFC 6749, section 5.1.
fn answer(issued: &Issued) -> Value {
    let mut tokens = json!({
        "access_token": issued.access.expose(),
        "token_type": "Bearer",
        "expires_in": ACCESS_LIFE.as_secs_up(),
        "scope": issued.scopes.iter().collect::<Vec<_>>().join(" "),
    });
    if let Some(refresh) = &issued.refresh {
        tokens["refresh_token"] = refresh.expose().into();
    }
    tokens
}
