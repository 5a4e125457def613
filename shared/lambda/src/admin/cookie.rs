//! The session cookie. It says whose session it is, so that session and administrator are read together.

use std::fmt;
use std::str::FromStr;

use countersign_crypto::token::Token;
use countersign_domain::chance::Random;
use countersign_domain::id::{AdministratorId, CompanyId};
use countersign_domain::session::LONGEST;

use crate::call::Parts;

/// What the cookie holds: `company.administrator.token`. Only the token is secret, and only it is believed.
#[derive(Debug)]
pub struct SessionToken {
    /// The company.
    pub company: CompanyId,
    /// Whose session it is.
    pub administrator: AdministratorId,
    token: Token,
}

/// The text is no session token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotASession;

impl SessionToken {
    /// A fresh one.
    pub fn new(company: CompanyId, administrator: AdministratorId, random: &dyn Random) -> Self {
        Self { company, administrator, token: Token::random(random) }
    }

    /// Under which the session lies.
    pub fn hash(&self) -> String {
        self.token.hash().to_string()
    }

    /// What a browser under `base_url` keeps.
    pub fn cookie(&self, base_url: &str) -> String {
        let (age, attributes) = (LONGEST.as_secs_up(), ATTRIBUTES);
        let Self { company, administrator, token } = self;
        let name = name(base_url);
        format!("{name}={company}.{administrator}.{}; Max-Age={age}{attributes}", token.expose())
    }

    /// What the browser sent, if it sent one cookie of that name.
    pub(super) fn of(parts: &Parts, base_url: &str) -> Option<Self> {
        let header = parts.header("Cookie").ok().flatten()?;
        let name = name(base_url);
        let mut values = header.split(';').filter_map(|pair| {
            let (known, value) = pair.trim().split_once('=')?;
            (known == name).then_some(value)
        });
        match (values.next(), values.next()) {
            (Some(value), None) => value.parse().ok(),
            _ => None,
        }
    }
}

impl FromStr for SessionToken {
    type Err = NotASession;

    fn from_str(text: &str) -> Result<Self, NotASession> {
        let mut parts = text.splitn(3, '.');
        let mut part = || parts.next().ok_or(NotASession);
        let (company, administrator, token) = (part()?, part()?, part()?);
        Ok(Self {
            company: company.parse().map_err(|_| NotASession)?,
            administrator: administrator.parse().map_err(|_| NotASession)?,
            token: token.parse().map_err(|_| NotASession)?,
        })
    }
}

impl fmt::Display for NotASession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is not a session token")
    }
}

/// Makes a browser under `base_url` forget its session.
pub fn clear_cookie(base_url: &str) -> String {
    format!("{}=; Max-Age=0{ATTRIBUTES}", name(base_url))
}

/// No script reads it, no other site sends it, no subdomain sets it.
const ATTRIBUTES: &str = "; Path=/; Secure; HttpOnly; SameSite=Strict";

/// Browsers take the prefix, which keeps subdomains from setting the cookie, on HTTPS only; local use has none.
fn name(base_url: &str) -> &'static str {
    if base_url.starts_with("https://") { "__Host-session" } else { "session" }
}

#[cfg(test)]
mod tests {
    use countersign_crypto::system::SystemRandom;
    use countersign_domain::time::Timestamp;

    use super::*;

    fn token() -> SessionToken {
        let now = Timestamp::from_millis(0);
        let company = CompanyId::new(now, &SystemRandom);
        SessionToken::new(company, AdministratorId::new(now, &SystemRandom), &SystemRandom)
    }

    #[test]
    fn a_cookie_leads_back_to_its_session() {
        let token = token();
        let cookie = token.cookie("https://auth.example.com");
        let value = cookie.split(';').next().unwrap().strip_prefix("__Host-session=").unwrap();
        let read: SessionToken = value.parse().unwrap();
        assert_eq!((read.company, read.administrator), (token.company, token.administrator));
        assert_eq!(read.hash(), token.hash());
        assert!(cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict"));
        assert!(token.cookie("http://localhost:4000").starts_with("session="));
        assert!(clear_cookie("https://auth.example.com").starts_with("__Host-session=; Max-Age=0;"));
    }

    #[test]
    fn nothing_else_is_a_session() {
        let cookie = token().cookie("http://localhost");
        let value = cookie["session=".len()..].split(';').next().unwrap();
        for text in ["", ".", "a.b.c", &value[1..], &value[..value.len() - 1], &format!("{value}.")] {
            assert!(text.parse::<SessionToken>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_token_is_not_shown() {
        let token = token();
        assert!(!format!("{token:?}").contains(token.token.expose()));
    }
}
