//! A credential answers a challenge.

use countersign_crypto::digest::Digest;
use countersign_domain::answer::{Answer, CodeCheck, Evidence, Signed, SignedAnswer};
use countersign_domain::authenticator_key::{AuthenticatorKey, KeyName, RegisteredKey};
use countersign_domain::challenge::Challenge;
use countersign_domain::identity_provider::IdentityTokens;
use countersign_domain::invalid::Invalid;
use countersign_domain::refused::Refused;
use countersign_domain::user::User;
use countersign_lambda::device::keep_key;
use countersign_lambda::refusal::internal;
use countersign_lambda::web_authn::{self, Claimed};
use countersign_lambda::{App, Refusal, outcome, vouching};
use countersign_store::{Found, Read, Record, Slot, StoreError, Write, keys};
use countersign_webauthn::{
    Authenticated, AuthenticationResponse, Expected, StoredCredential, verify_authentication,
};

use crate::credential;
use crate::registering::written;

/// What the answer needs to be judged by, all read at once.
#[derive(Clone, Copy)]
pub(crate) struct Slots {
    challenge: Slot<Challenge>,
    user: Slot<User>,
    key: Slot<AuthenticatorKey>,
    tokens: Slot<IdentityTokens>,
}

/// The challenge with whoever may answer it. Nothing of it was verified but that it is the one that the client names.
pub(crate) struct Answering {
    challenge: Record<Challenge>,
    user: Record<User>,
    /// None where the credential is not the user's, and no more so when it is unknown.
    key: Option<Record<AuthenticatorKey>>,
    tokens: Option<Record<IdentityTokens>>,
}

impl Slots {
    /// Reads what the answer claims to be about.
    pub(crate) fn of(read: &mut Read, claimed: Claimed, response: &AuthenticationResponse) -> Self {
        let name = KeyName::Fido2 { credential_id: response.credential_id().to_string() };
        Self {
            challenge: read.add(keys::challenge(claimed.challenge)),
            user: read.add(keys::user(claimed.user)),
            key: read.add(keys::authenticator_key(claimed.app_space.tenant(), &name)),
            tokens: read.add(keys::identity_tokens(claimed.user)),
        }
    }

    /// What was found; nothing where there is no such challenge to answer by WebAuthn.
    pub(crate) fn take(self, found: &mut Found, claimed: Claimed) -> Result<Option<Answering>, Refusal> {
        let is_claimed = |challenge: &Challenge| {
            challenge.app_space == claimed.app_space
                && challenge.user() == Some(claimed.user)
                && challenge.approval.as_ref().is_some_and(|approval| approval.web_authn.is_some())
        };
        let challenge = found.take(self.challenge)?.filter(|record| is_claimed(&record.value));
        let Some(challenge) = challenge else { return Ok(None) };
        let user = found.take(self.user)?.ok_or_else(internal("a challenge without its user"))?;
        let key = found.take(self.key)?.filter(|record| record.value.user == claimed.user);
        Ok(Some(Answering { challenge, user, key, tokens: found.take(self.tokens)? }))
    }
}

impl Answering {
    /// The challenge, as it was read.
    pub(crate) fn challenge(&self) -> &Challenge {
        &self.challenge.value
    }

    /// Verifies the answer. Gives the challenge as it is answered, and the one write that makes it so.
    pub(crate) async fn decide(
        mut self,
        app: &App,
        base_url: &str,
        response: &AuthenticationResponse,
    ) -> Result<(Write, Challenge), Refusal> {
        let open = self.challenge.value.clone().at(app.now());
        if !open.state.is_open() {
            return Err(Refused::WrongState { what: "request", state: open.state.name() }.into());
        }
        let user = self.user.value.active()?;
        let key = self.key.take().filter(|key| open.is_for(key.value.device)).ok_or_else(not_asked)?;
        let stored = stored(&key.value)?;
        let used = verify(&open, user, response, &stored)?;
        let signed = answer(response, &key.value, &stored, used)?;
        vouching::demand(app, user, self.tokens.take()).await?;
        let (decided, write) = outcome::answer(app, base_url, user, &self.challenge, open, signed).await?;
        // The counter is the one that was read, so that no two answers have the same.
        let used = AuthenticatorKey {
            key: RegisteredKey::Fido2 {
                credential_id: stored.credential_id.to_string(),
                credential: written(&stored.after(&used))?,
            },
            ..key.value.clone()
        };
        Ok((write.replace("key", &key, &used)?, decided))
    }
}

fn not_asked() -> Invalid {
    Invalid::new("credential", "is refused: it is not one that the request is for")
}

/// After a write that did not happen: whether what was read is to be read again.
pub(crate) fn try_again(error: StoreError) -> Result<(), Refusal> {
    match error {
        // A key outlives its device, which may be revoked long since.
        error if error.is_conflict_of("device") => Err(not_asked().into()),
        error if error.is_conflict() => Ok(()),
        error => Err(error.into()),
    }
}

fn stored(key: &AuthenticatorKey) -> Result<StoredCredential, Refusal> {
    let unreadable = internal("an unreadable credential");
    let RegisteredKey::Fido2 { credential, .. } = &key.key else { return Err(unreadable()) };
    serde_json::from_str(credential).map_err(|_| unreadable())
}

fn verify(
    challenge: &Challenge,
    user: &User,
    response: &AuthenticationResponse,
    stored: &StoredCredential,
) -> Result<Authenticated, Refusal> {
    let ceremony = challenge.approval.as_ref().and_then(|approval| approval.web_authn.as_ref());
    let ceremony = ceremony.ok_or_else(internal("a challenge without WebAuthn"))?;
    let expected = Expected {
        challenge: &web_authn::challenge_of_challenge(challenge)?,
        user_verification: web_authn::user_verification(ceremony),
    };
    let party = web_authn::relying_party(&ceremony.rp);
    let verified = verify_authentication(&party, expected, user.id.as_bytes(), response, stored);
    Ok(verified.map_err(credential::refused)?)
}

/// Who signs says yes: by the first option, which may ask for strong authentication.
fn answer(
    response: &AuthenticationResponse,
    key: &AuthenticatorKey,
    stored: &StoredCredential,
    used: Authenticated,
) -> Result<SignedAnswer, Refusal> {
    let countersign_webauthn::Evidence { authenticator_data, client_data_json, signature } =
        response.evidence();
    let signed = Signed::Fido2 { authenticator_data, client_data_json, signature };
    let public = keep_key(&stored.public_key, &stored.public_key.thumbprint())?;
    Ok(SignedAnswer {
        id: Digest::of(signed.text().as_bytes()).to_string(),
        answer: Answer::Option(0),
        strong: used.user_verified,
        code: CodeCheck::Absent,
        evidence: Evidence {
            device: key.device,
            key_thumbprint: public.thumbprint,
            key: public.jwk,
            signed,
            receipt: None,
        },
    })
}
