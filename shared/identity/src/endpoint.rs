//! Calling an endpoint of a provider: what the status says before anybody reads the body.

use std::borrow::Cow;
use std::pin::Pin;

use countersign_outbound::Unanswered;
use http::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use http::{Request, Response, StatusCode};
use oauth2::AsyncHttpClient;
use serde_json::Value;
use url::Url;

use crate::Idp;
use crate::error::IdpError;

/// The provider is there and cannot help: no statement about a token or code.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallFailed {
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
    #[error("it answered {0}")]
    Busy(StatusCode),
}

impl From<CallFailed> for IdpError {
    fn from(failed: CallFailed) -> Self {
        match failed {
            CallFailed::Unanswered(why) => why.into(),
            CallFailed::Busy(status) => Self::Unavailable(format!("it answered {status}").into()),
        }
    }
}

/// HTTP for the crates that speak the protocols.
pub(crate) struct Http<'a>(pub(crate) &'a Idp);

impl<'c> AsyncHttpClient<'c> for Http<'_> {
    type Error = CallFailed;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Vec<u8>>, CallFailed>> + Send + 'c>>;

    fn call(&'c self, request: Request<Vec<u8>>) -> Self::Future {
        Box::pin(self.0.call(request))
    }
}

/// What the holder of an access token was answered.
pub(crate) enum BearerAnswer {
    /// 2xx, with this body.
    Good(Value),
    /// The token is not good (RFC 6750, section 3.1); some providers say so by 400.
    Refused,
}

impl Idp {
    /// One call. 5xx, 408 and 429 are failures to answer.
    pub(crate) async fn call(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, CallFailed> {
        let answer = self.http.answer(request).await?;
        match answer.status() {
            status @ (StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS) => {
                Err(CallFailed::Busy(status))
            }
            status if status.is_server_error() => Err(CallFailed::Busy(status)),
            _ => Ok(answer),
        }
    }

    /// GET `url`, for JSON. `what` names the endpoint in errors.
    pub(crate) async fn get_json(&self, url: &Url, what: &'static str) -> Result<Value, IdpError> {
        let answer = self.call(get(url, None)?).await?;
        if answer.status() != StatusCode::OK {
            return Err(IdpError::misconfigured(format!("the {what} answered {}", answer.status())));
        }
        json(answer.body(), what)
    }

    /// GET `url` as the holder of the access token `bearer`, or with the token in the URL already.
    pub(crate) async fn get_as_bearer(
        &self,
        url: &Url,
        bearer: Option<&str>,
        what: &'static str,
    ) -> Result<BearerAnswer, IdpError> {
        let answer = self.call(get(url, bearer)?).await?;
        match answer.status() {
            status if status.is_success() => json(answer.body(), what).map(BearerAnswer::Good),
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Ok(BearerAnswer::Refused)
            }
            status => Err(IdpError::misconfigured(format!("the {what} answered {status}"))),
        }
    }
}

fn get(url: &Url, bearer: Option<&str>) -> Result<Request<Vec<u8>>, IdpError> {
    let unfit = || IdpError::misconfigured("a request to it cannot be written");
    let mut request = Request::get(url.as_str())
        .header(ACCEPT, "application/json")
        .body(Vec::new())
        .map_err(|_| unfit())?;
    if let Some(token) = bearer {
        let mut value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| unfit())?;
        value.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, value);
    }
    Ok(request)
}

fn json(body: &[u8], what: &'static str) -> Result<Value, IdpError> {
    serde_json::from_slice(body).map_err(|_| not_json(what))
}

fn not_json(what: &'static str) -> IdpError {
    IdpError::Misconfigured(Cow::Owned(format!("the {what} did not answer with JSON")))
}
