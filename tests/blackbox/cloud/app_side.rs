//! The app's side: apps answer by FIDO UAF.

mod app_spaces;
mod costs;
mod flows;
mod races;
mod refusals;
mod scene;
mod targets;
mod tokens;
