//! People who administer a company: their roles, and the passkeys by which they sign in.

use serde::{Deserialize, Serialize};

use crate::id::{AdministratorId, CompanyId};
use crate::refused::Refused;
use crate::role::Grant;
use crate::time::{Span, Timestamp};

/// Most passkeys of one administrator.
pub const PASSKEYS_MAX: usize = 10;
/// Most grants of one administrator.
pub const GRANTS_MAX: usize = 50;

/// An administrator of one company.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Administrator {
    /// Their id.
    pub id: AdministratorId,
    /// The company.
    pub company: CompanyId,
    /// Their name, as other administrators see it.
    pub name: String,
    /// What they are, where.
    pub grants: Vec<Grant>,
    /// What they sign in with; none until they have followed their link.
    pub passkeys: Vec<Passkey>,
    /// Whether they may sign in.
    pub state: AdministratorState,
    /// When they were made.
    pub created_at: Timestamp,
    /// When they last signed in.
    pub signed_in_at: Option<Timestamp>,
    /// Sessions that began before this are over.
    pub sessions_from: Timestamp,
}

/// Whether an administrator may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdministratorState {
    /// Was made and has not followed the link yet.
    Invited,
    /// May.
    Active,
    /// Never again.
    Removed,
}

impl AdministratorState {
    /// The state's word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Removed => "removed",
        }
    }
}

/// A WebAuthn credential of an administrator.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Passkey {
    /// Its credential id, base64url.
    pub credential_id: String,
    /// What its administrator calls it.
    pub name: String,
    /// `countersign_webauthn::StoredCredential` as JSON.
    pub credential: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

impl Administrator {
    /// One who is to follow a link.
    pub fn new(
        id: AdministratorId,
        company: CompanyId,
        name: String,
        grants: Vec<Grant>,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            company,
            name,
            grants,
            passkeys: Vec::new(),
            state: AdministratorState::Invited,
            created_at: now,
            signed_in_at: None,
            sessions_from: now,
        }
    }

    /// The administrator unless removed: a removed one is as if there were none.
    pub fn present(self) -> Option<Self> {
        (self.state != AdministratorState::Removed).then_some(self)
    }

    /// Takes a passkey by a link: an invited one becomes active.
    pub fn join(mut self, passkey: Passkey) -> Result<Self, Refused> {
        self.state = AdministratorState::Active;
        self.add_passkey(passkey)
    }

    /// Takes a passkey by a link that recovers access: the former ones, and all sessions, are over.
    pub fn recover(mut self, passkey: Passkey, now: Timestamp) -> Result<Self, Refused> {
        self.passkeys.clear();
        self.sessions_from = now;
        self.join(passkey)
    }

    /// The passkey with that credential id.
    pub fn passkey(&self, credential_id: &str) -> Option<&Passkey> {
        self.passkeys.iter().find(|known| known.credential_id == credential_id)
    }

    /// Ends every session and every link that there is at `now`.
    pub fn end_sessions(self, now: Timestamp) -> Self {
        // What began in this very millisecond is over, too.
        Self { sessions_from: now + Span::millis(1), ..self }
    }

    /// The administrator as they just signed in, with what was learned of the passkey.
    pub fn signed_in(
        mut self,
        credential_id: &str,
        credential: String,
        now: Timestamp,
    ) -> Result<Self, Refused> {
        let mut passkeys = self.passkeys.iter_mut();
        let passkey = passkeys.find(|known| known.credential_id == credential_id);
        let passkey = passkey.ok_or(Refused::Unknown("passkey"))?;
        (passkey.credential, passkey.used_at) = (credential, Some(now));
        self.signed_in_at = Some(now);
        Ok(self)
    }

    /// One more passkey.
    pub fn add_passkey(mut self, passkey: Passkey) -> Result<Self, Refused> {
        if self.passkey(&passkey.credential_id).is_some() {
            return Err(Refused::WrongState { what: "passkey", state: "registered already" });
        }
        if self.passkeys.len() >= PASSKEYS_MAX {
            return Err(Refused::WrongState { what: "administrator", state: "at the limit of passkeys" });
        }
        self.passkeys.push(passkey);
        Ok(self)
    }

    /// Without a passkey; the last one stays.
    pub fn remove_passkey(mut self, credential_id: &str) -> Result<Self, Refused> {
        if self.passkey(credential_id).is_none() {
            return Err(Refused::Unknown("passkey"));
        }
        if self.passkeys.len() == 1 {
            return Err(Refused::WrongState { what: "passkey", state: "the only one" });
        }
        self.passkeys.retain(|known| known.credential_id != credential_id);
        Ok(self)
    }

    /// Loses everything that gives access, for ever.
    pub fn remove(self, now: Timestamp) -> Self {
        Self {
            state: AdministratorState::Removed,
            passkeys: Vec::new(),
            grants: Vec::new(),
            sessions_from: now,
            ..self
        }
    }

    /// Whether they run the whole company, and can: who was only invited may never come.
    pub fn is_company_admin(&self) -> bool {
        self.state == AdministratorState::Active && self.grants.contains(&Grant::CompanyAdmin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{administrator, at, passkey};

    #[test]
    fn a_link_makes_an_invited_one_active() {
        let joined = administrator().join(passkey("a")).unwrap();
        assert_eq!((joined.state, joined.passkeys.len()), (AdministratorState::Active, 1));
    }

    #[test]
    fn recovery_ends_former_passkeys_and_sessions() {
        let before = administrator().join(passkey("a")).unwrap().add_passkey(passkey("b")).unwrap();
        let after = before.recover(passkey("c"), at(9)).unwrap();
        let ids: Vec<_> = after.passkeys.iter().map(|known| known.credential_id.as_str()).collect();
        assert_eq!((ids, after.sessions_from), (vec!["c"], at(9)));
    }

    #[test]
    fn a_passkey_is_taken_once_and_the_last_one_stays() {
        let joined = administrator().join(passkey("a")).unwrap();
        assert!(joined.clone().add_passkey(passkey("a")).is_err());
        assert!(joined.clone().remove_passkey("a").is_err());
        assert_eq!(joined.clone().remove_passkey("b").unwrap_err(), Refused::Unknown("passkey"));
        let two = joined.add_passkey(passkey("b")).unwrap();
        assert_eq!(two.remove_passkey("a").unwrap().passkeys[0].credential_id, "b");
        let mut many = administrator();
        for number in 0..PASSKEYS_MAX {
            many = many.join(passkey(&number.to_string())).unwrap();
        }
        assert!(many.add_passkey(passkey("one more")).is_err());
    }

    #[test]
    fn a_removed_one_has_no_access_left() {
        let removed = administrator().join(passkey("a")).unwrap().remove(at(5));
        assert!(removed.passkeys.is_empty() && removed.grants.is_empty() && !removed.is_company_admin());
        assert!(removed.present().is_none());
    }
}
