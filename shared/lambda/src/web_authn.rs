//! WebAuthn: what a browser is asked, and how its answer leads back to what was asked.
//!
//! A challenge says what it belongs to, so that everything an answer needs is read at once. What it says counts only
//! when it is the whole of the record's own challenge.

use countersign_crypto::encoding::{base64url, from_base64url_exact};
use countersign_domain::account::Account;
use countersign_domain::authenticator_key::KeyName;
use countersign_domain::challenge::Challenge;
use countersign_domain::cloud_settings::{CloudSettings, RelyingParty};
use countersign_domain::enrolment::Enrolment;
use countersign_domain::id::{AppSpaceId, ChallengeId, DeviceId, UserId};
use countersign_domain::invalid::Invalid;
use countersign_domain::refused::Refused;
use countersign_domain::time::Timestamp;
use countersign_domain::web_authn::WebAuthnCeremony;
use countersign_webauthn::{
    Challenge as Bytes, CredentialId, CredentialUser, Malformed, Selection, UserVerification,
    creation_options, request_options,
};
use serde_json::Value;

use crate::refusal::{Refusal, internal};

/// For whom a new credential is, as authenticators show it.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// The account's name.
    pub name: &'a str,
    /// The person's name.
    pub display_name: &'a str,
}

/// What is asked for, of an App Space that has a Relying Party in its settings.
pub fn ceremony(
    settings: Option<&CloudSettings>,
    user_verification: UserVerification,
) -> Result<WebAuthnCeremony, Refused> {
    let rp = settings.and_then(|settings| settings.relying_party.clone());
    let state = "without a relying party for WebAuthn";
    let rp = rp.ok_or(Refused::WrongState { what: "App Space", state })?;
    Ok(WebAuthnCeremony { rp, user_verification: user_verification.name().to_owned() })
}

/// Asks for a credential of the enrolment's user, by an authenticator that has none of `account` yet.
pub fn creation(
    enrolment: &Enrolment,
    account: Option<&Account>,
    shown: Shown<'_>,
    selection: Selection,
    now: Timestamp,
) -> Result<Value, Refusal> {
    let ceremony = enrolment.cloud.as_ref().and_then(|cloud| cloud.web_authn.as_ref());
    let ceremony = ceremony.ok_or_else(internal("an enrolment without WebAuthn"))?;
    let user = CredentialUser::new(*enrolment.user.as_bytes(), shown.name, shown.display_name)
        .map_err(|_| internal("a user without an id")())?;
    let challenge = challenge_of_enrolment(enrolment)?;
    let known = account.map(|account| credentials(account, |_| true)).unwrap_or_default();
    let timeout = timeout(enrolment.expires_at, now);
    Ok(creation_options(&relying_party(&ceremony.rp), &user, &challenge, selection, &known, timeout))
}

/// Asks for an answer to the challenge, by a credential of `account` that may give it.
pub fn request(challenge: &Challenge, account: &Account, now: Timestamp) -> Result<Value, Refusal> {
    let ceremony = challenge.approval.as_ref().and_then(|approval| approval.web_authn.as_ref());
    let ceremony = ceremony.ok_or_else(internal("a challenge without WebAuthn"))?;
    let bytes = challenge_of_challenge(challenge)?;
    let allowed = credentials(account, |device| challenge.is_for(device));
    let timeout = timeout(challenge.expires_at, now);
    Ok(request_options(&relying_party(&ceremony.rp), &bytes, &allowed, user_verification(ceremony), timeout))
}

/// The Relying Party, as verification takes it.
pub fn relying_party(party: &RelyingParty) -> countersign_webauthn::RelyingParty {
    let RelyingParty { id, name, origins } = party.clone();
    countersign_webauthn::RelyingParty { id, name, origins }
}

/// The user verification that was asked for.
pub fn user_verification(ceremony: &WebAuthnCeremony) -> UserVerification {
    // A word of another version is no reason to ask for less.
    UserVerification::named(&ceremony.user_verification).unwrap_or(UserVerification::Required)
}

/// What a registration is asked with: the hash of the enrolment's token, under which the enrolment lies.
pub fn challenge_of_enrolment(enrolment: &Enrolment) -> Result<Bytes, Refusal> {
    let unusable = internal("an enrolment that WebAuthn cannot ask with");
    let hash = from_base64url_exact::<32>(&enrolment.token_hash).map_err(|_| unusable())?;
    Bytes::new(hash).map_err(|_| unusable())
}

/// The hash of the token of the enrolment that a registration says it is for.
pub fn claimed_enrolment(challenge: &Bytes) -> Option<String> {
    let hash: &[u8; 32] = challenge.as_bytes().try_into().ok()?;
    Some(base64url(hash))
}

/// What an authentication is asked with: the challenge's id and nonce, then its user and App Space. 16 bytes each.
pub fn challenge_of_challenge(challenge: &Challenge) -> Result<Bytes, Refusal> {
    let unusable = internal("a challenge that WebAuthn cannot ask with");
    let nonce = from_base64url_exact::<16>(&challenge.nonce).map_err(|_| unusable())?;
    let user = challenge.user().ok_or_else(&unusable)?;
    let parts = [*challenge.id.as_bytes(), nonce, *user.as_bytes(), *challenge.app_space.as_bytes()];
    Bytes::new(parts.concat()).map_err(|_| unusable())
}

/// What an authentication says it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimed {
    /// The challenge.
    pub challenge: ChallengeId,
    /// Whom it asks.
    pub user: UserId,
    /// Where both belong.
    pub app_space: AppSpaceId,
}

impl Claimed {
    /// Reads what the client says the challenge was. None where it is none of ours.
    pub fn of(challenge: &Bytes) -> Option<Self> {
        let (parts, rest) = challenge.as_bytes().as_chunks::<16>();
        match (parts, rest) {
            ([challenge, _nonce, user, app_space], []) => Some(Self {
                challenge: ChallengeId::from_bytes(*challenge),
                user: UserId::from_bytes(*user),
                app_space: AppSpaceId::from_bytes(*app_space),
            }),
            _ => None,
        }
    }
}

/// The member `credential` of a request is not one.
pub fn malformed(Malformed { field, must_be }: Malformed) -> Invalid {
    Invalid::new(field, format!("must be {must_be}"))
}

/// The credential breaks a rule of WebAuthn.
pub fn refused(refused: countersign_webauthn::Refused) -> Invalid {
    Invalid::new("credential", format!("is refused: {refused}"))
}

fn credentials(account: &Account, of: impl Fn(DeviceId) -> bool) -> Vec<CredentialId> {
    let names = account.targets.iter().filter(|target| of(target.device)).map(|target| &target.key);
    names
        .filter_map(|name| match name {
            Some(KeyName::Fido2 { credential_id }) => CredentialId::parse(credential_id).ok(),
            _ => None,
        })
        .collect()
}

/// The time that is left, in milliseconds.
fn timeout(expires_at: Timestamp, now: Timestamp) -> u32 {
    u32::try_from((expires_at - now).as_millis().max(0)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_challenge_of_ours_says_what_it_belongs_to() {
        let parts = [[1; 16], [2; 16], [3; 16], [4; 16]].concat();
        let claimed = Claimed::of(&Bytes::new(parts).unwrap()).unwrap();
        assert_eq!(claimed.challenge.as_bytes(), &[1; 16]);
        assert_eq!((claimed.user.as_bytes(), claimed.app_space.as_bytes()), (&[3; 16], &[4; 16]));
        for length in [16, 32, 48, 63] {
            assert_eq!(Claimed::of(&Bytes::new(vec![1; length]).unwrap()), None);
        }
        let hash = Bytes::new([7; 32]).unwrap();
        assert_eq!(claimed_enrolment(&hash).as_deref(), Some(base64url(&[7; 32]).as_str()));
        assert_eq!(claimed_enrolment(&Bytes::new([7; 33]).unwrap()), None);
    }
}
