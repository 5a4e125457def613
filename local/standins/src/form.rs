//! The parameters of a request, from a query or a form body.

use std::collections::BTreeMap;

/// Parameters by name, each there once and with a value (RFC 6749, section 3.1: one without a value counts as left out).
pub(crate) struct Form(BTreeMap<String, String>);

/// A parameter came twice, or the text is no form.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotAForm;

impl Form {
    /// Reads `application/x-www-form-urlencoded`.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, NotAForm> {
        let fields: Vec<(String, String)> = serde_html_form::from_bytes(text).map_err(|_| NotAForm)?;
        let mut form = BTreeMap::new();
        for (name, value) in fields {
            if form.insert(name, value).is_some() {
                return Err(NotAForm);
            }
        }
        form.retain(|_, value| !value.is_empty());
        Ok(Self(form))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// All of them, by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_decoded_and_empty_values_are_left_out() {
        let form = Form::parse(b"a=x+y%26z&b=&c=%C3%BC").unwrap();
        assert_eq!(form.iter().collect::<Vec<_>>(), [("a", "x y&z"), ("c", "ü")]);
        assert_eq!(form.get("b"), None);
        assert_eq!(Form::parse(b"").unwrap().iter().count(), 0);
    }

    #[test]
    fn no_parameter_comes_twice() {
        for text in ["a=1&a=2", "a=1&a=1", "a=&a=1"] {
            assert_eq!(Form::parse(text.as_bytes()).err(), Some(NotAForm), "{text}");
        }
    }
}
