//! Which authenticators a request accepts (FIDO UAF Protocol, dictionaries Policy and MatchCriteria).

use serde::Deserialize;

use super::authenticator::Authenticator;
use super::message::Extension;
use super::{ClientError, model};

/// `accepted`: alternatives in order of priority, each of criteria for as many authenticators. `disallowed`: none of these.
#[derive(Debug, Deserialize)]
pub(crate) struct Policy {
    accepted: Vec<Vec<Criterion>>,
    #[serde(default)]
    disallowed: Vec<Criterion>,
}

/// Every member that is there must match.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Criterion {
    aaid: Vec<String>,
    #[serde(rename = "vendorID")]
    vendor_ids: Vec<String>,
    #[serde(rename = "keyIDs")]
    key_ids: Vec<String>,
    user_verification: Option<u32>,
    key_protection: Option<u16>,
    matcher_protection: Option<u16>,
    attachment_hint: Option<u32>,
    tc_display: Option<u16>,
    authentication_algorithms: Vec<u16>,
    assertion_schemes: Vec<String>,
    attestation_types: Vec<u16>,
    authenticator_version: Option<u16>,
    exts: Vec<Extension>,
}

impl Policy {
    pub(crate) fn check(&self) -> Result<(), ClientError> {
        match self.accepted.is_empty() || self.accepted.iter().any(Vec::is_empty) {
            true => Err(ClientError::Malformed("the policy accepts nothing")),
            false => Ok(()),
        }
    }

    /// Whether this authenticator, with this key where there is one already, must not be used.
    pub(crate) fn disallows(&self, authenticator: &Authenticator, key_id: Option<&str>) -> bool {
        self.disallowed.iter().any(|criterion| criterion.matches(authenticator) && criterion.names(key_id))
    }

    /// The first alternative whose criteria are all met, each by another of so many authenticators; `meets` says what of an
    /// authenticator meets a criterion.
    pub(crate) fn choose<T>(
        &self,
        authenticators: usize,
        meets: impl Fn(&Criterion, usize) -> Option<T>,
    ) -> Option<Vec<(usize, T)>> {
        self.accepted.iter().find_map(|all| {
            let mut chosen = Vec::new();
            (all.len() <= authenticators && assign(all, authenticators, &meets, &mut chosen))
                .then_some(chosen)
        })
    }
}

/// Gives the next criterion an authenticator that none before has, and goes back where that leads nowhere.
fn assign<T>(
    all: &[Criterion],
    authenticators: usize,
    meets: &impl Fn(&Criterion, usize) -> Option<T>,
    chosen: &mut Vec<(usize, T)>,
) -> bool {
    let Some(criterion) = all.get(chosen.len()) else { return true };
    for at in 0..authenticators {
        if chosen.iter().any(|(taken, _)| *taken == at) {
            continue;
        }
        let Some(met) = meets(criterion, at) else { continue };
        chosen.push((at, met));
        if assign(all, authenticators, meets, chosen) {
            return true;
        }
        chosen.pop();
    }
    false
}

impl Criterion {
    /// Whether the authenticator itself is what is asked for, whatever its keys.
    pub(crate) fn matches(&self, authenticator: &Authenticator) -> bool {
        let aaid = authenticator.aaid();
        let vendor = aaid.split('#').next().unwrap_or_default();
        among(&self.aaid, |wanted| wanted == aaid)
            && among(&self.vendor_ids, |wanted| wanted.eq_ignore_ascii_case(vendor))
            && flag(self.user_verification, model::USER_VERIFICATION)
            && flag(self.key_protection.map(u32::from), u32::from(model::KEY_PROTECTION))
            && flag(self.matcher_protection.map(u32::from), u32::from(model::MATCHER_PROTECTION))
            && flag(self.attachment_hint, model::ATTACHMENT_HINT)
            && flag(self.tc_display.map(u32::from), u32::from(model::TC_DISPLAY))
            && among(&self.authentication_algorithms, |number| *number == model::ALGORITHM)
            && among(&self.assertion_schemes, |scheme| scheme == model::SCHEME)
            && among(&self.attestation_types, |tag| *tag == authenticator.attestation().tag())
            && self.authenticator_version.is_none_or(|least| model::VERSION >= least)
            && !self.exts.iter().any(|extension| extension.fail_if_unknown)
    }

    /// Whether it names this key, or no key at all.
    pub(crate) fn names(&self, key_id: Option<&str>) -> bool {
        self.key_ids.is_empty() || key_id.is_some_and(|key_id| self.key_ids.iter().any(|id| id == key_id))
    }

    /// Whether it asks for keys that are there already.
    pub(crate) const fn names_keys(&self) -> bool {
        !self.key_ids.is_empty()
    }
}

/// A list that is not there asks for nothing.
fn among<T>(list: &[T], matches: impl Fn(&T) -> bool) -> bool {
    list.is_empty() || list.iter().any(matches)
}

fn flag(wanted: Option<u32>, offered: u32) -> bool {
    wanted.is_none_or(|wanted| wanted & offered != 0)
}
