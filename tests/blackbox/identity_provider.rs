//! App Spaces whose users live at an identity provider: logins, what must not pass for one, and vouching before answers.

mod attacks;
mod browser;
mod logins;
pub(crate) mod provider;
mod races;
mod secrecy;
mod settings;
pub(crate) mod table;
mod users;
mod vouching;
