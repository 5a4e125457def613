//! Keys, times and things of the domain that are the same at every run.

use std::sync::{Arc, OnceLock};

use countersign_crypto::authenticator::ProviderKey;
use countersign_crypto::encoding::from_base64;
use countersign_crypto::jwk::Algorithm;
use countersign_crypto::signing_key::SigningKey;
use countersign_domain::app_space::{AppProtocol, AppSpace, Policy, PushPlatforms};
use countersign_domain::chance::Random;
use countersign_domain::enrolment::{Enrolment, EnrolmentState};
use countersign_domain::id::{
    AppSpaceId, ChallengeId, CompanyId, DeviceId, EnrolmentId, RequestOriginId, UserId,
};
use countersign_domain::text::AccountId;
use countersign_domain::time::{Clock, Span, Timestamp};

/// When everything happens: 2026-11-22T10:00:00Z.
pub const NOW: Timestamp = Timestamp::from_secs(1_795_341_600);

/// Where the service is.
pub const BASE_URL: &str = "https://auth.example.com";

/// Randomness that is always the same byte.
pub struct Always(pub u8);

impl Random for Always {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

/// A clock that stands at [`NOW`].
pub struct Standing;

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        NOW
    }
}

/// [`Standing`], to be shared.
pub fn clock() -> Arc<dyn Clock> {
    Arc::new(Standing)
}

fn key(place: &'static OnceLock<SigningKey>, algorithm: Algorithm, seed: u8) -> &'static SigningKey {
    place.get_or_init(|| {
        SigningKey::generate(algorithm, &Always(seed)).expect("a key can be made of any seed")
    })
}

/// An Ed25519 key: its signatures are the same each time, so a finding can be repeated.
pub fn auth_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    key(&KEY, Algorithm::EdDsa, 1)
}

/// Another Ed25519 key.
pub fn strong_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    key(&KEY, Algorithm::EdDsa, 2)
}

/// A P-256 key.
pub fn p256_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    key(&KEY, Algorithm::Es256, 3)
}

/// The RSA key of [`app_space_id`], as a PKCS#8 document in base64.
const PROVIDER_KEY: &str = include_str!("../samples/provider_key.txt");

/// The RSA key of [`app_space_id`].
pub fn provider_key() -> &'static ProviderKey {
    static KEY: OnceLock<ProviderKey> = OnceLock::new();
    KEY.get_or_init(|| {
        let der = from_base64(PROVIDER_KEY.trim()).expect("the sample is base64");
        ProviderKey::from_pkcs8(&der).expect("the sample is a key")
    })
}

/// [`provider_key`], to sign anything with.
pub fn provider_signer() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| {
        let der = provider_key().to_pkcs8();
        SigningKey::from_pkcs8(Algorithm::Rs256, der.expose()).expect("the sample is a key")
    })
}

/// The App Space.
pub fn app_space_id() -> AppSpaceId {
    AppSpaceId::new(&Always(9))
}

/// A Request Origin of [`app_space_id`].
pub fn origin_id() -> RequestOriginId {
    RequestOriginId::new(app_space_id(), &Always(8))
}

/// A user of [`app_space_id`].
pub fn user_id() -> UserId {
    UserId::new(NOW, &Always(7))
}

/// A device of [`user_id`].
pub fn device_id() -> DeviceId {
    DeviceId::new(NOW, &Always(6))
}

/// A challenge to [`user_id`].
pub fn challenge_id() -> ChallengeId {
    ChallengeId::new(NOW, &Always(5))
}

/// An App Space with this name and scheme, without identity provider.
pub fn app_space(name: &str, app_protocol: AppProtocol) -> AppSpace {
    AppSpace::new(app_space_id(), CompanyId::new(NOW, &Always(4)), name.to_owned(), app_protocol)
}

/// An open enrolment of [`user_id`], who is called `account_id`.
pub fn enrolment(account_id: AccountId) -> Enrolment {
    Enrolment {
        id: EnrolmentId::new(NOW, &Always(3)),
        app_space: app_space_id(),
        origin: Some(origin_id()),
        user: user_id(),
        account_id,
        for_key: None,
        token_hash: String::new(),
        nonce: String::new(),
        cloud: None,
        created_at: NOW,
        expires_at: NOW + Span::minutes(10),
        state: EnrolmentState::Open,
    }
}
