//! One criterion of a policy (FIDO UAF Protocol, dictionary MatchCriteria).

use serde::{Deserialize, Serialize};

use crate::aaid::{Aaid, KeyId};
use crate::extensions::Extension;
use crate::metadata::{AttestationType, Statement, USER_VERIFY_ALL};

/// What an authenticator must be; every member that is there must match.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MatchCriteria {
    /// One of these models.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aaid: Vec<Aaid>,
    /// One of these vendors, four hexadecimal digits.
    #[serde(rename = "vendorID", skip_serializing_if = "Vec::is_empty")]
    pub vendor_ids: Vec<String>,
    /// One of these keys.
    #[serde(rename = "keyIDs", skip_serializing_if = "Vec::is_empty")]
    pub key_ids: Vec<KeyId>,
    /// Flags of user verification.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_verification: Option<u32>,
    /// Flags, one of which must match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_protection: Option<u16>,
    /// Flags, one of which must match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matcher_protection: Option<u16>,
    /// Flags, one of which must match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachment_hint: Option<u32>,
    /// Flags, one of which must match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tc_display: Option<u16>,
    /// One of these algorithms, by number.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authentication_algorithms: Vec<u16>,
    /// One of these schemes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assertion_schemes: Vec<String>,
    /// One of these kinds of attestation, by tag.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attestation_types: Vec<u16>,
    /// At least this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authenticator_version: Option<u16>,
    /// Extensions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exts: Vec<Extension>,
}

/// The criterion combines members that do not go together, or lacks one that it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("combines members that do not go together")]
pub struct NotACriterion;

/// An authenticator as an assertion and its metadata show it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate<'a> {
    pub(crate) statement: &'a Statement,
    pub(crate) key_id: KeyId,
    pub(crate) version: u16,
}

impl MatchCriteria {
    /// These models, whatever the key.
    pub fn models(aaid: Vec<Aaid>) -> Self {
        Self { aaid, ..Self::default() }
    }

    /// Exactly this key: what a step-up pins, and what `disallowed` lists.
    pub fn key(aaid: Aaid, key_id: KeyId) -> Self {
        Self { aaid: vec![aaid], key_ids: vec![key_id], ..Self::default() }
    }

    /// Checks the combination: `aaid` goes only with `keyIDs`, `attachmentHint`, `authenticatorVersion` and `exts`;
    /// without it, `authenticationAlgorithms` and `assertionSchemes` are mandatory.
    ///
    /// # Errors
    /// [`NotACriterion`].
    pub fn check(&self) -> Result<(), NotACriterion> {
        let good = if self.aaid.is_empty() {
            !self.authentication_algorithms.is_empty() && !self.assertion_schemes.is_empty()
        } else {
            self.vendor_ids.is_empty()
                && self.user_verification.is_none()
                && self.key_protection.is_none()
                && self.matcher_protection.is_none()
                && self.tc_display.is_none()
                && self.authentication_algorithms.is_empty()
                && self.assertion_schemes.is_empty()
                && self.attestation_types.is_empty()
        };
        if good { Ok(()) } else { Err(NotACriterion) }
    }

    /// Whether the authenticator is what the criterion asks for. An extension that must be understood never matches.
    pub(crate) fn matches(&self, candidate: &Candidate<'_>) -> bool {
        let statement = candidate.statement;
        among(&self.aaid, |aaid| *aaid == statement.aaid)
            && among(&self.vendor_ids, |vendor| vendor.eq_ignore_ascii_case(statement.aaid.vendor()))
            && among(&self.key_ids, |key_id| *key_id == candidate.key_id)
            && self
                .user_verification
                .is_none_or(|wanted| statement.user_verifications().any(|offered| verifies(wanted, offered)))
            && self.key_protection.is_none_or(|flags| flags & statement.key_protection != 0)
            && self.matcher_protection.is_none_or(|flags| flags & statement.matcher_protection != 0)
            && self.attachment_hint.is_none_or(|flags| flags & statement.attachment_hint != 0)
            && self.tc_display.is_none_or(|flags| flags & statement.tc_display != 0)
            && among(&self.authentication_algorithms, |number| {
                statement.authentication_algorithms.iter().any(|algorithm| u16::from(*algorithm) == *number)
            })
            && among(&self.assertion_schemes, |scheme| *scheme == statement.assertion_scheme)
            && among(&self.attestation_types, |tag| {
                AttestationType::from_tag(*tag)
                    .is_some_and(|kind| statement.attestation_types.contains(&kind))
            })
            && self.authenticator_version.is_none_or(|least| candidate.version >= least)
            && !self.exts.iter().any(|extension| extension.fail_if_unknown)
    }
}

/// A list that is not there asks for nothing.
fn among<T>(list: &[T], matches: impl Fn(&T) -> bool) -> bool {
    list.is_empty() || list.iter().any(matches)
}

/// The same flags, or one in common where neither side means all of its flags.
fn verifies(wanted: u32, offered: u32) -> bool {
    wanted == offered || ((wanted | offered) & USER_VERIFY_ALL == 0 && wanted & offered != 0)
}
