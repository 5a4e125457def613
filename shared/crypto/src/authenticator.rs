//! The cryptography of the Authenticator API, versions 1 and 2: the app's key, what is encrypted to and by the app,
//! its signatures, its access token, and the code that a decision must repeat.
//!
//! Version 1 and 2 encrypt alike, see [`Envelope`]; they sign differently, see [`signature_v1`] and [`signature_v2`].
//! The API fixes RSA with PKCS#1 v1.5 padding and AES in CBC mode without authentication. [`ProviderKey::decrypt`] says
//! what follows from it, and what is done about it.

mod access_token;
mod app_key;
mod authorization_code;
mod base64_lines;
mod cbc;
mod envelope;
mod expiry;
mod provider_key;
pub mod signature_v1;
pub mod signature_v2;
#[cfg(test)]
mod vectors;

pub use access_token::{AccessToken, NotAnAccessToken, has_our_form};
pub use app_key::{AppKey, NotAnAppKey};
pub use authorization_code::AuthorizationCode;
pub use envelope::{Envelope, NotDecrypted};
pub use expiry::{Expired, LONGEST_VALIDITY, check_expiry};
pub use provider_key::ProviderKey;

pub use crate::jwe::EncryptionFailed;
