//! Fields of a change, of which null means something else than absence.

use serde::{Deserialize, Deserializer};

/// For `#[serde(default, deserialize_with)]`: nothing where the field is absent, `Some(None)` where it is null.
pub fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Change {
        #[serde(default, deserialize_with = "given")]
        url: Option<Option<String>>,
    }

    #[test]
    fn null_is_told_from_absence() {
        let read = |text: &str| serde_json::from_str::<Change>(text).unwrap().url;
        assert_eq!(read("{}"), None);
        assert_eq!(read(r#"{"url": null}"#), Some(None));
        assert_eq!(read(r#"{"url": "a"}"#), Some(Some("a".into())));
    }
}
