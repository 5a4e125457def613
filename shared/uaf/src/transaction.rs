//! What a user confirms (FIDO UAF Protocol, dictionaries Transaction and DisplayPNGCharacteristicsDescriptor).

use countersign_crypto::digest::{Digest, sha256};
use countersign_crypto::encoding::{base64url, from_base64url};
use serde::{Deserialize, Serialize};

/// The most characters of a text.
pub const MAX_TEXT: usize = 200;

/// The kind of a transaction's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ContentType {
    /// ASCII text of at most [`MAX_TEXT`] characters.
    #[serde(rename = "text/plain")]
    Text,
    /// A picture.
    #[serde(rename = "image/png")]
    Png,
}

/// One form of what is to be shown and confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Transaction {
    /// The kind of the content.
    pub content_type: ContentType,
    /// The content, base64url.
    pub content: String,
    /// For a picture: what a display must be able to show.
    #[serde(rename = "tcDisplayPNGCharacteristics", default, skip_serializing_if = "Option::is_none")]
    pub png_characteristics: Option<PngCharacteristics>,
}

/// The header of a PNG (ISO/IEC 15948, section 11.2.2) and its palette.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PngCharacteristics {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Bits per sample.
    pub bit_depth: u8,
    /// Colour type.
    pub color_type: u8,
    /// Compression method.
    pub compression: u8,
    /// Filter method.
    pub filter: u8,
    /// Interlace method.
    pub interlace: u8,
    /// The palette, where the colour type has one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plte: Vec<PaletteEntry>,
}

/// A colour of a palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaletteEntry {
    /// Red.
    pub r: u16,
    /// Green.
    pub g: u16,
    /// Blue.
    pub b: u16,
}

/// The text cannot be shown as text: empty, too long, or not ASCII. Show a picture of it instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not ASCII text of 1 to 200 characters")]
pub struct NotShownAsText;

impl Transaction {
    /// A text. Characters that are printed, and line feeds, are allowed.
    ///
    /// # Errors
    /// [`NotShownAsText`].
    pub fn text(text: &str) -> Result<Self, NotShownAsText> {
        let shown = |byte: u8| (b' '..=b'~').contains(&byte) || byte == b'\n';
        if text.is_empty() || text.len() > MAX_TEXT || !text.bytes().all(shown) {
            return Err(NotShownAsText);
        }
        Ok(Self {
            content_type: ContentType::Text,
            content: base64url(text.as_bytes()),
            png_characteristics: None,
        })
    }

    /// A picture, with the characteristics of its header.
    pub fn png(png: &[u8], characteristics: PngCharacteristics) -> Self {
        Self {
            content_type: ContentType::Png,
            content: base64url(png),
            png_characteristics: Some(characteristics),
        }
    }

    /// The hash that an authenticator signs: SHA-256 over the content itself, not over its base64url. Nothing where
    /// the content is not base64url.
    pub fn hash(&self) -> Option<Digest> {
        from_base64url(&self.content).ok().map(|content| Digest::from_bytes(sha256(&content)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn text_is_printable_ascii_of_at_most_200_characters() {
        assert!(Transaction::text(&"x".repeat(200)).is_ok());
        for text in [&"x".repeat(201), "", "120 \u{20ac}", "a\tb", "a\u{7f}"] {
            assert_eq!(Transaction::text(text), Err(NotShownAsText), "{text:?}");
        }
    }

    #[test]
    fn the_hash_is_over_the_content() {
        let transaction = Transaction::text("abc").unwrap();
        assert_eq!(transaction.hash(), Some(Digest::of(b"abc")));
        assert_eq!(json!(transaction), json!({ "contentType": "text/plain", "content": "YWJj" }));
        assert_eq!(Transaction { content: "=".to_owned(), ..transaction }.hash(), None);
    }

    #[test]
    fn a_picture_carries_its_characteristics() {
        let json = json!({
            "contentType": "image/png", "content": "iVBORw",
            "tcDisplayPNGCharacteristics": { "width": 320, "height": 480, "bitDepth": 8, "colorType": 2,
                "compression": 0, "filter": 0, "interlace": 0, "plte": [{ "r": 1, "g": 2, "b": 3 }] },
        });
        let read: Transaction = serde_json::from_value(json.clone()).unwrap();
        let made = Transaction::png(b"\x89PNG", read.png_characteristics.clone().unwrap());
        assert_eq!((&made, serde_json::to_value(&made).unwrap()), (&read, json));
    }
}
