//! The user account a credential is made for (section 5.4.3).

/// Whom a credential is made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialUser {
    id: Vec<u8>,
    name: String,
    display_name: String,
}

/// The user's id has no bytes or more than 64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the user's id is not of 1 to 64 bytes")]
pub struct UserIdLength;

impl CredentialUser {
    /// `id` is the user handle: 1 to 64 bytes that tell nothing about the person, the same for every credential of
    /// the user, for a new credential replaces an older one of the same id in an authenticator. `name` and
    /// `display_name` are what the person is shown.
    ///
    /// # Errors
    /// [`UserIdLength`].
    pub fn new(
        id: impl Into<Vec<u8>>,
        name: impl Into<String>,
        display_name: impl Into<String>,
    ) -> Result<Self, UserIdLength> {
        let id = id.into();
        if !(1..=64).contains(&id.len()) {
            return Err(UserIdLength);
        }
        Ok(Self { id, name: name.into(), display_name: display_name.into() })
    }

    /// The user handle.
    pub fn id(&self) -> &[u8] {
        &self.id
    }

    /// The account's name, to tell it from others.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The person's name.
    pub fn display_name(&self) -> &str {
        &self.display_name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_1_to_64_bytes() {
        assert_eq!(CredentialUser::new(vec![1; 64], "ada", "Ada").unwrap().id().len(), 64);
        for length in [0, 65] {
            assert_eq!(CredentialUser::new(vec![1; length], "ada", "Ada"), Err(UserIdLength));
        }
    }
}
