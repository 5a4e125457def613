//! WebAuthn: browsers make credentials and answer with them.

mod answering;
mod browsers;
mod cloud_api;
mod costs;
mod races;
mod refused_answers;
mod refused_registrations;
mod registering;
mod site;
