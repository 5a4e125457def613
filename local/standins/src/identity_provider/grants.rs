//! What users allowed, and the codes and tokens that carry it; each known by its hash only.

use std::collections::HashMap;

use countersign_crypto::digest::Digest;
use countersign_crypto::token::{Token, TokenHash};
use countersign_domain::chance::Random;
use countersign_domain::identity_provider::Scopes;
use countersign_domain::time::{Span, Timestamp};

use super::answer::Refused;

/// How long a code is good.
const CODE_LIFE: Span = Span::secs(60);
/// How long an access token is good.
pub(super) const ACCESS_LIFE: Span = Span::minutes(10);

/// What a user allowed, and what the client must prove to get it.
pub(super) struct Allowed {
    pub(super) login: String,
    pub(super) scopes: Scopes,
    pub(super) redirect_uri: String,
    /// SHA-256 of the verifier (RFC 7636, section 4.2).
    pub(super) challenge: Digest,
    pub(super) nonce: Option<String>,
}

/// Fresh tokens.
pub(super) struct Issued {
    pub(super) access: Token,
    pub(super) refresh: Option<Token>,
    pub(super) scopes: Scopes,
}

/// Who an access token is for.
pub(super) struct Holder {
    pub(super) login: String,
    pub(super) scopes: Scopes,
    pub(super) expires_at: Timestamp,
}

/// All of it, since the start.
#[derive(Default)]
pub(super) struct Grants {
    grants: Vec<Grant>,
    codes: HashMap<TokenHash, Code>,
    access: HashMap<TokenHash, Access>,
    refresh: HashMap<TokenHash, Refresh>,
    renewals: usize,
}

/// The place of a grant in [`Grants::grants`]; none is ever removed.
type GrantId = usize;

struct Grant {
    login: String,
    scopes: Scopes,
    revoked: bool,
}

enum Code {
    Open { allowed: Allowed, expires_at: Timestamp },
    Spent { gave: Option<GrantId> },
}

struct Access {
    grant: GrantId,
    scopes: Scopes,
    expires_at: Timestamp,
}

struct Refresh {
    grant: GrantId,
    spent: bool,
}

const UNKNOWN_CODE: Refused = Refused::Grant("the code is unknown");
const UNKNOWN_REFRESH: Refused = Refused::Grant("the refresh token is unknown");

impl Grants {
    /// A code for what the user allowed.
    pub(super) fn code(&mut self, allowed: Allowed, now: Timestamp, random: &dyn Random) -> Token {
        let code = Token::random(random);
        self.codes.insert(code.hash(), Code::Open { allowed, expires_at: now + CODE_LIFE });
        code
    }

    /// Exchanges a code. The first who presents it spends it, whatever comes of it; when it comes again, what it gave is
    /// revoked (RFC 6749, section 4.1.2).
    pub(super) fn redeem(
        &mut self,
        code: &str,
        redirect_uri: &str,
        verifier: &str,
        now: Timestamp,
        random: &dyn Random,
    ) -> Result<(Issued, Allowed), Refused> {
        let hash = code.parse::<Token>().map_err(|_| UNKNOWN_CODE)?.hash();
        let code = self.codes.get_mut(&hash).ok_or(UNKNOWN_CODE)?;
        let (allowed, expires_at) = match std::mem::replace(code, Code::Spent { gave: None }) {
            Code::Open { allowed, expires_at } => (allowed, expires_at),
            Code::Spent { gave } => {
                if let Some(grant) = gave {
                    self.grants[grant].revoked = true;
                }
                return Err(Refused::Grant("the code was used before"));
            }
        };
        if now >= expires_at {
            return Err(Refused::Grant("the code is expired"));
        }
        if allowed.redirect_uri != redirect_uri {
            return Err(Refused::Grant("the redirect_uri is not that of the login"));
        }
        if !is_verifier(verifier) || Digest::of(verifier.as_bytes()) != allowed.challenge {
            return Err(Refused::Grant("the code_verifier is not that of the login"));
        }
        let grant = self.grants.len();
        self.grants.push(Grant {
            login: allowed.login.clone(),
            scopes: allowed.scopes.clone(),
            revoked: false,
        });
        self.codes.insert(hash, Code::Spent { gave: Some(grant) });
        Ok((self.issue(grant, allowed.scopes.clone(), now, random), allowed))
    }

    /// Exchanges a refresh token for the next one. One that comes twice was stolen from somebody: the whole grant is
    /// revoked (RFC 9700, section 4.14.2).
    pub(super) fn renew(
        &mut self,
        refresh: &str,
        scopes: Option<Scopes>,
        now: Timestamp,
        random: &dyn Random,
    ) -> Result<Issued, Refused> {
        let hash = refresh.parse::<Token>().map_err(|_| UNKNOWN_REFRESH)?.hash();
        let token = self.refresh.get_mut(&hash).ok_or(UNKNOWN_REFRESH)?;
        let id = token.grant;
        let grant = &mut self.grants[id];
        if token.spent {
            grant.revoked = true;
            return Err(Refused::Grant("the refresh token was used before"));
        }
        if grant.revoked {
            return Err(Refused::Grant("the refresh token is revoked"));
        }
        // RFC 6749, section 6: less may be asked for, not more.
        let scopes = scopes.unwrap_or_else(|| grant.scopes.clone());
        if !scopes.iter().all(|scope| has(&grant.scopes, scope)) {
            return Err(Refused::Scope);
        }
        token.spent = true;
        self.renewals += 1;
        Ok(self.issue(id, scopes, now, random))
    }

    /// OpenID Connect gives refresh tokens to those who asked for `offline_access` (Core, section 11); plain OAuth2 gives
    /// them to all.
    fn issue(&mut self, grant: GrantId, scopes: Scopes, now: Timestamp, random: &dyn Random) -> Issued {
        let granted = &self.grants[grant].scopes;
        let refreshable = has(granted, "offline_access") || !has(granted, "openid");
        let access = Token::random(random);
        let kept = Access { grant, scopes: scopes.clone(), expires_at: now + ACCESS_LIFE };
        self.access.insert(access.hash(), kept);
        let refresh = refreshable.then(|| Token::random(random));
        if let Some(token) = &refresh {
            self.refresh.insert(token.hash(), Refresh { grant, spent: false });
        }
        Issued { access, refresh, scopes }
    }

    /// Who holds an access token, if it is good.
    pub(super) fn holder(&self, access: &str, now: Timestamp) -> Option<Holder> {
        let access = self.access.get(&access.parse::<Token>().ok()?.hash())?;
        let grant = &self.grants[access.grant];
        (!grant.revoked && now < access.expires_at).then(|| Holder {
            login: grant.login.clone(),
            scopes: access.scopes.clone(),
            expires_at: access.expires_at,
        })
    }

    pub(super) fn revoke_grants_of(&mut self, login: &str) {
        self.grants.iter_mut().filter(|grant| grant.login == login).for_each(|grant| grant.revoked = true);
    }

    pub(super) const fn renewals(&self) -> usize {
        self.renewals
    }
}

/// Whether `scope` is among them.
pub(super) fn has(scopes: &Scopes, scope: &str) -> bool {
    scopes.iter().any(|one| one == scope)
}

/// RFC 7636, section 4.1: 43 to 128 unreserved characters.
fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verifier_is_43_to_128_unreserved_characters() {
        for good in ["-._~".repeat(11), "a".repeat(43), "Z9".repeat(64)] {
            assert!(is_verifier(&good), "{good}");
        }
        for bad in ["a".repeat(42), "a".repeat(129), format!("{}+", "a".repeat(43)), "ü".repeat(43)] {
            assert!(!is_verifier(&bad), "{bad}");
        }
    }
}
