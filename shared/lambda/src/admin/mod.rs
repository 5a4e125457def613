//! Who administers: administrators in a session, and holders of a company's provisioning key.
//!
//! An operation says at once which permission it needs; the path says where: `{company}`, and `{appSpace}` in it. Caller, place
//! and whatever the operation needs are read in one call, and nothing of it is given out before caller, place and permission
//! are known to fit.

pub mod acting;
mod caller;
pub mod ceremony;
mod cookie;
pub mod founding;
mod inviting;
mod place;
pub mod presented;
mod read;
mod same_site;

pub use caller::AdminCaller;
pub use cookie::{SessionToken, clear_cookie};
pub use inviting::NewLink;
pub use place::Place;
pub use read::AdminRead;
pub use same_site::check_page;
