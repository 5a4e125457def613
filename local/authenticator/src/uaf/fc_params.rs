//! What binds an answer to its question, application, app and channel (FIDO UAF Protocol, dictionary FinalChallengeParams).

use serde::Serialize;
use serde_json::Value;

use crate::encoding::{base64url, sha256};

/// The final challenge parameters, as they are about to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FinalChallengeParams {
    /// The application id that was asked with.
    #[serde(rename = "appID")]
    pub app_id: String,
    /// The request's challenge, as its text.
    pub challenge: String,
    /// The app that called the client.
    #[serde(rename = "facetID")]
    pub facet_id: String,
    /// `serverEndPoint`, `tlsServerCertificate`, `tlsUnique`, `cid_pubkey`. A client that knows nothing of the channel leaves it
    /// an empty object.
    pub channel_binding: Value,
}

impl FinalChallengeParams {
    /// The text that stands in the message: base64url of the JSON.
    pub fn text(&self) -> String {
        let json = serde_json::to_vec(self).expect("texts and JSON always become JSON");
        base64url(&json)
    }
}

/// The final challenge hash: over the text as it stands in the message, not over the JSON in it.
pub(crate) fn final_challenge_hash(text: &str) -> [u8; 32] {
    sha256(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::encoding::from_base64url;

    #[test]
    fn the_text_holds_the_members_of_the_dictionary() {
        let params = FinalChallengeParams {
            app_id: "https://a.example/facets".into(),
            challenge: "AAAA".into(),
            facet_id: "https://a.example".into(),
            channel_binding: json!({}),
        };
        let read: Value = serde_json::from_slice(&from_base64url(&params.text()).unwrap()).unwrap();
        let expected = json!({ "appID": "https://a.example/facets", "challenge": "AAAA",
            "facetID": "https://a.example", "channelBinding": {} });
        assert_eq!(read, expected);
    }

    /// The parameters and the hash of the registration example that is published with the specification.
    #[test]
    fn the_hash_is_over_the_text() {
        let text = "eyJhcHBJRCI6Imh0dHBzOi8vdWFmLXRlc3QtMS5ub2tub2t0ZXN0LmNvbTo4NDQzL1NhbXBsZUFwcC91YWYvZmFjZXRz\
                    IiwiY2hhbGxlbmdlIjoiSDlpVzl5QTlhQVhGX2xlbFFvaV9EaFVrNTE0QWQ4VHF2MHpDbkNxS0RwbyIsImNoYW5uZWxCaW5k\
                    aW5nIjp7fSwiZmFjZXRJRCI6ImNvbS5ub2tub2suYW5kcm9pZC5zYW1wbGVhcHAifQ";
        assert_eq!(base64url(&final_challenge_hash(text)), "9tBzZC64ecgVQBGSQb5QtEIPC8-Vav4HsHLZDflLaug");
        assert_ne!(sha256(&from_base64url(text).unwrap()), final_challenge_hash(text));
    }
}
