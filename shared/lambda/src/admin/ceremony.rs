//! WebAuthn ceremonies of administrators: with whom, and over what.
//!
//! Nothing is stored before a ceremony ends. A sign-in's challenge proves by itself that it is ours and young, and a mark keeps it
//! from being answered twice; a registration's challenge is the hash of the one-time token that it uses up.

use countersign_crypto::equal::equal;
use countersign_domain::chance;
use countersign_domain::id::{AdministratorId, CompanyId};
use countersign_domain::time::{Span, Timestamp};
use countersign_store::guards::Seen;
use countersign_webauthn::{Challenge, RelyingParty};
use url::Url;

use crate::app::App;
use crate::derived_token;
use crate::refusal::{Refusal, internal};

/// How long a browser may take.
pub const CEREMONY_LIFETIME: Span = Span::minutes(5);

const LABEL: &str = "administrator-sign-in";

/// The service itself, under the host of `base_url`.
pub fn relying_party(base_url: &str) -> Result<RelyingParty, Refusal> {
    let host = Url::parse(base_url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let id = host.ok_or_else(internal("a public URL without a host"))?;
    Ok(RelyingParty { id, name: "Countersign".into(), origins: vec![base_url.to_owned()] })
}

/// What authenticators call an administrator: both ids, so that a sign-in leads to the right item at once.
pub fn user_handle(company: CompanyId, administrator: AdministratorId) -> [u8; 32] {
    let mut handle = [0; 32];
    handle[..16].copy_from_slice(company.as_bytes());
    handle[16..].copy_from_slice(administrator.as_bytes());
    handle
}

/// Who that is.
pub fn of_user_handle(handle: &[u8]) -> Option<(CompanyId, AdministratorId)> {
    let (company, administrator) = handle.split_at_checked(16)?;
    let administrator: [u8; 16] = administrator.try_into().ok()?;
    let company = CompanyId::from_bytes(company.try_into().ok()?);
    Some((company, AdministratorId::from_bytes(administrator)))
}

/// A fresh challenge for a sign-in: the time in milliseconds (8 bytes), 16 random bytes, and our mark on both (32 bytes).
pub async fn sign_in_challenge(app: &App) -> Result<Challenge, Refusal> {
    let mut bytes = app.now().millis().to_be_bytes().to_vec();
    bytes.extend_from_slice(&chance::bytes::<16>(app.random()));
    let mark = mark(app, &bytes).await?;
    bytes.extend_from_slice(&mark);
    Challenge::new(bytes).map_err(|_| internal("a challenge of the wrong length")())
}

/// Takes a challenge back: ours, and young. Gives what keeps it from being taken twice.
pub async fn taken(app: &App, challenge: &Challenge) -> Result<Seen, Refusal> {
    let Some((said, presented)) = challenge.as_bytes().split_at_checked(24) else {
        return Err(Refusal::Unauthorized);
    };
    if !equal(&mark(app, said).await?, presented) {
        return Err(Refusal::Unauthorized);
    }
    let millis = said.first_chunk::<8>().map(|bytes| i64::from_be_bytes(*bytes)).unwrap_or_default();
    let until = Timestamp::from_millis(millis) + CEREMONY_LIFETIME;
    if app.now() >= until {
        return Err(Refusal::Unauthorized);
    }
    Ok(Seen::new(LABEL, &countersign_crypto::encoding::base64url(challenge.as_bytes()), until))
}

async fn mark(app: &App, said: &[u8]) -> Result<[u8; 32], Refusal> {
    let sealing = app.keys.sealing().await?;
    let text = countersign_crypto::encoding::base64url(said);
    let token = derived_token::derive(app, LABEL, sealing.current_kid(), text).await?;
    Ok(countersign_crypto::digest::sha256(token.expose().as_bytes()))
}
