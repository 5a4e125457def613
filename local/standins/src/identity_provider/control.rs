//! What a test may ask of the provider, misbehaviour above all.

use super::IdentityProvider;

/// How the next id token is spoilt: in this one way only, all else stays as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tamper {
    /// Not signed at all: `alg` is `none`.
    AlgNone,
    /// HS256 with the client secret as the key.
    SymmetricWithClientSecret,
    /// Signed by a key that is not published, under an id that is not published.
    UnknownKey,
    /// Signed by a key that is not published, under the id of the one that is.
    WrongKeySameKid,
    /// For another client.
    OtherAudience,
    /// Issued two hours ago and good for one.
    Expired,
    /// Issued in an hour, by its own word.
    IssuedInFuture,
    /// Without the nonce, if there was one.
    NoNonce,
    /// With another nonce.
    OtherNonce,
    /// From another issuer.
    OtherIssuer,
    /// The answer of the token endpoint holds none.
    NoIdToken,
}

/// What the redirect back to the client says of who sends it: `iss` of RFC 9207.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum NameInRedirect {
    /// The provider's own issuer, as it should.
    #[default]
    Own,
    /// Another issuer, as in a mix-up of providers.
    Other(String),
    /// Nothing, though the description promises it.
    LeftOut,
}

/// What was asked for and still holds.
#[derive(Default)]
pub(super) struct Control {
    pub(super) status: Option<u16>,
    pub(super) hang_up: bool,
    pub(super) tamper: Option<Tamper>,
    pub(super) name: NameInRedirect,
}

impl IdentityProvider {
    /// The issuer, e.g. `http://127.0.0.1:4566/identity-provider`; every endpoint is below it.
    pub fn url(&self) -> &str {
        &self.issuer
    }

    /// Where the provider describes itself (OpenID Connect Discovery 1.0).
    pub fn discovery_url(&self) -> String {
        format!("{}/.well-known/openid-configuration", self.issuer)
    }

    /// Ends all that `login` ever allowed: access tokens and refresh tokens are no longer good.
    pub fn revoke_grants_of(&self, login: &str) {
        self.state().grants.revoke_grants_of(login);
    }

    /// From now on every call is answered with this status (200 to 599; 500 for any other number) and no content of the
    /// protocol; `None` ends it.
    pub fn answer_with(&self, status: Option<u16>) {
        self.state().control.status = status;
    }

    /// Whether from now on every call's connection is closed without an answer.
    pub fn hang_up(&self, hang_up: bool) {
        self.state().control.hang_up = hang_up;
    }

    /// Spoils the next id token, and only that one; `None` takes it back. Only codes bring id tokens, renewals never do.
    pub fn tamper(&self, tamper: Option<Tamper>) {
        self.state().control.tamper = tamper;
    }

    /// Who the redirects from now on say they come from.
    pub fn name_in_redirect(&self, name: NameInRedirect) {
        self.state().control.name = name;
    }

    /// Signs with a fresh key from now on. It is published, and so is still the one before it, but none that is older.
    pub fn rotate_key(&self) {
        self.state().keys.rotate(&self.random);
    }

    /// How many refresh tokens were answered with new tokens so far.
    pub fn renewals(&self) -> usize {
        self.state().grants.renewals()
    }
}
