//! The portal, as administrators use it.

mod looks;
mod page;
mod roles;
mod setting_up;
mod signing_in;
mod users;
