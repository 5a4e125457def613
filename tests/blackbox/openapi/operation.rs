//! One operation of a document, ready to judge requests and replies.

use std::collections::BTreeMap;
use std::sync::Arc;

use jsonschema::Validator;
use serde_json::Value;

use super::document::{Document, LoadError, Node};
use super::form;
use super::path_template::PathTemplate;

/// A method of a path, or a webhook.
pub(super) struct Operation {
    pub(super) method: String,
    pub(super) path: PathTemplate,
    /// `operationId`; webhooks have none.
    pub(super) id: Option<String>,
    parameters: Vec<Parameter>,
    request: Option<Request>,
    /// By status: `200`, `2XX`, `default`.
    responses: BTreeMap<String, Response>,
}

struct Response {
    headers: Vec<Parameter>,
    content: Content,
}

struct Parameter {
    name: String,
    place: String,
    required: bool,
    schema: Arc<Validator>,
}

struct Request {
    required: bool,
    content: Content,
}

/// The schemas of a body by media type; none where there is no body.
struct Content(BTreeMap<String, Arc<Validator>>);

impl Operation {
    /// All operations under `section` of the document: `paths` or `webhooks`.
    ///
    /// # Errors
    /// [`LoadError::Unusable`].
    pub(super) fn all(document: &mut Document, section: &str) -> Result<Vec<Self>, LoadError> {
        let mut found = Vec::new();
        let Some(items) = document.at(format!("/{section}")) else { return Ok(found) };
        let mut places = Vec::new();
        for (path, item) in document.members(&items)? {
            for (method, _) in document.members(&item)? {
                // What else stands beside the methods has none of their names.
                if ["get", "put", "post", "patch", "delete"].contains(&method.as_str()) {
                    places.push((path.clone(), method, item.pointer.clone()));
                }
            }
        }
        for (path, method, item) in places {
            found.push(Self::read(document, &path, &method, &item)?);
        }
        Ok(found)
    }

    fn read(document: &mut Document, path: &str, method: &str, item: &str) -> Result<Self, LoadError> {
        let place = format!("{item}/{method}");
        let node = wanted(document, &place)?;
        let id = node.value.get("operationId").and_then(Value::as_str).map(str::to_owned);
        let mut parameters = Parameter::list(document, &format!("{item}/parameters"))?;
        parameters.extend(Parameter::list(document, &format!("{place}/parameters"))?);
        let body = document.at(format!("{place}/requestBody"));
        let body = body
            .map(|body| (body.pointer, body.value.get("required").and_then(Value::as_bool) == Some(true)));
        let request = match body {
            Some((pointer, required)) => {
                Some(Request { required, content: Content::read(document, &pointer)? })
            }
            None => None,
        };
        let replies = wanted(document, &format!("{place}/responses"))?;
        let replies: Vec<(String, String)> =
            document.members(&replies)?.into_iter().map(|(status, reply)| (status, reply.pointer)).collect();
        let mut responses = BTreeMap::new();
        for (status, pointer) in replies {
            let headers = Parameter::headers(document, &format!("{pointer}/headers"))?;
            responses.insert(status, Response { headers, content: Content::read(document, &pointer)? });
        }
        Ok(Self {
            method: method.to_ascii_uppercase(),
            path: PathTemplate::new(path),
            id,
            parameters,
            request,
            responses,
        })
    }

    /// What is wrong with a reply.
    pub(super) fn reply_defects(&self, status: u16, content_type: Option<&str>, body: &[u8]) -> Vec<String> {
        match self.response(status) {
            Some(response) => response.content.defects(content_type, body),
            None => vec![format!("status {status} is not documented")],
        }
    }

    /// What is wrong with the headers of a reply. Other headers than the documented ones may be there.
    pub(super) fn reply_header_defects(&self, status: u16, headers: &[(&str, &str)]) -> Vec<String> {
        let documented = self.response(status).into_iter().flat_map(|response| &response.headers);
        documented
            .flat_map(|header| {
                let same = |name: &str| name.eq_ignore_ascii_case(&header.name);
                let given = headers.iter().filter(|(name, _)| same(name)).map(|(_, value)| *value);
                header.defects(&given.collect::<Vec<_>>())
            })
            .collect()
    }

    fn response(&self, status: u16) -> Option<&Response> {
        let class = format!("{}XX", status / 100);
        let documented = self.responses.get(&status.to_string());
        documented.or_else(|| self.responses.get(&class)).or_else(|| self.responses.get("default"))
    }

    /// What is wrong with a request's body.
    pub(super) fn request_defects(&self, content_type: Option<&str>, body: &[u8]) -> Vec<String> {
        match &self.request {
            None if body.is_empty() => Vec::new(),
            None => vec!["a body is not documented".into()],
            Some(request) if body.is_empty() && !request.required => Vec::new(),
            Some(_) if body.is_empty() => vec!["the body is missing".into()],
            // The service takes a body of no type for JSON.
            Some(request) => request.content.defects(content_type.or(Some("application/json")), body),
        }
    }

    /// What is wrong with the values at `place` (`path`, `query`, `header`). Names in headers have no case; other headers
    /// than the documented ones may be there, other parameters may not.
    pub(super) fn parameter_defects(&self, place: &str, values: &[(&str, &str)]) -> Vec<String> {
        let documented = || self.parameters.iter().filter(|parameter| parameter.place == place);
        let same = |parameter: &Parameter, name: &str| match place {
            "header" => parameter.name.eq_ignore_ascii_case(name),
            _ => parameter.name == name,
        };
        let mut defects = Vec::new();
        for parameter in documented() {
            let given: Vec<&str> =
                values.iter().filter(|(name, _)| same(parameter, name)).map(|(_, value)| *value).collect();
            defects.extend(parameter.defects(&given));
        }
        if place != "header" {
            let unknown =
                values.iter().filter(|(name, _)| !documented().any(|parameter| same(parameter, name)));
            defects.extend(unknown.map(|(name, _)| format!("{name}: is not documented")));
        }
        defects
    }
}

impl Parameter {
    /// The headers of a reply, by name.
    fn headers(document: &mut Document, pointer: &str) -> Result<Vec<Self>, LoadError> {
        let Some(map) = document.at(pointer.to_owned()) else { return Ok(Vec::new()) };
        let read: Vec<(String, String, bool)> = document
            .members(&map)?
            .into_iter()
            .map(|(name, Node { pointer, value })| {
                (name, pointer, value.get("required").and_then(Value::as_bool) == Some(true))
            })
            .collect();
        read.into_iter()
            .map(|(name, pointer, required)| {
                let schema = document.validator(&format!("{pointer}/schema"))?;
                Ok(Self { name, place: "header".into(), required, schema })
            })
            .collect()
    }

    /// What is wrong with the values that were given.
    fn defects(&self, given: &[&str]) -> Vec<String> {
        match given {
            [] if self.required => vec![format!("{}: is missing", self.name)],
            [] => Vec::new(),
            [value] => {
                // What is sent is text, whatever it stands for.
                let number = value.parse::<u64>().is_ok_and(|number| self.schema.is_valid(&number.into()));
                if number {
                    return Vec::new();
                }
                errors(&self.schema, &Value::String((*value).to_owned()), &self.name)
            }
            _ => vec![format!("{}: is given more than once", self.name)],
        }
    }

    fn list(document: &mut Document, pointer: &str) -> Result<Vec<Self>, LoadError> {
        let Some(list) = document.at(pointer.to_owned()) else { return Ok(Vec::new()) };
        let read: Vec<(String, String, String, bool)> = document
            .members(&list)?
            .into_iter()
            .map(|(_, Node { pointer, value })| {
                let text =
                    |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
                let required = value.get("required").and_then(Value::as_bool) == Some(true);
                (pointer, text("name"), text("in"), required)
            })
            .collect();
        read.into_iter()
            .map(|(pointer, name, place, required)| {
                let schema = document.validator(&format!("{pointer}/schema"))?;
                Ok(Self { name, place, required, schema })
            })
            .collect()
    }
}

/// Texts that are not called `text/`: a text of JSON per line is no JSON either.
const TEXTS: [&str; 2] = ["application/jsonl", "image/svg+xml"];

impl Content {
    /// The content of the request or reply at `pointer`.
    fn read(document: &mut Document, pointer: &str) -> Result<Self, LoadError> {
        let Some(content) = document.at(format!("{pointer}/content")) else {
            return Ok(Self(BTreeMap::new()));
        };
        let media: Vec<(String, String)> =
            document.members(&content)?.into_iter().map(|(name, node)| (name, node.pointer)).collect();
        let mut schemas = BTreeMap::new();
        for (name, pointer) in media {
            schemas.insert(name, document.validator(&format!("{pointer}/schema"))?);
        }
        Ok(Self(schemas))
    }

    fn defects(&self, content_type: Option<&str>, body: &[u8]) -> Vec<String> {
        if self.0.is_empty() {
            return if body.is_empty() { Vec::new() } else { vec!["a body is not documented".into()] };
        }
        let media = content_type.unwrap_or_default().split(';').next().unwrap_or_default();
        let media = media.trim().to_ascii_lowercase();
        let Some(schema) = self.0.get(&media) else {
            return vec![format!("the media type {media:?} is not documented")];
        };
        let value = match media.as_str() {
            "application/x-www-form-urlencoded" => form::parse(body),
            text if text.starts_with("text/") || TEXTS.contains(&text) => String::from_utf8(body.to_vec())
                .map(Value::String)
                .map_err(|_| "the text is not UTF-8".into()),
            _ => serde_json::from_slice(body).map_err(|error| format!("the body is not JSON: {error}")),
        };
        match value {
            Ok(value) => errors(schema, &value, ""),
            Err(problem) => vec![problem],
        }
    }
}

fn errors(schema: &Validator, value: &Value, name: &str) -> Vec<String> {
    schema.iter_errors(value).map(|error| format!("{name}{}: {error}", error.instance_path())).collect()
}

fn wanted<'d>(document: &'d Document, pointer: &str) -> Result<Node<'d>, LoadError> {
    let missing = || LoadError::Unusable(pointer.to_owned(), "is missing".into());
    document.at(pointer.to_owned()).ok_or_else(missing)
}
