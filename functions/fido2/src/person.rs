//! Whom a credential is for, as backends of the Request Origin API say it: `userInfo` is JSON.

use countersign_domain::invalid::Invalid;
use countersign_domain::text;
use serde::Deserialize;

/// The names that an authenticator shows: 1 to 64 characters each.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) display_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Names {
    name: Option<String>,
    display_name: Option<String>,
}

impl Person {
    /// From the value of `userInfo`. Without a name it is the account id, without a display name the name.
    pub(crate) fn of(user_info: Option<&str>, account_id: &str) -> Result<Self, Invalid> {
        let names = match user_info {
            Some(json) => serde_json::from_str(json)
                .map_err(|_| Invalid::new("userInfo", "is not the JSON of {name, displayName}"))?,
            None => Names { name: None, display_name: None },
        };
        let line = |field, name: Option<String>| name.map(|name| text::line(field, name, 64)).transpose();
        let name = line("userInfo.name", names.name)?.unwrap_or_else(|| account_id.to_owned());
        let display_name = line("userInfo.displayName", names.display_name)?;
        Ok(Self { display_name: display_name.unwrap_or_else(|| name.clone()), name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(user_info: Option<&str>) -> Result<(String, String), String> {
        let person = Person::of(user_info, "ann@example.com");
        person.map(|person| (person.name, person.display_name)).map_err(|invalid| invalid.field.into_owned())
    }

    #[test]
    fn what_is_not_said_is_the_account_id() {
        let names = |name: &str, display_name: &str| Ok((name.to_owned(), display_name.to_owned()));
        assert_eq!(person(None), names("ann@example.com", "ann@example.com"));
        assert_eq!(person(Some(r#"{"displayName": "Ann"}"#)), names("ann@example.com", "Ann"));
        assert_eq!(person(Some(r#"{"name": "ann", "branch": 12}"#)), names("ann", "ann"));
        assert_eq!(person(Some(r#"{"name": "ann", "displayName": "Ann"}"#)), names("ann", "Ann"));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for info in ["Ann", "[1]", "7", r#"{"name": 7}"#] {
            assert_eq!(person(Some(info)), Err("userInfo".into()), "{info}");
        }
        assert_eq!(person(Some(r#"{"name": ""}"#)), Err("userInfo.name".into()));
        let long = format!(r#"{{"displayName": "{}"}}"#, "a".repeat(65));
        assert_eq!(person(Some(&long)), Err("userInfo.displayName".into()));
    }
}
