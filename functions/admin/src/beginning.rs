//! Sessions as they begin: by a sign-in, or by the passkey that a link just made.

use countersign_domain::administrator::Administrator;
use countersign_domain::company::Company;
use countersign_domain::session::Session;
use countersign_lambda::admin::SessionToken;
use countersign_lambda::{App, Reply};

use crate::session_view::SessionView;

/// A session that is to be written, and the token by which its browser will be known.
pub(crate) struct Begun {
    token: SessionToken,
    pub(crate) session: Session,
}

impl Begun {
    /// By the passkey with that credential id.
    pub(crate) fn new(app: &App, administrator: &Administrator, passkey: &str) -> Self {
        let (company, now) = (administrator.company, app.now());
        let token = SessionToken::new(company, administrator.id, app.random());
        let session = Session {
            token_hash: token.hash(),
            company,
            administrator: administrator.id,
            passkey: passkey.to_owned(),
            began_at: now,
            active_at: now,
        };
        Self { token, session }
    }

    /// Gives the browser its session.
    pub(crate) fn reply(
        &self,
        administrator: &Administrator,
        company: &Company,
        base_url: &str,
    ) -> Reply<SessionView> {
        let view = SessionView::of(&self.session, administrator, company);
        Reply::made(view).cookie(self.token.cookie(base_url))
    }
}
