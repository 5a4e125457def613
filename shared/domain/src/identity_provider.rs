//! Where the users of an App Space live when they do not live here: an identity provider, and what it says of a user.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::{AppSpaceId, UserId};
use crate::invalid::Invalid;
use crate::outbound_url::OutboundUrl;
use crate::text;
use crate::time::{Span, Timestamp};

/// The identity provider of an App Space. Without one, Request Origins bind its users (simple bind).
#[derive(Clone, Serialize, Deserialize)]
pub struct IdentityProvider {
    /// Its name, as administrators and users see it.
    pub name: String,
    /// What we are called there.
    pub client_id: String,
    /// What we prove ourselves with there, sealed. A public client has none.
    pub client_secret: Option<String>,
    /// What happens to a user whose tokens no longer work.
    pub token_fail: TokenFailBehaviour,
    /// How it is spoken with.
    pub protocol: IdpProtocol,
}

impl fmt::Debug for IdentityProvider {
    /// Without its secret, sealed as it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdentityProvider")
            .field("name", &self.name)
            .field("client_id", &self.client_id)
            .field("token_fail", &self.token_fail)
            .field("protocol", &self.protocol)
            .finish_non_exhaustive()
    }
}

impl IdentityProvider {
    /// What tells it from every other provider: users are known by this and their subject. The issuer of OpenID Connect;
    /// for OAuth2 the user profile URL, as that is what says who somebody is.
    pub fn id(&self) -> &str {
        match &self.protocol {
            IdpProtocol::OpenIdConnect(settings) => &settings.issuer,
            IdpProtocol::OAuth2(settings) => settings.user_profile_url.url().as_str(),
        }
    }

    /// Whether `other` would show the client secret to nobody but those who know it from this one.
    pub fn shares_secret_with(&self, other: &Self) -> bool {
        let same_side = match (&self.protocol, &other.protocol) {
            (IdpProtocol::OpenIdConnect(one), IdpProtocol::OpenIdConnect(other)) => {
                (&one.issuer, &one.discovery_url) == (&other.issuer, &other.discovery_url)
            }
            (IdpProtocol::OAuth2(one), IdpProtocol::OAuth2(other)) => {
                one.access_token_url == other.access_token_url
            }
            _ => false,
        };
        same_side && self.client_id == other.client_id
    }
}

/// How an identity provider is spoken with.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum IdpProtocol {
    /// OpenID Connect.
    OpenIdConnect(OpenIdConnect),
    /// OAuth2 with a user profile.
    #[serde(rename = "oauth2")]
    OAuth2(Box<OAuth2>),
}

impl IdpProtocol {
    /// The word for it in paths and settings.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::OpenIdConnect(_) => "oidc",
            Self::OAuth2(_) => "oauth2",
        }
    }
}

/// A provider that describes itself (OpenID Connect Discovery 1.0).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OpenIdConnect {
    /// Where its description is: `…/.well-known/openid-configuration`.
    pub discovery_url: OutboundUrl,
    /// The issuer that the description named when it was set. Another one later is another provider.
    pub issuer: String,
    /// What is asked for beside `openid`.
    pub scopes: Scopes,
}

/// A provider whose every endpoint is set (RFC 6749).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OAuth2 {
    /// Where the user logs in.
    pub authorization_url: OutboundUrl,
    /// Where codes and refresh tokens become access tokens.
    pub access_token_url: OutboundUrl,
    /// Who the holder of an access token is.
    pub user_profile_url: OutboundUrl,
    /// Whether an access token is still good; in its place, whether the profile can still be read.
    pub verify_token_url: Option<OutboundUrl>,
    /// What is asked for.
    pub scopes: Scopes,
    /// The field of the profile that denotes the user, e.g. `user_id`.
    pub end_user_id_name: String,
}

/// What is asked for at an identity provider (RFC 6749, section 3.3).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scopes(Vec<String>);

impl Scopes {
    /// Takes the value of `field`: scopes with a space between them, or nothing.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Invalid> {
        let scopes: Vec<String> = text.split(' ').filter(|scope| !scope.is_empty()).map(Into::into).collect();
        let token = |scope: &String| scope.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
        if text.len() > 1000 || !scopes.iter().all(token) {
            return Err(Invalid::new(field, "is not a list of scopes with a space between them"));
        }
        Ok(Self(scopes))
    }

    /// As [`Scopes::parse`] reads them.
    pub fn text(&self) -> String {
        self.0.join(" ")
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// What happens to a user whose access token is refused and cannot be renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenFailBehaviour {
    /// Suspended; may be restored, and must then register again.
    #[default]
    Suspend,
    /// Revoked; a later login makes a new user.
    Revoke,
    /// Nothing: tokens only tell who somebody is when they register.
    Nothing,
}

impl TokenFailBehaviour {
    /// The word for it in settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::Revoke => "revoke",
            Self::Nothing => "nothing",
        }
    }

    /// Takes the value of `field`.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Invalid> {
        match text {
            "suspend" => Ok(Self::Suspend),
            "revoke" => Ok(Self::Revoke),
            "nothing" => Ok(Self::Nothing),
            _ => Err(Invalid::new(field, "is neither suspend, revoke nor nothing")),
        }
    }
}

/// Who somebody is at an identity provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// [`IdentityProvider::id`].
    pub provider: String,
    /// What the provider calls the user, for ever: `sub`, or the end user ID field.
    pub subject: String,
}

impl Identity {
    /// Takes a subject from a provider: 1 to 255 characters, as OpenID Connect Core limits `sub` (section 2).
    pub fn new(provider: &IdentityProvider, subject: String) -> Result<Self, Invalid> {
        let subject = text::line("subject", subject, 255)?;
        Ok(Self { provider: provider.id().to_owned(), subject })
    }
}

/// Which user an identity is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KnownIdentity {
    /// Where.
    pub app_space: AppSpaceId,
    /// Who, over there.
    pub identity: Identity,
    /// Who, here.
    pub user: UserId,
}

/// The tokens that a user's provider gave, sealed.
#[derive(Clone, Serialize, Deserialize)]
pub struct IdentityTokens {
    /// Whose.
    pub user: UserId,
    /// [`IdentityProvider::id`] of who gave them.
    pub provider: String,
    /// The access token, sealed.
    pub access: String,
    /// The refresh token, sealed; some providers give none.
    pub refresh: Option<String>,
    /// When they came.
    pub obtained_at: Timestamp,
    /// Somebody is exchanging the refresh token, and has until then.
    pub renewing_until: Option<Timestamp>,
}

impl fmt::Debug for IdentityTokens {
    /// Without the tokens, sealed as they are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdentityTokens")
            .field("user", &self.user)
            .field("obtained_at", &self.obtained_at)
            .field("renewing_until", &self.renewing_until)
            .finish_non_exhaustive()
    }
}

/// How long the exchange of a refresh token may take before somebody else may try: longer than the function lives.
const RENEWAL: Span = Span::secs(30);

impl IdentityTokens {
    /// Begins to exchange the refresh token, unless somebody is at it. Many providers revoke everything when they see
    /// one refresh token twice, so there must never be two at it.
    pub fn begin_renewal(mut self, now: Timestamp) -> Option<Self> {
        if self.renewing_until.is_some_and(|until| now < until) {
            return None;
        }
        self.renewing_until = Some(now + RENEWAL);
        Some(self)
    }

    /// The exchange brought new tokens. A provider that does not rotate refresh tokens sends none, and the old one stays.
    pub fn renewed(self, access: String, refresh: Option<String>, now: Timestamp) -> Self {
        Self { access, refresh: refresh.or(self.refresh), obtained_at: now, renewing_until: None, ..self }
    }

    /// The exchange brought nothing, and not because the token was refused: it may be tried again at once.
    pub fn renewal_ended(self) -> Self {
        Self { renewing_until: None, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{at, identity_provider, identity_tokens};

    #[test]
    fn scopes_have_a_space_between_them() {
        let scopes = Scopes::parse("scopes", "profile  profile:user_id").unwrap();
        assert_eq!(scopes.iter().collect::<Vec<_>>(), ["profile", "profile:user_id"]);
        assert_eq!(Scopes::parse("scopes", "").unwrap().iter().count(), 0);
        for text in ["pro\"file", "pro\\file", "pro\nfile", "pröfile", &"a".repeat(1001)] {
            assert!(Scopes::parse("scopes", text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_client_secret_is_for_one_client_of_one_provider() {
        let known = identity_provider();
        let renamed = IdentityProvider { name: "Another name".into(), ..known.clone() };
        assert!(known.shares_secret_with(&renamed));
        let other = IdentityProvider { client_id: "other".into(), ..known.clone() };
        assert!(!known.shares_secret_with(&other));
        let IdpProtocol::OpenIdConnect(settings) = known.protocol.clone() else { panic!("{known:?}") };
        let moved = OpenIdConnect { issuer: "https://evil.example".into(), ..settings };
        let moved = IdentityProvider { protocol: IdpProtocol::OpenIdConnect(moved), ..known.clone() };
        assert!(!known.shares_secret_with(&moved));
    }

    #[test]
    fn a_subject_is_a_line_of_at_most_255_characters() {
        let subject = |text: &str| Identity::new(&identity_provider(), text.to_owned());
        assert_eq!(subject("42").unwrap().provider, "https://idp.example");
        for text in ["", "a\nb", &"a".repeat(256)] {
            assert!(subject(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn one_at_a_time_exchanges_the_refresh_token() {
        let begun = identity_tokens().begin_renewal(at(0)).unwrap();
        assert!(begun.clone().begin_renewal(at(29_999)).is_none());
        assert!(begun.clone().begin_renewal(at(30_000)).is_some(), "who died does not hold it for ever");
        assert!(begun.renewal_ended().begin_renewal(at(1)).is_some());
    }

    #[test]
    fn a_refresh_token_stays_until_another_comes() {
        let begun = identity_tokens().begin_renewal(at(0)).unwrap();
        let kept = begun.clone().renewed("a2".into(), None, at(1));
        assert_eq!((kept.access.as_str(), kept.refresh.as_deref()), ("a2", Some("hush")));
        let rotated = begun.renewed("a2".into(), Some("r2".into()), at(1));
        assert_eq!((rotated.refresh.as_deref(), rotated.renewing_until), (Some("r2"), None));
    }
}
