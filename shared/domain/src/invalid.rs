//! What is wrong with a value from outside, and where.

use std::borrow::Cow;

/// A value from outside that could not be taken: the field by the caller's own name, and what is wrong.
///
/// The problem never repeats the value: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct Invalid {
    /// The field as the caller named it, e.g. `buttons[0][title]`.
    pub field: Cow<'static, str>,
    /// What is wrong with it, as a clause without a full stop.
    pub problem: Cow<'static, str>,
}

impl Invalid {
    /// An [`Invalid`] of its two parts.
    pub fn new(field: impl Into<Cow<'static, str>>, problem: impl Into<Cow<'static, str>>) -> Self {
        Self { field: field.into(), problem: problem.into() }
    }
}
