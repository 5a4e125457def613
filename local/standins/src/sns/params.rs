//! The form of a Query protocol call.

use std::collections::BTreeMap;

use super::Refused;

/// The fields of a call, by their flattened names, e.g. `Attributes.entry.1.key`.
pub(crate) struct Params(BTreeMap<String, String>);

impl Params {
    /// From a form body; `None` when it is none or has no `Action`.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let fields: Vec<(String, String)> = serde_html_form::from_bytes(body).ok()?;
        let params = Self(fields.into_iter().collect());
        params.get("Action").is_some().then_some(params)
    }

    /// What is to be done, e.g. `Publish`.
    pub(crate) fn action(&self) -> &str {
        self.get("Action").unwrap_or_default()
    }

    /// The ARN that the call names first; never a phone number.
    pub(crate) fn resource(&self) -> Option<String> {
        ["TargetArn", "TopicArn", "EndpointArn", "PlatformApplicationArn"]
            .iter()
            .find_map(|name| self.get(name))
            .map(str::to_owned)
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A field that the model marks as required.
    pub(super) fn required(&self, name: &str) -> Result<&str, Refused> {
        self.get(name).ok_or_else(|| Refused::missing(name))
    }

    /// A map such as `Attributes`: `NAME.entry.N.key` and `.value`. `None` when it has no entry.
    pub(super) fn map(&self, name: &str) -> Option<BTreeMap<&str, &str>> {
        let map: BTreeMap<_, _> = (1..)
            .map_while(|n| {
                let key = self.get(&format!("{name}.entry.{n}.key"))?;
                Some((key, self.get(&format!("{name}.entry.{n}.value")).unwrap_or_default()))
            })
            .collect();
        (!map.is_empty()).then_some(map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_with_its_maps() {
        let body = b"Action=X&A.entry.1.key=k&A.entry.1.value=v%26w&A.entry.2.key=l&A.entry.2.value=";
        let params = Params::parse(body).unwrap();
        assert_eq!(params.action(), "X");
        assert_eq!(params.map("A"), Some(BTreeMap::from([("k", "v&w"), ("l", "")])));
        assert_eq!(params.map("B"), None);
    }

    #[test]
    fn what_is_no_call_is_none() {
        assert!(Params::parse(b"").is_none());
        assert!(Params::parse(b"{\"Action\":\"x\"}").is_none());
        assert!(Params::parse(b"\xff\xfe").is_none());
    }
}
