//! A QR code in the words of the Cloud API.

use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QrCode {
    /// A PNG.
    pub(crate) data_uri: String,
}
