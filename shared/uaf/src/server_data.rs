//! `header.serverData`: what the server gives along with a question and gets back with the answer, authenticated and
//! bound to the challenge, the operation, the application and the user (FIDO UAF Protocol, dictionary OperationHeader).

use countersign_crypto::digest::sha256;
use countersign_crypto::encoding::{base64url, from_base64url_exact};
use countersign_crypto::equal;

use crate::messages::Operation;
use crate::refusal::Refusal;

/// A keyed message authentication code of 32 bytes, such as HMAC-SHA-256 with a key that only the server has.
pub trait Mac {
    /// The code over `message`.
    fn mac(&self, message: &[u8]) -> [u8; 32];
}

impl<F: Fn(&[u8]) -> [u8; 32]> Mac for F {
    fn mac(&self, message: &[u8]) -> [u8; 32] {
        self(message)
    }
}

/// A challenge: 32 fresh random bytes; as text, 43 characters of base64url.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Challenge([u8; 32]);

impl Challenge {
    /// From 32 fresh random bytes.
    pub const fn from_random(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Display for Challenge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&base64url(&self.0))
    }
}

/// What a question was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerData {
    /// Registration or authentication.
    pub operation: Operation,
    /// The challenge that was asked with.
    pub challenge: Challenge,
    /// When the question ends, in milliseconds since the epoch.
    pub expires_millis: i64,
    /// Whatever the caller wants to know again, e.g. the user's id.
    pub reference: Reference,
    subject: [u8; 32],
}

/// 16 bytes of the caller's; zeros for nothing.
pub type Reference = [u8; 16];

const LABEL: &[u8] = b"countersign uaf server data 2";
const BODY: usize = 1 + 8 + 32 + 16 + 32;
const WHOLE: usize = BODY + 32;

impl ServerData {
    /// For a question to this user (none: whoever answers) of this application.
    pub fn new(
        operation: Operation,
        challenge: Challenge,
        expires_millis: i64,
        app_id: &str,
        user: Option<&str>,
        reference: Reference,
    ) -> Self {
        Self { operation, challenge, expires_millis, reference, subject: subject(app_id, user) }
    }

    /// Whether it was made for this application and user.
    pub fn is_for(&self, app_id: &str, user: Option<&str>) -> bool {
        equal(&self.subject, &subject(app_id, user))
    }

    /// The text for `header.serverData`, 162 characters.
    pub fn seal(&self, mac: &dyn Mac) -> String {
        let body = self.body();
        let mut whole = [0; WHOLE];
        whole[..BODY].copy_from_slice(&body);
        whole[BODY..].copy_from_slice(&mac.mac(&labelled(&body)));
        base64url(&whole)
    }

    /// Reads what [`Self::seal`] has written. The caller finds its question by the challenge in it.
    ///
    /// # Errors
    /// [`Refusal::ServerData`] for anything else.
    pub fn open(text: &str, mac: &dyn Mac) -> Result<Self, Refusal> {
        let whole: [u8; WHOLE] = from_base64url_exact(text).map_err(|_| Refusal::ServerData)?;
        let (body, code) = whole.split_at(BODY);
        if !equal(&mac.mac(&labelled(body)), code) {
            return Err(Refusal::ServerData);
        }
        Self::from_body(body).ok_or(Refusal::ServerData)
    }

    fn body(&self) -> [u8; BODY] {
        let mut body = [0; BODY];
        body[0] = match self.operation {
            Operation::Reg => 1,
            Operation::Auth => 2,
            Operation::Dereg => 3,
        };
        body[1..9].copy_from_slice(&self.expires_millis.to_be_bytes());
        body[9..41].copy_from_slice(self.challenge.as_bytes());
        body[41..57].copy_from_slice(&self.reference);
        body[57..].copy_from_slice(&self.subject);
        body
    }

    fn from_body(body: &[u8]) -> Option<Self> {
        let (&[operation], rest) = body.split_first_chunk::<1>()?;
        let (expires, rest) = rest.split_first_chunk::<8>()?;
        let (challenge, rest) = rest.split_first_chunk::<32>()?;
        let (reference, subject) = rest.split_first_chunk::<16>()?;
        let operation = match operation {
            1 => Operation::Reg,
            2 => Operation::Auth,
            3 => Operation::Dereg,
            _ => return None,
        };
        Some(Self {
            operation,
            challenge: Challenge(*challenge),
            expires_millis: i64::from_be_bytes(*expires),
            reference: *reference,
            subject: subject.try_into().ok()?,
        })
    }
}

/// The label keeps the code from being one that the same key gave for another purpose.
fn labelled(body: &[u8]) -> Vec<u8> {
    [LABEL, body].concat()
}

/// The two hashes keep one pair of texts from reading like another.
fn subject(app_id: &str, user: Option<&str>) -> [u8; 32] {
    let mut both = sha256(app_id.as_bytes()).to_vec();
    if let Some(user) = user {
        both.extend(sha256(user.as_bytes()));
    }
    sha256(&both)
}

#[cfg(test)]
mod tests {
    use countersign_crypto::encoding::from_base64url;
    use proptest::prelude::*;

    use super::*;

    fn mac(key: u8) -> impl Mac {
        move |message: &[u8]| sha256(&[&[key], message].concat())
    }

    fn sample() -> ServerData {
        let challenge = Challenge::from_random([7; 32]);
        ServerData::new(
            Operation::Auth,
            challenge,
            1_700_000_000_000,
            "https://a.example",
            Some("alice"),
            [3; 16],
        )
    }

    #[test]
    fn it_is_read_back_with_the_same_key_only() {
        let text = sample().seal(&mac(1));
        assert_eq!(text.len(), 162);
        assert_eq!(ServerData::open(&text, &mac(1)), Ok(sample()));
        assert_eq!(ServerData::open(&text, &mac(2)), Err(Refusal::ServerData));
    }

    #[test]
    fn it_is_for_one_application_and_user() {
        assert!(sample().is_for("https://a.example", Some("alice")));
        assert!(!sample().is_for("https://a.example", Some("bob")));
        assert!(!sample().is_for("https://a.example", None));
        assert!(!sample().is_for("https://b.example", Some("alice")));
    }

    #[test]
    fn every_byte_counts() {
        let whole = from_base64url(&sample().seal(&mac(1))).unwrap();
        for at in 0..whole.len() {
            let mut bad = whole.clone();
            bad[at] ^= 1;
            assert_eq!(ServerData::open(&base64url(&bad), &mac(1)), Err(Refusal::ServerData), "{at}");
        }
        assert_eq!(ServerData::open(&base64url(&whole[1..]), &mac(1)), Err(Refusal::ServerData));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[A-Za-z0-9_=-]{0,180}") {
            prop_assert_eq!(ServerData::open(&text, &mac(1)), Err(Refusal::ServerData));
        }
    }
}
