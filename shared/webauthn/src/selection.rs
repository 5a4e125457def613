//! `authenticatorSelection`: which authenticator may make the credential (section 5.4.4).

use serde_json::{Map, Value, json};

/// How the authenticator is attached to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Attachment {
    /// Built into the client's device.
    Platform,
    /// One that moves between devices.
    CrossPlatform,
}

/// Whether the credential is kept in the authenticator, so that it can be used without naming the user first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResidentKey {
    /// Rather not.
    Discouraged,
    /// Rather so.
    Preferred,
    /// It must be.
    Required,
}

/// Whether the authenticator verifies the person, by PIN or biometric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UserVerification {
    /// It must, and a ceremony without is refused.
    Required,
    /// Rather so.
    Preferred,
    /// Rather not.
    Discouraged,
}

/// A choice that goes by its name in JSON.
trait Choice: Copy + 'static {
    const ALL: &'static [Self];
    const ONE_OF: &'static str;

    fn name(self) -> &'static str;

    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|choice| choice.name() == name)
    }
}

impl Choice for Attachment {
    const ALL: &'static [Self] = &[Self::Platform, Self::CrossPlatform];
    const ONE_OF: &'static str = "platform or cross-platform";

    fn name(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::CrossPlatform => "cross-platform",
        }
    }
}

impl Choice for ResidentKey {
    const ALL: &'static [Self] = &[Self::Required, Self::Preferred, Self::Discouraged];
    const ONE_OF: &'static str = "required, preferred or discouraged";

    fn name(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Preferred => "preferred",
            Self::Discouraged => "discouraged",
        }
    }
}

impl Choice for UserVerification {
    const ALL: &'static [Self] = &[Self::Required, Self::Preferred, Self::Discouraged];
    const ONE_OF: &'static str = "required, preferred or discouraged";

    fn name(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Preferred => "preferred",
            Self::Discouraged => "discouraged",
        }
    }
}

impl UserVerification {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        Choice::name(self)
    }

    /// Reads the name in JSON.
    pub fn named(name: &str) -> Option<Self> {
        <Self as Choice>::named(name)
    }
}

/// Which authenticator may make the credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Selection {
    /// Any where none is named.
    pub attachment: Option<Attachment>,
    /// The client decides where none is named.
    pub resident_key: Option<ResidentKey>,
    /// Required where the caller says nothing.
    pub user_verification: UserVerification,
}

impl Default for Selection {
    fn default() -> Self {
        Self { attachment: None, resident_key: None, user_verification: UserVerification::Required }
    }
}

/// A member of `authenticatorSelection` is not what it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field} must be {must_be}")]
pub struct SelectionRefused {
    /// The member, such as `authenticatorSelection.userVerification`.
    pub field: &'static str,
    /// What it must be, such as `an object`.
    pub must_be: &'static str,
}

impl Selection {
    /// Reads the object. Members that are missing or `null` keep their default, unknown ones are ignored.
    /// `residentKey` goes before `requireResidentKey`, which Level 1 had in its place.
    ///
    /// # Errors
    /// [`SelectionRefused`], the first that applies.
    pub fn parse(selection: &Value) -> Result<Self, SelectionRefused> {
        let members = match selection {
            Value::Null => return Ok(Self::default()),
            Value::Object(members) => members,
            _ => return Err(SelectionRefused { field: "authenticatorSelection", must_be: "an object" }),
        };
        let attachment =
            choice(members, "authenticatorAttachment", "authenticatorSelection.authenticatorAttachment")?;
        let resident_key = choice(members, "residentKey", "authenticatorSelection.residentKey")?;
        let required = match members.get("requireResidentKey") {
            None | Some(Value::Null) => false,
            Some(Value::Bool(required)) => *required,
            Some(_) => {
                return Err(SelectionRefused {
                    field: "authenticatorSelection.requireResidentKey",
                    must_be: "true or false",
                });
            }
        };
        let user_verification =
            choice(members, "userVerification", "authenticatorSelection.userVerification")?;
        Ok(Self {
            attachment,
            resident_key: resident_key.or(required.then_some(ResidentKey::Required)),
            user_verification: user_verification.unwrap_or(UserVerification::Required),
        })
    }

    /// The object in creation options. `requireResidentKey` says the same as `residentKey` to clients of Level 1.
    pub(crate) fn to_json(self) -> Value {
        let mut selection = json!({
            "requireResidentKey": self.resident_key == Some(ResidentKey::Required),
            "userVerification": self.user_verification.name(),
        });
        if let Some(resident_key) = self.resident_key {
            selection["residentKey"] = json!(resident_key.name());
        }
        if let Some(attachment) = self.attachment {
            selection["authenticatorAttachment"] = json!(attachment.name());
        }
        selection
    }
}

fn choice<T: Choice>(
    members: &Map<String, Value>,
    member: &str,
    field: &'static str,
) -> Result<Option<T>, SelectionRefused> {
    let refused = SelectionRefused { field, must_be: T::ONE_OF };
    match members.get(member) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(name)) => T::named(name).map(Some).ok_or(refused),
        Some(_) => Err(refused),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_asked_means_user_verification() {
        for nothing in
            [json!(null), json!({}), json!({"residentKey": null, "userVerification": null, "hints": []})]
        {
            assert_eq!(Selection::parse(&nothing), Ok(Selection::default()));
        }
        assert_eq!(
            Selection::default().to_json(),
            json!({"requireResidentKey": false, "userVerification": "required"})
        );
    }

    #[test]
    fn every_choice_is_read_and_written_alike() {
        for attachment in ["platform", "cross-platform"] {
            for (resident_key, required) in [("discouraged", false), ("preferred", false), ("required", true)]
            {
                for user_verification in ["required", "preferred", "discouraged"] {
                    let asked = json!({
                        "authenticatorAttachment": attachment,
                        "residentKey": resident_key,
                        "requireResidentKey": required,
                        "userVerification": user_verification,
                    });
                    assert_eq!(Selection::parse(&asked).unwrap().to_json(), asked);
                    assert_eq!(UserVerification::named(user_verification).unwrap().name(), user_verification);
                }
            }
        }
        assert_eq!(UserVerification::named("Required"), None);
    }

    #[test]
    fn level_1_asks_for_a_resident_key_by_a_flag() {
        let flag = Selection::parse(&json!({"requireResidentKey": true})).unwrap();
        assert_eq!(flag.resident_key, Some(ResidentKey::Required));
        let both =
            Selection::parse(&json!({"requireResidentKey": true, "residentKey": "discouraged"})).unwrap();
        assert_eq!(both.resident_key, Some(ResidentKey::Discouraged));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (asked, sentence) in [
            (json!([]), "authenticatorSelection must be an object"),
            (
                json!({"authenticatorAttachment": "phone"}),
                "authenticatorSelection.authenticatorAttachment must be platform or cross-platform",
            ),
            (
                json!({"residentKey": true}),
                "authenticatorSelection.residentKey must be required, preferred or discouraged",
            ),
            (
                json!({"requireResidentKey": "yes"}),
                "authenticatorSelection.requireResidentKey must be true or false",
            ),
            (
                json!({"userVerification": "REQUIRED"}),
                "authenticatorSelection.userVerification must be required, preferred or discouraged",
            ),
        ] {
            assert_eq!(Selection::parse(&asked).unwrap_err().to_string(), sentence);
        }
    }
}
