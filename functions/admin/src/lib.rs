//! The administration API: companies, App Spaces, Request Origins, users, administrators.

use countersign_lambda::HttpOperation;

/// Every operation of this package.
pub const OPERATIONS: &[HttpOperation] = &[];
