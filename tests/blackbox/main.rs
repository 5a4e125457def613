//! Black-box tests: the bundle as its callers see it, through HTTP, with a clock that the tests turn.
//!
//! One binary, because each links the AWS SDK. A test gets a [`world::World`] of its own.

#![allow(clippy::unwrap_used)] // a failed unwrap is a failed test

mod backend;
mod bootstrap;
mod conformance;
mod device_calls;
mod openapi;
mod qr;
mod receiver;
mod sample_events;
mod template_file;
mod world;

mod admin;
mod answers;
mod audit;
mod authenticator;
mod authenticator_bank;
mod authenticator_origin;
mod bootstraps;
mod browser;
mod budget;
mod claims;
mod cloud;
mod cross_origin;
mod deliveries;
mod enrolment;
mod expiry;
mod faults;
mod fido2;
mod idempotency;
mod identity_provider;
mod management;
mod origin_accounts;
mod origin_auth;
mod origin_challenges;
mod portal;
mod push;
mod races;
mod rotation;
mod template;
mod tour;
mod webhooks;
