//! The one DynamoDB table: keys, items, reads and conditional writes.
//!
//! Only this crate names DynamoDB's types, and only [`keys`] knows the key scheme. What concerns one operation
//! is read in one call ([`Read`]) and written in one conditional write ([`Write`]).

pub mod accounts;
pub mod audit;
pub mod bank;
mod companies;
pub mod consents;
mod deliveries;
pub mod due;
pub mod entities;
pub mod error;
pub mod figures;
pub mod guards;
mod item;
pub mod keys;
pub mod last_active;
pub mod lists;
mod page;
pub mod read;
pub mod schema;
mod store;
pub mod stream;
pub mod user_partition;
pub mod users;
pub mod write;

pub use error::StoreError;
pub use item::{Record, Stored};
pub use page::{Cursor, Page};
pub use read::{Found, Read, Slot};
pub use store::Store;
pub use write::Write;
