//! Which authenticators are acceptable (FIDO UAF Protocol, dictionary Policy).

use serde::{Deserialize, Serialize};

use crate::match_criteria::{Candidate, MatchCriteria, NotACriterion};

/// A policy. Its criteria were checked when it was made or read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Lists")]
pub struct Policy {
    accepted: Vec<Vec<MatchCriteria>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    disallowed: Vec<MatchCriteria>,
}

#[derive(Deserialize)]
struct Lists {
    accepted: Vec<Vec<MatchCriteria>>,
    #[serde(default)]
    disallowed: Vec<MatchCriteria>,
}

impl TryFrom<Lists> for Policy {
    type Error = NotACriterion;

    fn try_from(lists: Lists) -> Result<Self, NotACriterion> {
        Self::new(lists.accepted, lists.disallowed)
    }
}

impl Policy {
    /// `accepted`: alternatives in order of priority, each of criteria that must all be met, by different
    /// authenticators. `disallowed`: what must not be used, such as what is registered already.
    ///
    /// # Errors
    /// [`NotACriterion`], also where there is no alternative or one without criteria.
    pub fn new(
        accepted: Vec<Vec<MatchCriteria>>,
        disallowed: Vec<MatchCriteria>,
    ) -> Result<Self, NotACriterion> {
        if accepted.is_empty() || accepted.iter().any(Vec::is_empty) {
            return Err(NotACriterion);
        }
        accepted.iter().flatten().try_for_each(MatchCriteria::check)?;
        // A disallowed criterion may name key ids alone.
        let alone = |criterion: &&MatchCriteria| criterion.aaid.is_empty() && !criterion.key_ids.is_empty();
        disallowed.iter().filter(|criterion| !alone(criterion)).try_for_each(MatchCriteria::check)?;
        Ok(Self { accepted, disallowed })
    }

    /// The alternatives.
    pub fn accepted(&self) -> &[Vec<MatchCriteria>] {
        &self.accepted
    }

    /// What must not be used.
    pub fn disallowed(&self) -> &[MatchCriteria] {
        &self.disallowed
    }

    /// Whether the authenticator meets a criterion of any alternative and none that is disallowed.
    pub(crate) fn allows(&self, candidate: &Candidate<'_>) -> bool {
        self.accepted.iter().flatten().any(|criterion| criterion.matches(candidate))
            && !self.disallowed.iter().any(|criterion| criterion.matches(candidate))
    }

    /// The place of the first alternative whose criteria are all met, each by another of these authenticators.
    pub(crate) fn satisfied(&self, candidates: &[Candidate<'_>]) -> Option<usize> {
        self.accepted.iter().position(|all| {
            let mut taken: Vec<Option<usize>> = vec![None; candidates.len()];
            (0..all.len()).all(|criterion| {
                assign(all, candidates, criterion, &mut taken, &mut vec![false; candidates.len()])
            })
        })
    }
}

/// Gives the criterion an authenticator, moving others along where needed (augmenting paths), so that the order of
/// assertions does not matter.
fn assign(
    all: &[MatchCriteria],
    candidates: &[Candidate<'_>],
    criterion: usize,
    taken: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    for at in 0..candidates.len() {
        if tried[at] || !all[criterion].matches(&candidates[at]) {
            continue;
        }
        tried[at] = true;
        if taken[at].is_none_or(|other| assign(all, candidates, other, taken, tried)) {
            taken[at] = Some(criterion);
            return true;
        }
    }
    false
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
