//! The Authenticator API, versions 1 and 2, as its apps use it.

mod actions;
mod approvals;
mod connecting;
mod consents;
mod content;
mod costs;
mod deciding;
mod logins;
mod padding;
mod refused_connections;
mod revoking;
mod scene;
mod signatures;
mod statuses;
mod types;

pub(crate) use scene::key;
