//! One-time links for administrators.

use std::fmt;

use countersign_crypto::token::Token;
use countersign_domain::actor::Actor;
use countersign_domain::administrator::Administrator;
use countersign_domain::invitation::{Invitation, Purpose};
use countersign_domain::time::Timestamp;

use crate::app::App;

/// A link that was just made. It is shown once: the table keeps the hash of its token.
pub struct NewLink {
    token: Token,
    /// To be written with whatever the link is for.
    pub invitation: Invitation,
}

impl NewLink {
    /// A link that lets `administrator` in.
    pub fn new(app: &App, administrator: &Administrator, purpose: Purpose, by: Actor) -> Self {
        let (token, now) = (Token::random(app.random()), app.now());
        let invitation = Invitation {
            token_hash: token.hash().to_string(),
            company: administrator.company,
            administrator: administrator.id,
            purpose,
            by,
            created_at: now,
            expires_at: now + purpose.lifetime(),
            used_at: None,
        };
        Self { token, invitation }
    }

    /// Where the portal of `base_url` takes it. The token stands behind the `#`: no server and no log sees it.
    pub fn url(&self, base_url: &str) -> String {
        format!("{base_url}/web/portal#invitation={}", self.token.expose())
    }

    /// Until when it works.
    pub const fn expires_at(&self) -> Timestamp {
        self.invitation.expires_at
    }
}

impl fmt::Debug for NewLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewLink").field("invitation", &self.invitation).finish_non_exhaustive()
    }
}
