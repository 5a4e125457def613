//! The web applications: the portal of administrators and the web device.

use countersign_lambda::HttpOperation;

/// Every operation of this package.
pub const OPERATIONS: &[HttpOperation] = &[];
