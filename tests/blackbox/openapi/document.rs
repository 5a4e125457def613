//! An OpenAPI document: its text as JSON, references followed, and its schemas ready to validate with.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Value, json};

/// What the document is called within its schemas. It is never fetched.
const URI: &str = "urn:countersign:openapi";

/// Why the documents cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    /// The file cannot be read.
    #[error("{0}: {1}")]
    Unreadable(PathBuf, #[source] std::io::Error),
    /// The file is not YAML.
    #[error("{0}: {1}")]
    NotYaml(PathBuf, String),
    /// The YAML is not the OpenAPI document that is needed: where, and what is wrong.
    #[error("{0}: {1}")]
    Unusable(String, String),
}

/// A document and the validators of its schemas.
pub(super) struct Document {
    root: Value,
    registry: Registry<'static>,
    compiled: HashMap<String, Arc<Validator>>,
}

/// A place in a document, as a JSON pointer (RFC 6901), and what stands there.
#[derive(Debug, Clone)]
pub(super) struct Node<'d> {
    pub(super) pointer: String,
    pub(super) value: &'d Value,
}

impl Document {
    /// Reads a YAML file.
    ///
    /// # Errors
    /// [`LoadError`].
    pub(super) fn read(path: &Path) -> Result<Self, LoadError> {
        let text =
            std::fs::read_to_string(path).map_err(|error| LoadError::Unreadable(path.to_owned(), error))?;
        // YAML 1.2: `y` and `no` are texts.
        let options = serde_saphyr::options! { strict_booleans: true };
        let root: Value = serde_saphyr::from_str_with_options(&text, options)
            .map_err(|error| LoadError::NotYaml(path.to_owned(), error.to_string()))?;
        Self::of(root)
    }

    /// Takes the document as JSON.
    ///
    /// # Errors
    /// [`LoadError::Unusable`].
    pub(super) fn of(root: Value) -> Result<Self, LoadError> {
        let registry = Registry::new()
            .draft(Draft::Draft202012)
            .add(URI, root.clone())
            .and_then(jsonschema::RegistryBuilder::prepare)
            .map_err(|error| LoadError::Unusable("the document".into(), error.to_string()))?;
        Ok(Self { root, registry, compiled: HashMap::new() })
    }

    /// What stands at `pointer`; a reference there is followed.
    pub(super) fn at(&self, pointer: String) -> Option<Node<'_>> {
        let value = self.root.pointer(&pointer)?;
        match value.get("$ref").and_then(Value::as_str) {
            Some(reference) => self.at(reference.strip_prefix('#')?.to_owned()),
            None => Some(Node { pointer, value }),
        }
    }

    /// What stands at `name` of `node`; a reference there is followed.
    pub(super) fn member(&self, node: &Node<'_>, name: &str) -> Option<Node<'_>> {
        self.at(format!("{}/{}", node.pointer, escaped(name)))
    }

    /// The members of `node`, references followed.
    ///
    /// # Errors
    /// [`LoadError::Unusable`] when a reference leads nowhere.
    pub(super) fn members(&self, node: &Node<'_>) -> Result<Vec<(String, Node<'_>)>, LoadError> {
        let names: Vec<String> = match node.value {
            Value::Object(map) => map.keys().cloned().collect(),
            Value::Array(list) => (0..list.len()).map(|index| index.to_string()).collect(),
            _ => Vec::new(),
        };
        names
            .into_iter()
            .map(|name| match self.member(node, &name) {
                Some(member) => Ok((name, member)),
                None => Err(LoadError::Unusable(
                    format!("{}/{name}", node.pointer),
                    "its reference leads nowhere".into(),
                )),
            })
            .collect()
    }

    /// The validator of the schema at `pointer`.
    ///
    /// # Errors
    /// [`LoadError::Unusable`] when it is not a schema, or refers to what is not there.
    pub(super) fn validator(&mut self, pointer: &str) -> Result<Arc<Validator>, LoadError> {
        if let Some(validator) = self.compiled.get(pointer) {
            return Ok(validator.clone());
        }
        // The pointer stands in a URI's fragment, where braces must be encoded (RFC 3986, section 3.5).
        let fragment = pointer.replace('%', "%25").replace('{', "%7B").replace('}', "%7D");
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(&self.registry)
            .should_validate_formats(true)
            .offline()
            .build(&json!({ "$ref": format!("{URI}#{fragment}") }))
            .map_err(|error| LoadError::Unusable(pointer.to_owned(), error.to_string()))?;
        let validator = Arc::new(validator);
        self.compiled.insert(pointer.to_owned(), validator.clone());
        Ok(validator)
    }

    /// The whole document.
    #[cfg(test)]
    pub(super) const fn root(&self) -> &Value {
        &self.root
    }
}

/// A member's name as a part of a JSON pointer.
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
