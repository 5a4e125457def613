//! A new enrolment, whichever API it begins in.

use countersign_crypto::encoding::base64url;
use countersign_crypto::token::TokenHash;
use countersign_domain::app_space::AppSpace;
use countersign_domain::chance;
use countersign_domain::enrolment::{Enrolment, EnrolmentState};
use countersign_domain::id::{EnrolmentId, RequestOriginId, UserId};
use countersign_domain::text::AccountId;

use crate::app::App;

/// What every enrolment has of its own.
#[derive(Debug)]
pub struct Opening<'a> {
    /// Its id.
    pub id: EnrolmentId,
    /// Where the device will belong.
    pub app_space: &'a AppSpace,
    /// Who asks for it; nobody where a login at an identity provider led to it.
    pub origin: Option<RequestOriginId>,
    /// Whose device it will be.
    pub user: UserId,
    /// What the user is called.
    pub account_id: &'a AccountId,
    /// Of the token that redeems it.
    pub token_hash: TokenHash,
}

impl Opening<'_> {
    /// The enrolment, open for any key, without anything of the Cloud API.
    pub fn open(self, app: &App) -> Enrolment {
        let now = app.now();
        Enrolment {
            id: self.id,
            app_space: self.app_space.id,
            origin: self.origin,
            user: self.user,
            account_id: self.account_id.clone(),
            token_hash: self.token_hash.to_string(),
            for_key: None,
            nonce: base64url(&chance::bytes::<16>(app.random())),
            cloud: None,
            created_at: now,
            expires_at: now + self.app_space.policy.enrolment_lifetime,
            state: EnrolmentState::Open,
        }
    }
}
