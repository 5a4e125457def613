//! The one client, and how it proves that it is the one.

use countersign_crypto::encoding::from_base64;
use countersign_crypto::equal;
use http::HeaderMap;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use percent_encoding::percent_decode_str;

use super::answer::Refused;
use super::{CLIENT_ID, CLIENT_SECRET};
use crate::form::Form;

/// The form of a call to an endpoint for the client, once the client is known.
pub(super) fn form(headers: &HeaderMap, body: &[u8]) -> Result<Form, Refused> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Refused::Request("the body must be application/x-www-form-urlencoded"));
    }
    let form = Form::parse(body)
        .map_err(|_| Refused::Request("the body is no form, or has a parameter more than once"))?;
    if !is_known(headers) {
        return Err(Refused::Client);
    }
    // RFC 6749, section 2.3: one way to authenticate in each request.
    if form.get("client_secret").is_some() {
        return Err(Refused::Request("the client secret must not be in the body too"));
    }
    if form.get("client_id").is_some_and(|id| id != CLIENT_ID) {
        return Err(Refused::Request("client_id is not the client that authenticated"));
    }
    Ok(form)
}

fn is_known(headers: &HeaderMap) -> bool {
    credentials(headers).is_some_and(|(id, secret)| {
        equal(id.as_bytes(), CLIENT_ID.as_bytes()) & equal(secret.as_bytes(), CLIENT_SECRET.as_bytes())
    })
}

/// RFC 6749, section 2.3.1: id and secret are encoded as in a form before they become HTTP Basic.
fn credentials(headers: &HeaderMap) -> Option<(String, String)> {
    let (scheme, text) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(from_base64(text).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((form_decoded(id)?, form_decoded(secret)?))
}

fn form_decoded(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(Into::into)
}

#[cfg(test)]
mod tests {
    use countersign_crypto::encoding::base64;

    use super::*;

    fn known(authorization: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, authorization.parse().unwrap());
        is_known(&headers)
    }

    #[test]
    fn id_and_secret_are_decoded_as_in_a_form() {
        assert!(known(&format!("Basic {}", base64(b"countersign:demo-secret"))));
        assert!(known(&format!("basic {}", base64(b"counter%73ign:demo%2Dsecret"))));
        assert_eq!(form_decoded("a+b%3A").as_deref(), Some("a b:"));
    }

    #[test]
    fn nothing_else_is_the_client() {
        for text in ["countersign:demo-secret+", "countersign:", "countersign", "other:demo-secret", ":", ""]
        {
            assert!(!known(&format!("Basic {}", base64(text.as_bytes()))), "{text}");
        }
        for header in ["Basic", "Basic ?", "Bearer Y291bnRlcnNpZ246ZGVtby1zZWNyZXQ="] {
            assert!(!known(header), "{header}");
        }
        assert!(!is_known(&HeaderMap::new()));
    }
}
