//! The stand-ins as the functions see them: through the AWS SDK.

// The lint spares test functions only, not what they share.
#![allow(clippy::unwrap_used)]

#[path = "standins/dynamodb.rs"]
mod dynamodb;
#[path = "standins/faults.rs"]
mod faults;
#[path = "standins/harness.rs"]
mod harness;
#[path = "standins/http.rs"]
mod http;
#[path = "standins/id_tokens.rs"]
mod id_tokens;
#[path = "standins/identity_provider.rs"]
mod identity_provider;
#[path = "standins/malformed.rs"]
mod malformed;
#[path = "standins/relying_party.rs"]
mod relying_party;
#[path = "standins/restart.rs"]
mod restart;
#[path = "standins/secrets.rs"]
mod secrets;
#[path = "standins/sns.rs"]
mod sns;
