//! The administration API: companies, App Spaces, Request Origins, users, administrators, and what happened.
//!
//! One operation per file; the table below is all that the bootstrap, the local gateway and the tests know of them. What an
//! operation needs to be allowed stands in its first line: a permission of `countersign_domain::role`.

mod company_get;
mod company_update;
mod page;

use countersign_lambda::{HttpOperation, http_operations};

/// Every operation of this package.
pub const OPERATIONS: &[HttpOperation] = http_operations! {
    Admin:
    "company-get", GET, "/admin/api/companies/{company}", SEALING => company_get;
    "company-update", PATCH, "/admin/api/companies/{company}", SEALING => company_update;
};
