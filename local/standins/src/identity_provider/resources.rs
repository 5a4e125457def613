//! What an access token opens, and what is told of it.

use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::answer::{BearerRefused, Refused, private};
use super::grants::{Holder, has};
use super::{CLIENT_ID, IdentityProvider, client};
use crate::form::Form;
use crate::reply::Reply;

impl IdentityProvider {
    /// `GET /userinfo` (OpenID Connect Core 1.0, section 5.3).
    pub(super) fn userinfo(&self, headers: &HeaderMap) -> Reply {
        let holder = self.bearer(headers).and_then(|holder| {
            if has(&holder.scopes, "openid") { Ok(holder) } else { Err(BearerRefused::Scope) }
        });
        match holder {
            Ok(holder) => private(StatusCode::OK, &json!({"sub": holder.login})),
            Err(refused) => refused.reply(),
        }
    }

    /// `GET /user/profile`, as Login With Amazon has it.
    pub(super) fn user_profile(&self, headers: &HeaderMap) -> Reply {
        match self.bearer(headers) {
            Ok(holder) => private(StatusCode::OK, &json!({"user_id": holder.login, "name": holder.login})),
            Err(refused) => refused.reply(),
        }
    }

    /// `GET /auth/o2/tokeninfo?access_token=`, as Login With Amazon has it: `exp` is how many seconds are left.
    pub(super) fn token_info(&self, query: &str) -> Reply {
        let form = Form::parse(query.as_bytes()).ok();
        let holder = form.as_ref().and_then(|form| self.holder(form.get("access_token")?));
        match holder {
            Some(holder) => {
                let left = (holder.expires_at - self.clock.now()).as_secs_up();
                let told = json!({"aud": CLIENT_ID, "user_id": holder.login, "exp": left});
                private(StatusCode::OK, &told)
            }
            None => private(StatusCode::BAD_REQUEST, &json!({"error": "invalid_token"})),
        }
    }

    /// `POST /introspect` (RFC 7662), for access tokens; everything else is not active.
    pub(super) fn introspect(&self, headers: &HeaderMap, body: &[u8]) -> Reply {
        let told = client::form(headers, body).and_then(|form| {
            let token = form.get("token").ok_or(Refused::Request("token is missing"))?;
            Ok(self.holder(token).map_or_else(|| json!({"active": false}), |holder| self.active(&holder)))
        });
        match told {
            Ok(told) => private(StatusCode::OK, &told),
            Err(refused) => refused.reply(),
        }
    }

    fn active(&self, holder: &Holder) -> Value {
        json!({
            "active": true,
            "client_id": CLIENT_ID,
            "exp": holder.expires_at.secs(),
            "iss": self.issuer,
            "scope": holder.scopes.iter().collect::<Vec<_>>().join(" "),
            "sub": holder.login,
            "token_type": "Bearer",
        })
    }

    fn bearer(&self, headers: &HeaderMap) -> Result<Holder, BearerRefused> {
        let header = headers.get(AUTHORIZATION).ok_or(BearerRefused::Missing)?;
        let (scheme, token) =
            header.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(BearerRefused::Missing)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(BearerRefused::Missing);
        }
        self.holder(token).ok_or(BearerRefused::Invalid)
    }

    fn holder(&self, token: &str) -> Option<Holder> {
        self.state().grants.holder(token, self.clock.now())
    }
}
