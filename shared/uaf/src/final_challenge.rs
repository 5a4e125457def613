//! The final challenge: what binds an assertion to this question, application and channel
//! (FIDO UAF Protocol, dictionary FinalChallengeParams).

use countersign_crypto::digest::{Digest, sha256};
use countersign_crypto::encoding::from_base64url;
use serde::{Deserialize, Serialize};

use crate::channel_binding::ChannelBinding;
use crate::tlv::Malformed;

/// The longest application id or facet id, in bytes.
const MAX_ID: usize = 512;

/// The final challenge parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FcParams {
    /// The application id that the client worked for.
    #[serde(rename = "appID")]
    pub app_id: String,
    /// The challenge of the request.
    pub challenge: String,
    /// The app that called the client.
    #[serde(rename = "facetID")]
    pub facet_id: String,
    /// The channel that the client speaks through.
    pub channel_binding: ChannelBinding,
}

impl FcParams {
    /// Reads them from the message's text, base64url of JSON.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let json = from_base64url(text).map_err(|_| Malformed)?;
        // Serde would take an array of the members for the object.
        if json.trim_ascii_start().first() != Some(&b'{') {
            return Err(Malformed);
        }
        let params: Self = serde_json::from_slice(&json).map_err(|_| Malformed)?;
        let fits = |id: &str| (1..=MAX_ID).contains(&id.len());
        if fits(&params.app_id) && fits(&params.facet_id) { Ok(params) } else { Err(Malformed) }
    }
}

/// The final challenge hash: SHA-256 over the base64url text as it stands in the message, not over the JSON in it.
pub fn final_challenge_hash(fc_params: &str) -> Digest {
    Digest::from_bytes(sha256(fc_params.as_bytes()))
}

#[cfg(test)]
mod tests {
    use countersign_crypto::encoding::base64url;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn wrong_types_and_missing_members_are_refused() {
        let good = json!({ "appID": "a", "challenge": "c", "facetID": "f", "channelBinding": {} });
        let read = |value: &serde_json::Value| FcParams::parse(&base64url(value.to_string().as_bytes()));
        assert!(read(&good).is_ok());
        for member in ["appID", "challenge", "facetID", "channelBinding"] {
            let mut bad = good.clone();
            bad[member] = json!(1);
            assert_eq!(read(&bad), Err(Malformed), "{member}");
            bad.as_object_mut().unwrap().remove(member);
            assert_eq!(read(&bad), Err(Malformed), "{member}");
        }
        for member in ["appID", "facetID"] {
            for id in [String::new(), "x".repeat(513)] {
                let mut bad = good.clone();
                bad[member] = json!(id);
                assert_eq!(read(&bad), Err(Malformed), "{member}");
            }
        }
        assert_eq!(read(&json!(["a", "c", "f", {}])), Err(Malformed));
        assert_eq!(FcParams::parse("e30="), Err(Malformed));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[A-Za-z0-9_-]{0,64}") {
            let _ = FcParams::parse(&text);
        }
    }
}
