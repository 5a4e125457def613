//! Answers in the Query protocol's XML.

use std::borrow::Cow;

use http::StatusCode;

use crate::markup::escape;
use crate::reply::{self, Reply};

const NAMESPACE: &str = "http://sns.amazonaws.com/doc/2010-03-31/";

/// The result of an action, written as it is built.
#[derive(Default)]
pub(super) struct Answer(String);

impl Answer {
    /// Adds an element with text.
    pub(super) fn text(mut self, name: &str, text: &str) -> Self {
        self.0 += &element(name, &escape(text));
        self
    }

    /// Adds an element with elements.
    pub(super) fn nested(mut self, name: &str, inner: Self) -> Self {
        self.0 += &element(name, &inner.0);
        self
    }

    /// Adds an `Attributes` map.
    pub(super) fn attributes<'a>(self, entries: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let map = entries.into_iter().fold(Self::default(), |map, (key, value)| {
            map.nested("entry", Self::default().text("key", key).text("value", value))
        });
        self.nested("Attributes", map)
    }

    pub(super) fn reply(&self, action: &str, request_id: &str) -> Reply {
        let result =
            if self.0.is_empty() { String::new() } else { element(&format!("{action}Result"), &self.0) };
        let metadata = element("ResponseMetadata", &element("RequestId", request_id));
        let content =
            format!("<{action}Response xmlns=\"{NAMESPACE}\">{result}{metadata}</{action}Response>");
        reply::of(StatusCode::OK, reply::XML, content)
    }
}

/// Why an action was not carried out.
#[derive(Debug)]
pub(crate) struct Refused {
    status: StatusCode,
    code: &'static str,
    message: Cow<'static, str>,
}

impl Refused {
    fn of(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// A parameter that is not acceptable; AWS begins each of these messages so.
    pub(super) fn invalid(what: impl std::fmt::Display) -> Self {
        Self::of(StatusCode::BAD_REQUEST, "InvalidParameter", format!("Invalid parameter: {what}"))
    }

    /// A message attribute whose value does not fit its type.
    pub(super) fn invalid_value(message: String) -> Self {
        Self::of(StatusCode::BAD_REQUEST, "ParameterValueInvalid", message)
    }

    /// A required field that is not there.
    pub(super) fn missing(name: &str) -> Self {
        let mut chars = name.chars();
        let lower =
            chars.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(chars).collect::<String>();
        let message = format!(
            "1 validation error detected: Value null at '{lower}' failed to satisfy constraint: \
             Member must not be null"
        );
        Self::of(StatusCode::BAD_REQUEST, "ValidationError", message)
    }

    pub(super) fn invalid_action(action: &str) -> Self {
        let message = format!("The action {action} is not valid for this web service.");
        Self::of(StatusCode::BAD_REQUEST, "InvalidAction", message)
    }

    pub(super) fn not_found(message: &'static str) -> Self {
        Self::of(StatusCode::NOT_FOUND, "NotFound", message)
    }

    pub(super) fn endpoint_disabled() -> Self {
        Self::of(StatusCode::BAD_REQUEST, "EndpointDisabled", "Endpoint is disabled")
    }

    pub(super) fn application_disabled() -> Self {
        Self::of(StatusCode::BAD_REQUEST, "PlatformApplicationDisabled", "Platform application is disabled")
    }

    /// `ThrottledException`: code and status as in the service's model.
    pub(crate) fn throttled() -> Self {
        Self::of(StatusCode::TOO_MANY_REQUESTS, "Throttled", "Rate exceeded")
    }

    /// `InternalErrorException`.
    pub(crate) fn internal() -> Self {
        Self::of(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", "An internal error occurred.")
    }

    pub(crate) fn reply(&self, request_id: &str) -> Reply {
        let whose = if self.status.is_server_error() { "Receiver" } else { "Sender" };
        let parts =
            [element("Type", whose), element("Code", self.code), element("Message", &escape(&self.message))];
        let error = element("Error", &parts.concat());
        let id = element("RequestId", request_id);
        let content = format!("<ErrorResponse xmlns=\"{NAMESPACE}\">{error}{id}</ErrorResponse>");
        reply::of(self.status, reply::XML, content)
    }
}

fn element(name: &str, content: &str) -> String {
    format!("<{name}>{content}</{name}>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_field_is_named_as_in_the_model() {
        let refused = Refused::missing("PlatformApplicationArn");
        assert!(refused.message.contains("at 'platformApplicationArn' failed"));
    }
}
