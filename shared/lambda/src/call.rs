//! A request as an operation sees it: parsed.

use countersign_domain::idempotency::IdempotencyKey;
use countersign_domain::invalid::Invalid;
use countersign_domain::outbound_url::{Loopback, OutboundUrl};
use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::dialect::Dialect;
use crate::form;
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::this_machine;

/// Most bytes of a body.
pub const BODY_MAX: usize = 64 * 1024;

/// A request with its body as `B`; for GET and DELETE, `B` is read from the query.
#[derive(Debug)]
pub struct Call<B> {
    /// What was asked.
    pub body: B,
    parts: Parts,
}

/// What a request is beside its meaning: what signatures are made over.
pub(crate) struct Parts {
    pub(crate) method: String,
    /// Path and query as the caller wrote them.
    pub(crate) raw_path: String,
    pub(crate) raw_query: String,
    pub(crate) raw_body: Vec<u8>,
    pub(crate) source_ip: String,
    /// As the gateway knows itself; not the `Host` header, which the caller chooses.
    domain_name: Option<String>,
    headers: http::HeaderMap,
    path: Vec<(String, String)>,
}

impl std::fmt::Debug for Parts {
    /// Without headers and body: they hold secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.raw_path)
    }
}

/// Of requests that carry nothing.
#[derive(Debug, Deserialize)]
pub struct NoBody {}

/// What bodies of the Authenticator API have: `data`, and in signed ones of version 2 `exp`. Read only once it is known who
/// calls, so that a wrong body does not hide a wrong caller.
#[derive(Debug, Deserialize)]
pub struct Enclosed {
    #[serde(default)]
    data: Value,
    #[serde(default)]
    exp: Value,
}

impl Enclosed {
    /// `data` as what this operation takes.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        if self.data.is_null() {
            return Err(Invalid::new("data", "is missing").into());
        }
        read(self.data.clone())
    }

    /// When the call expires, in seconds since the epoch, if it says so in a whole number.
    pub(crate) fn exp(&self) -> Option<i64> {
        self.exp.as_i64()
    }
}

impl<B: DeserializeOwned> Call<B> {
    /// Reads a gateway's request.
    pub async fn parse(request: Request, dialect: Dialect) -> Result<Self, Refusal> {
        let raw_path = request.raw_http_path().to_owned();
        let path = request
            .path_parameters()
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let (source_ip, domain_name) = match request.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => {
                (context.http.source_ip.clone().unwrap_or_default(), context.domain_name.clone())
            }
            _ => (String::new(), None),
        };
        let (head, body) = request.into_parts();
        let raw_query = head.uri.query().unwrap_or_default().to_owned();
        let parts = Parts {
            method: head.method.as_str().to_owned(),
            raw_path,
            raw_query,
            raw_body: body.to_vec(),
            source_ip,
            domain_name,
            headers: head.headers,
            path,
        };
        let value = parts.value(dialect)?;
        // A UAF message is an array, and some clients send it without an object around it.
        let is_message = dialect == Dialect::Uaf && value.is_array();
        if !value.is_object() && !is_message {
            return Err(Refusal::Malformed("the body is not a JSON object"));
        }
        let body = read(value)?;
        Ok(Self { body, parts })
    }
}

impl<B> Call<B> {
    pub(crate) const fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The path parameter `name` of the route.
    pub fn path(&self, name: &str) -> &str {
        self.parts.path.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Where callers reach the API, without a slash at the end.
    pub fn base_url(&self, settings: &Settings) -> String {
        self.parts.base_url(settings)
    }

    /// The value of a header of the caller's own words: nothing where it is not there once and plain.
    pub fn optional_header(&self, name: &'static str) -> Option<&str> {
        self.parts.header(name).ok().flatten()
    }

    /// The caller's address, as the gateway saw it.
    pub fn source_ip(&self) -> &str {
        &self.parts.source_ip
    }

    /// The `Idempotency-Key` header, if there is one.
    pub fn idempotency_key(&self) -> Result<Option<IdempotencyKey>, Refusal> {
        match self.parts.header("Idempotency-Key")? {
            Some(value) => Ok(Some(IdempotencyKey::parse(value)?)),
            None => Ok(None),
        }
    }

    /// The token of an `Authorization: Bearer` header, if there is one (RFC 6750, section 2.1).
    pub fn bearer(&self) -> Result<Option<&str>, Refusal> {
        self.parts.bearer()
    }

    /// The `Device-Signature` header as it came, if there is one.
    pub fn device_signature(&self) -> Option<&str> {
        self.optional_header("Device-Signature")
    }

    /// The body as it came, where it is text: what a signature covers.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.parts.raw_body).ok()
    }

    /// SHA-256 of what makes two requests the same: operation and body, not the signature.
    pub fn digest(&self) -> String {
        let parts = &self.parts;
        let mut same = format!("{}\n{}\n", parts.method, parts.raw_path).into_bytes();
        same.extend_from_slice(&parts.raw_body);
        countersign_crypto::digest::Digest::of(&same).to_string()
    }

    /// The URL that the caller used, with `value` for the parameter `name` of the query.
    pub fn url_with(&self, settings: &Settings, name: &str, value: &str) -> String {
        let Parts { raw_path, raw_query, .. } = &self.parts;
        let others = form_urlencoded::parse(raw_query.as_bytes()).filter(|(known, _)| known != name);
        let mut query = form_urlencoded::Serializer::new(String::new());
        let query = query.extend_pairs(others).append_pair(name, value).finish();
        format!("{}{raw_path}?{query}", self.base_url(settings))
    }

    /// A callback URL, as the settings allow it.
    pub fn callback(
        &self,
        settings: &Settings,
        field: &'static str,
        text: &str,
    ) -> Result<OutboundUrl, Invalid> {
        OutboundUrl::parse(field, text, settings.loopback)
    }
}

impl Parts {
    /// A header's value; one that is not plain text is an error of the caller.
    pub(crate) fn header(&self, name: &'static str) -> Result<Option<&str>, Refusal> {
        let mut values = self.headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) => {
                value.to_str().map(Some).map_err(|_| Invalid::new(name, "is not plain text").into())
            }
            (Some(_), Some(_)) => Err(Invalid::new(name, "is given more than once").into()),
        }
    }

    pub(crate) fn bearer(&self) -> Result<Option<&str>, Refusal> {
        let header = self.header("Authorization")?;
        let is_bearer = |scheme: &str| scheme.eq_ignore_ascii_case("bearer ");
        Ok(header.filter(|value| value.get(..7).is_some_and(is_bearer)).map(|value| value[7..].trim()))
    }

    /// The URL that the caller used, with its query, in public words.
    pub(crate) fn full_url(&self, settings: &Settings) -> String {
        let Self { raw_path, raw_query, .. } = self;
        let base = self.base_url(settings);
        if raw_query.is_empty() {
            format!("{base}{raw_path}")
        } else {
            format!("{base}{raw_path}?{raw_query}")
        }
    }

    /// Where callers reach the API: as the settings say, else as the gateway knows itself.
    pub(crate) fn base_url(&self, settings: &Settings) -> String {
        match (&settings.public_url, &self.domain_name) {
            (Some(url), _) => self.as_called(url, settings).unwrap_or_else(|| url.clone()),
            (None, Some(name)) => format!("https://{name}"),
            (None, None) => String::new(),
        }
    }

    /// Where everything is on one machine, the name of it that the caller used. There is no other host to be mistaken for.
    fn as_called(&self, public_url: &str, settings: &Settings) -> Option<String> {
        let local = settings.loopback == Loopback::Allowed;
        let host = self.header("Host").ok().flatten().filter(|_| local)?;
        this_machine::as_called(public_url, host)
    }

    fn value(&self, dialect: Dialect) -> Result<Value, Refusal> {
        if self.raw_body.len() > BODY_MAX {
            return Err(Refusal::TooLarge);
        }
        if matches!(self.method.as_str(), "GET" | "DELETE") {
            return Ok(form::parse(self.raw_query.as_bytes())?);
        }
        let media_type = self.header("Content-Type")?.unwrap_or("application/json");
        let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match media_type.as_str() {
            "application/x-www-form-urlencoded" => Ok(form::parse(&self.raw_body)?),
            _ if self.raw_body.is_empty() => Ok(Value::Object(serde_json::Map::new())),
            media_type if dialect.takes_json_as(media_type) => {
                serde_json::from_slice(&self.raw_body).map_err(|_| Refusal::Malformed("the body is not JSON"))
            }
            _ => Err(Invalid::new(
                "Content-Type",
                "is neither application/json nor application/x-www-form-urlencoded",
            )
            .into()),
        }
    }
}

/// Reads `value`; an error names the field, and never its value.
pub fn read<B: DeserializeOwned>(value: Value) -> Result<B, Refusal> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.inner().to_string();
        if let Some(field) = inner.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
            let field = if path == "." { field.to_owned() } else { format!("{path}.{field}") };
            return Invalid::new(field, "is missing").into();
        }
        Invalid::new(path, "has the wrong type or form").into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[allow(dead_code)]
    struct Body {
        account_id: String,
        buttons: Option<Vec<Button>>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Button {
        title: String,
    }

    fn refused(value: Value) -> String {
        match read::<Body>(value) {
            Err(Refusal::Domain(refused)) => refused.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_error_names_the_field_and_not_its_value() {
        assert_eq!(refused(json!({})), "accountId: is missing");
        assert_eq!(refused(json!({"accountId": "a", "buttons": [{}]})), "buttons[0].title: is missing");
        let told = refused(json!({"accountId": ["hush"]}));
        assert_eq!(told, "accountId: has the wrong type or form");
    }
}
