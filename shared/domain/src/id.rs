//! Identifiers. Each kind is its own type, so that none is taken for another.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

use crate::chance::{self, Random};
use crate::time::Timestamp;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The 16 bytes, as other protocols carry them.
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// From 16 bytes of another protocol: what they name is for the caller to find out.
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = Malformed;

            /// From the hyphenated form, in either case; no other form is an id.
            fn from_str(text: &str) -> Result<Self, Malformed> {
                if text.len() != 36 {
                    return Err(Malformed);
                }
                Uuid::try_parse(text).map(Self).map_err(|_| Malformed)
            }
        }
    };
}

macro_rules! ordered_id {
    ($(#[$doc:meta])* $name:ident) => {
        id!($(#[$doc])* $name);

        impl $name {
            /// A fresh UUIDv7 (RFC 9562, section 5.7): ordered by time, 74 random bits.
            pub fn new(now: Timestamp, random: &dyn Random) -> Self {
                let millis = u64::try_from(now.millis()).unwrap_or(0);
                Self(Builder::from_unix_timestamp_millis(millis, &chance::bytes(random)).into_uuid())
            }
        }
    };
}

/// The text is not an id: 32 hexadecimal digits with hyphens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a GUID")]
pub struct Malformed;

ordered_id!(
    /// A company.
    CompanyId
);
ordered_id!(
    /// A person in one App Space; `privakeyId` in the Request Origin API.
    UserId
);
ordered_id!(
    /// A bound device; the `kid` of its proofs.
    DeviceId
);
ordered_id!(
    /// A challenge; `guid` of a request in the Request Origin API.
    ChallengeId
);
ordered_id!(
    /// An enrolment.
    EnrolmentId
);
id!(
    /// An App Space: a UUIDv8 whose first 48 bits are its [`Tenant`].
    AppSpaceId
);
id!(
    /// A Request Origin: a UUIDv8 that shares its first 48 bits, the [`Tenant`], with its App Space.
    RequestOriginId
);

/// What an App Space and its Request Origins have in common: 48 random bits.
///
/// A Request Origin names only itself when it calls. As its id leads to its App Space, everything a call
/// concerns can be read at once, and an id cannot even address what belongs to another App Space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tenant([u8; 6]);

impl fmt::Display for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A UUIDv8 (RFC 9562, section 5.8): the tenant, then 74 random bits.
fn tenant_uuid(tenant: Tenant, random: &dyn Random) -> Uuid {
    let mut bytes: [u8; 16] = chance::bytes(random);
    bytes[..6].copy_from_slice(&tenant.0);
    Builder::from_custom_bytes(bytes).into_uuid()
}

fn tenant_of(uuid: Uuid) -> Tenant {
    let bytes = uuid.into_bytes();
    Tenant([bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5]])
}

impl AppSpaceId {
    /// An id with a fresh tenant. Two App Spaces with one tenant cannot be stored: draw again then.
    pub fn new(random: &dyn Random) -> Self {
        Self(tenant_uuid(Tenant(chance::bytes(random)), random))
    }

    /// The tenant that its Request Origins share.
    pub fn tenant(self) -> Tenant {
        tenant_of(self.0)
    }
}

impl RequestOriginId {
    /// A fresh id within `app_space`.
    pub fn new(app_space: AppSpaceId, random: &dyn Random) -> Self {
        Self(tenant_uuid(app_space.tenant(), random))
    }

    /// The tenant that it shares with its App Space.
    pub fn tenant(self) -> Tenant {
        tenant_of(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u8);
    impl Random for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn a_request_origin_shares_the_tenant_of_its_app_space() {
        let app_space = AppSpaceId::new(&Fixed(0xab));
        let origin = RequestOriginId::new(app_space, &Fixed(0x11));
        assert_eq!(origin.tenant(), app_space.tenant());
        assert_eq!(origin.tenant().to_string(), "abababababab");
        assert_eq!(origin.to_string(), "abababab-abab-8111-9111-111111111111");
    }

    #[test]
    fn ids_are_ordered_by_time() {
        let early = ChallengeId::new(Timestamp::from_millis(1_000), &Fixed(0xff));
        let late = ChallengeId::new(Timestamp::from_millis(1_001), &Fixed(0));
        assert!(early < late);
        assert_eq!(early.to_string().parse(), Ok(early));
    }

    #[test]
    fn only_the_hyphenated_form_is_an_id() {
        for text in [
            "",
            "x",
            "00000000000000000000000000000000",
            "{00000000-0000-0000-0000-000000000000}",
            "urn:uuid:00000000-0000-0000-0000-000000000000",
            "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz",
        ] {
            assert_eq!(text.parse::<UserId>(), Err(Malformed), "{text:?}");
        }
    }
}
