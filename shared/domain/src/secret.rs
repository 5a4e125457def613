//! Values that must not be shown.

use std::fmt;

/// A value that is never printed: no `Display`, no `Clone`, no `PartialEq`, and a `Debug` without content.
///
/// Comparison is `countersign_crypto::equal`, in constant time, and nowhere else.
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Hides `value`.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for the one place that needs it.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
