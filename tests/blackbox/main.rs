//! Black-box tests: the bundle as its callers see it, through HTTP, with a clock that the tests turn.
//!
//! One binary, because each links the AWS SDK. A test gets a [`world::World`] of its own.

mod backend;
mod receiver;
mod world;

mod answers;
mod audit;
mod budget;
mod claims;
mod deliveries;
mod enrolment;
mod expiry;
mod faults;
mod idempotency;
mod management;
mod origin_accounts;
mod origin_auth;
mod origin_challenges;
mod push;
mod races;
mod rotation;
mod tour;
mod webhooks;
