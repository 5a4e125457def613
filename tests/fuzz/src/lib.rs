//! What the fuzz targets share. A target reads text, so that people can read and edit the corpus; but for the formats that are bytes.

pub mod requests;
pub mod running;
pub mod samples;
pub mod table;
pub mod tampering;
pub mod uaf;
pub mod web_authn;
pub mod website;

/// The first `N` parts of `text` with line breaks between them; the last part is all that is left.
pub fn lines<const N: usize>(text: &str) -> Option<[&str; N]> {
    text.splitn(N, '\n').collect::<Vec<_>>().try_into().ok()
}

/// `value` written as JSON and read again, which must be the same JSON once more.
///
/// # Panics
/// When it is not.
pub fn reread<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    let written = serde_json::to_string(value).expect("what was read can be written");
    let read: T = serde_json::from_str(&written).expect("what was written can be read");
    let again = serde_json::to_string(&read).expect("what was read can be written");
    assert_eq!(written, again);
    read
}
