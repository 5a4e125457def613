//! The checks that come before the assertions, the same for registration and authentication
//! (FIDO UAF Protocol, the response processing rules for the FIDO server, steps on header and final challenge parameters).

use countersign_crypto::encoding::from_base64url;

use crate::channel_binding::ChannelBindingRule;
use crate::extensions;
use crate::facets::TrustedFacets;
use crate::final_challenge::{FcParams, final_challenge_hash};
use crate::messages::{Assertion, Operation, Response, Version};
use crate::metadata::{Statement, UAFV1TLV};
use crate::refusal::{Refusal, Refused, Skipped};
use crate::server_data::{Challenge, Mac, ServerData};

/// The longest `header.serverData`, in characters.
const MAX_SERVER_DATA: usize = 1536;

/// The most assertions that are looked at in one response.
pub const MAX_ASSERTIONS: usize = 16;

/// What the server knows when an answer comes in.
#[derive(Clone, Copy)]
pub struct Expected<'a> {
    /// The protocol versions that are served.
    pub versions: &'a [Version],
    /// The application id that was asked with.
    pub app_id: &'a str,
    /// The apps that may answer.
    pub facets: &'a TrustedFacets,
    /// What is expected of the channel.
    pub channel_binding: &'a ChannelBindingRule,
    /// The user who was asked; none where anybody may answer.
    pub user: Option<&'a str>,
    /// The key of the server data.
    pub mac: &'a dyn Mac,
    /// Whether the challenge was not answered before. The caller finds it by [`ServerData::open`], and must use it up
    /// in the same write that stores the outcome, so that of two answers at once only one counts.
    pub challenge_is_unused: bool,
    /// Now, in milliseconds since the epoch.
    pub now_millis: i64,
}

impl Expected<'_> {
    /// Checks header and final challenge parameters; gives the challenge and the final challenge hash.
    pub(crate) fn check(
        &self,
        response: &Response,
        operation: Operation,
    ) -> Result<(Challenge, [u8; 32]), Refusal> {
        let header = &response.header;
        // 1. Version, types, operation, server data.
        if !self.versions.contains(&header.upv) {
            return Err(Refusal::Version);
        }
        if header.op != operation {
            return Err(Refusal::Operation);
        }
        if response.assertions.is_empty() || response.assertions.len() > MAX_ASSERTIONS {
            return Err(Refusal::Malformed);
        }
        extensions::check(&header.exts)?;
        let sealed = header.server_data.as_deref().ok_or(Refusal::ServerData)?;
        if sealed.len() > MAX_SERVER_DATA {
            return Err(Refusal::ServerData);
        }
        let data = ServerData::open(sealed, self.mac)?;
        if data.operation != operation || !data.is_for(self.app_id, self.user) {
            return Err(Refusal::ServerData);
        }
        if header.app_id.as_deref().is_some_and(|app_id| app_id != self.app_id) {
            return Err(Refusal::AppId);
        }
        // 2. The final challenge parameters.
        let params = FcParams::parse(&response.fc_params)?;
        if params.app_id != self.app_id {
            return Err(Refusal::AppId);
        }
        if !self.facets.trusts(&params.facet_id, header.upv) {
            return Err(Refusal::Facet);
        }
        self.channel_binding.check(&params.channel_binding)?;
        let ours = params.challenge == data.challenge.to_string();
        if !ours || !self.challenge_is_unused || self.now_millis >= data.expires_millis {
            return Err(Refusal::Challenge);
        }
        Ok((data.challenge, *final_challenge_hash(&response.fc_params).as_bytes()))
    }
}

/// Tries every assertion, in order; those that do not hold are skipped. `check` gets an assertion's place, the
/// assertion, its bytes, and what held so far.
pub(crate) fn each<T>(
    assertions: &[Assertion],
    check: impl Fn(usize, &Assertion, &[u8], &[T]) -> Result<T, Refusal>,
) -> (Vec<T>, Vec<Skipped>) {
    let (mut held, mut skipped) = (Vec::new(), Vec::new());
    for (index, assertion) in assertions.iter().enumerate() {
        let outcome = extensions::check(&assertion.exts)
            .and_then(|()| from_base64url(&assertion.assertion).map_err(|_| Refusal::Malformed))
            .and_then(|bytes| check(index, assertion, &bytes, &held));
        match outcome {
            Ok(outcome) => held.push(outcome),
            Err(refusal) => skipped.push(Skipped { index, refusal }),
        }
    }
    (held, skipped)
}

/// The refusal of a response whose assertions do not suffice.
pub(crate) fn insufficient(skipped: Vec<Skipped>) -> Refused {
    let refusal = skipped.first().map_or(Refusal::Policy, |first| first.refusal);
    Refused { refusal, skipped }
}

/// The scheme must be the one of the metadata, and the one that is understood.
pub(crate) fn check_scheme(assertion: &Assertion, statement: &Statement) -> Result<(), Refusal> {
    let scheme = &assertion.assertion_scheme;
    if scheme == UAFV1TLV && *scheme == statement.assertion_scheme { Ok(()) } else { Err(Refusal::Scheme) }
}
