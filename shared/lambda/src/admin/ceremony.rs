//! WebAuthn ceremonies of administrators: with whom, and over what.
//!
//! Nothing is stored before a ceremony ends. A sign-in's challenge proves by itself that it is ours and young, and a mark keeps it
//! from being answered twice; a registration's challenge is the hash of the one-time token that it uses up.

use countersign_crypto::digest::sha256;
use countersign_crypto::encoding::{base64url, from_base64url_exact};
use countersign_crypto::equal::equal;
use countersign_domain::chance;
use countersign_domain::id::{AdministratorId, CompanyId};
use countersign_domain::invitation::Invitation;
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

/// What a browser is told of [`CEREMONY_LIFETIME`], in milliseconds.
pub fn timeout() -> u32 {
    u32::try_from(CEREMONY_LIFETIME.as_millis()).unwrap_or(u32::MAX)
}

/// A fresh challenge for a sign-in: which of our keys marks it (8 bytes), the time in milliseconds (8), 16 random bytes, and
/// our mark on all of it (32).
pub async fn sign_in_challenge(app: &App) -> Result<Challenge, Refusal> {
    let kid = app.keys.sealing().await?.current_kid().to_owned();
    let mut bytes = fingerprint(&kid).to_vec();
    bytes.extend_from_slice(&app.now().millis().to_be_bytes());
    bytes.extend_from_slice(&chance::bytes::<16>(app.random()));
    let mark = mark(app, &kid, &bytes).await?;
    bytes.extend_from_slice(&mark);
    Challenge::new(bytes).map_err(|_| internal("a challenge of the wrong length")())
}

/// Takes a challenge back that is ours and young. Gives what keeps it from being taken twice.
pub async fn taken(app: &App, challenge: &Challenge) -> Result<Option<Seen>, Refusal> {
    let Some((said, presented)) = challenge.as_bytes().split_at_checked(32) else { return Ok(None) };
    let Some((key, rest)) = said.split_first_chunk::<8>() else { return Ok(None) };
    let Some((millis, _)) = rest.split_first_chunk::<8>() else { return Ok(None) };
    // The key may have been rotated in between, and another function may know it sooner.
    let is_it = |kid: &&str| fingerprint(kid) == *key;
    let sealing = app.keys.sealing_where(|keys| keys.kids().any(|kid| is_it(&kid))).await?;
    let Some(kid) = sealing.kids().find(is_it) else { return Ok(None) };
    if !equal(&mark(app, kid, said).await?, presented) {
        return Ok(None);
    }
    let until = Timestamp::from_millis(i64::from_be_bytes(*millis)) + CEREMONY_LIFETIME;
    let seen = Seen::new(LABEL, &base64url(challenge.as_bytes()), until);
    Ok((app.now() < until).then_some(seen))
}

fn fingerprint(kid: &str) -> [u8; 8] {
    let [a, b, c, d, e, f, g, h, ..] = sha256(kid.as_bytes());
    [a, b, c, d, e, f, g, h]
}

async fn mark(app: &App, kid: &str, said: &[u8]) -> Result<[u8; 32], Refusal> {
    let token = derived_token::derive(app, LABEL, kid, base64url(said)).await?;
    Ok(sha256(token.expose().as_bytes()))
}

/// What the registration by a link is asked with: the hash of the link's token.
pub fn link_challenge(invitation: &Invitation) -> Result<Challenge, Refusal> {
    let unusable = internal("an invitation that WebAuthn cannot ask with");
    let hash = from_base64url_exact::<32>(&invitation.token_hash).map_err(|_| unusable())?;
    Challenge::new(hash).map_err(|_| unusable())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_handle_leads_to_the_administrator() {
        let (company, administrator) = (CompanyId::from_bytes([1; 16]), AdministratorId::from_bytes([2; 16]));
        let handle = user_handle(company, administrator);
        assert_eq!(of_user_handle(&handle), Some((company, administrator)));
        for length in [0, 15, 16, 31] {
            assert_eq!(of_user_handle(&handle[..length]), None);
        }
        assert_eq!(of_user_handle(&[&handle[..], &[0]].concat()), None);
    }

    #[test]
    fn the_relying_party_is_the_host_of_the_public_url_and_its_pages_are_the_only_origin() {
        let rp = relying_party("https://auth.example.com").unwrap();
        assert_eq!(rp.id, "auth.example.com");
        assert_eq!(rp.origins, ["https://auth.example.com"]);
        let rp = relying_party("http://localhost:4000").unwrap();
        assert_eq!((rp.id.as_str(), rp.origins[0].as_str()), ("localhost", "http://localhost:4000"));
        assert!(relying_party("").is_err());
    }

    #[test]
    fn keys_are_told_apart_by_their_fingerprints() {
        assert_eq!(fingerprint("k1"), fingerprint("k1"));
        assert_ne!(fingerprint("k1"), fingerprint("k2"));
        assert_eq!(timeout(), 300_000);
    }
}
