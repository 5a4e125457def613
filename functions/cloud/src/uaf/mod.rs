//! FIDO UAF as the app side of the Cloud API speaks it, over the crate `countersign_uaf`.

pub(crate) mod application;
pub(crate) mod ask;
pub(crate) mod keys;
pub(crate) mod messages;
pub(crate) mod received;
pub(crate) mod refused;
pub(crate) mod seal;

use countersign_uaf::messages::Version;

/// The protocol versions that are spoken, the preferred one first.
pub(crate) const VERSIONS: [Version; 2] = [Version::V1_1, Version::V1_0];
