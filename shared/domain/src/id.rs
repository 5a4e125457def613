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

            /// What it is called where ids are numbers: its last 53 bits, all of them random.
            pub fn number(&self) -> Number {
                let bytes = self.0.as_bytes();
                let low = bytes[8..].iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
                Number(low & Number::MAX)
            }
        }
    };
}

/// An id of the Authenticator API v2: 53 bits, because its apps read JSON numbers (RFC 7493, section 2.2). Within one user
/// it is as good as the id that it is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Number(u64);

impl Number {
    const MAX: u64 = (1 << 53) - 1;

    /// As JSON has it.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Number {
    type Err = Malformed;

    /// From its decimal digits.
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|number| plain && *number <= Self::MAX);
        number.map(Self).ok_or(Malformed)
    }
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
    /// An administrator of a company.
    AdministratorId
);
ordered_id!(
    /// An act of administration.
    ActId
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
ordered_id!(
    /// A consent.
    ConsentId
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

impl Tenant {
    /// What it is called where ids are numbers: its 48 bits.
    pub fn number(self) -> Number {
        Number(self.0.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// The tenant with this number.
    pub fn from_number(number: Number) -> Option<Self> {
        let [0, 0, tenant @ ..] = number.0.to_be_bytes() else { return None };
        Some(Self(tenant))
    }
}

impl FromStr for Tenant {
    type Err = Malformed;

    /// From its 12 hexadecimal digits, in either case.
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let plain = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = u64::from_str_radix(text, 16).ok().filter(|_| plain).map(Number);
        number.and_then(Self::from_number).ok_or(Malformed)
    }
}

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
    fn an_id_has_a_number_that_json_can_say() {
        let id = ChallengeId::new(Timestamp::from_millis(1_000), &Fixed(0xff));
        assert_eq!(id.number().get(), (1 << 53) - 1);
        assert_eq!(id.number().to_string().parse(), Ok(id.number()));
        for text in ["", "-1", "+1", "1.0", "9007199254740992", "0x1", " 1"] {
            assert_eq!(text.parse::<Number>(), Err(Malformed), "{text:?}");
        }
    }

    #[test]
    fn a_tenant_is_found_by_number_and_by_digits() {
        let tenant = AppSpaceId::new(&Fixed(0xab)).tenant();
        assert_eq!(Tenant::from_number(tenant.number()), Some(tenant));
        assert_eq!(tenant.to_string().parse(), Ok(tenant));
        assert_eq!(Tenant::from_number(Number(1 << 48)), None);
        for text in ["", "ababababab", "ababababababab", "+bababababab", "ababababababx"] {
            assert_eq!(text.parse::<Tenant>(), Err(Malformed), "{text:?}");
        }
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
