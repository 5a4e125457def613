//! Id tokens (OpenID Connect Core 1.0, section 3.1.3.7).

use chrono::{DateTime, Utc};
use countersign_domain::time::{Span, Timestamp};
use openidconnect::core::{CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm};
use openidconnect::{
    ClaimsVerificationError, ClientId, EmptyAdditionalClaims, IdToken, IdTokenVerifier, IssuerUrl, Nonce,
    SignatureVerificationError,
};

use crate::description::Description;
use crate::error::IdpError;
use crate::provider_key::ALGORITHMS;

type Token = IdToken<
    EmptyAdditionalClaims,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

/// How far ahead a provider's clock may be.
const SKEW: Span = Span::secs(60);

const FUTURE: &str = "issued in the future";

/// What an id token must say.
pub(crate) struct Expected<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) nonce: &'a str,
    pub(crate) now: Timestamp,
}

/// What is wrong with an id token.
pub(crate) enum Wrong {
    /// Signed by a key that the set does not have: it may have one more by now.
    UnknownKey,
    /// Anything else.
    Refused(IdpError),
}

/// The subject of a verified id token.
pub(crate) fn subject(
    token: &str,
    description: &Description,
    expected: &Expected<'_>,
) -> Result<String, Wrong> {
    let refused = |what: &'static str| Wrong::Refused(IdpError::refused("invalid_token", what));
    let token: Token = token.parse().map_err(|_| refused("the id token cannot be read"))?;
    let issuer = IssuerUrl::new(description.issuer.clone())
        .map_err(|_| Wrong::Refused(IdpError::misconfigured("its issuer is not a URL")))?;
    let now = time(expected.now);
    let latest = time(expected.now + SKEW);
    // A public client's verifier knows no secret, so that nothing symmetric can be verified at all.
    let verifier = IdTokenVerifier::new_public_client(
        ClientId::new(expected.client_id.to_owned()),
        issuer,
        description.keys.clone(),
    )
    .set_allowed_algs(ALGORITHMS)
    .set_time_fn(move || now)
    .set_issue_time_verifier_fn(move |issued| if issued <= latest { Ok(()) } else { Err(FUTURE.into()) });
    let claims =
        token.claims(&verifier, &Nonce::new(expected.nonce.to_owned())).map_err(|error| {
            match what(&error) {
                Some(what) => refused(what),
                None => Wrong::UnknownKey,
            }
        })?;
    Ok(claims.subject().as_str().to_owned())
}

/// In words that repeat nothing of the token; none for a key that is not known.
fn what(error: &ClaimsVerificationError) -> Option<&'static str> {
    use ClaimsVerificationError as C;
    use SignatureVerificationError as S;
    Some(match error {
        C::SignatureVerification(S::NoMatchingKey) => return None,
        C::SignatureVerification(S::NoSignature) => "the id token is not signed",
        C::SignatureVerification(S::DisallowedAlg(_) | S::UnsupportedAlg(_)) => {
            "the id token is signed with an algorithm that is not accepted"
        }
        C::SignatureVerification(_) => "the id token's signature is not valid",
        // What our own check of the time of issue said comes back under the same name.
        C::Expired(why) if why.contains(FUTURE) => "the id token was issued in the future",
        C::Expired(_) => "the id token is expired",
        C::InvalidAudience(_) => "the id token is for somebody else",
        C::InvalidIssuer(_) => "the id token comes from another issuer",
        C::InvalidNonce(_) => "the id token does not repeat the nonce",
        _ => "the id token is not valid",
    })
}

fn time(at: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at.millis()).unwrap_or(DateTime::UNIX_EPOCH)
}
