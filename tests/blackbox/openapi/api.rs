//! All documented operations, and the questions that tests ask about them.

use std::path::Path;

use url::form_urlencoded;

use super::document::{Document, LoadError};
use super::operation::Operation;

/// Every operation and webhook of `docs/openapi/`.
pub(crate) struct Api {
    operations: Vec<Operation>,
    webhooks: Vec<Operation>,
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.operations()).finish()
    }
}

impl Api {
    /// Reads the documents of this repository.
    ///
    /// # Errors
    /// [`LoadError`].
    pub(crate) fn load() -> Result<Self, LoadError> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi");
        let mut api = Self { operations: Vec::new(), webhooks: Vec::new() };
        for name in FILES {
            let mut document = Document::read(&folder.join(name))?;
            api.operations.extend(Operation::all(&mut document, "paths")?);
            api.webhooks.extend(Operation::all(&mut document, "webhooks")?);
        }
        Ok(api)
    }

    /// Method, path template and `operationId` of every operation.
    pub(crate) fn operations(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.operations.iter().map(|operation| {
            (operation.method.as_str(), operation.path.as_str(), operation.id.as_deref().unwrap_or_default())
        })
    }

    /// Checks a reply to `method` and `path`, a concrete one without query.
    ///
    /// # Errors
    /// Everything that is not as documented: the route, the status, the media type, the body.
    pub(crate) fn check_reply(
        &self,
        method: &str,
        path: &str,
        status: u16,
        content_type: Option<&str>,
        body: &[u8],
    ) -> Result<(), Vec<String>> {
        let (operation, _) = self.find(method, path)?;
        verdict(operation.reply_defects(status, content_type, body))
    }

    /// Checks the headers of a reply, of which all may be given.
    ///
    /// # Errors
    /// Everything that is not as documented: the route, a header that is missing or wrong.
    pub(crate) fn check_reply_headers(
        &self,
        method: &str,
        path: &str,
        status: u16,
        headers: &[(&str, &str)],
    ) -> Result<(), Vec<String>> {
        let (operation, _) = self.find(method, path)?;
        verdict(operation.reply_header_defects(status, headers))
    }

    /// Checks a request that is meant to be a good one; `query` is the part after `?`, which may be empty.
    ///
    /// # Errors
    /// Everything that is not as documented: the route, the parameters, the media type, the body.
    pub(crate) fn check_request(
        &self,
        method: &str,
        path: &str,
        query: &str,
        content_type: Option<&str>,
        body: &[u8],
    ) -> Result<(), Vec<String>> {
        let (operation, in_path) = self.find(method, path)?;
        let mut defects = operation.parameter_defects("path", &in_path);
        let query: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
        let query: Vec<(&str, &str)> = query.iter().map(|(name, value)| (&**name, &**value)).collect();
        defects.extend(operation.parameter_defects("query", &query));
        defects.extend(operation.request_defects(content_type, body));
        verdict(defects)
    }

    /// Checks a webhook that the service sent: `name` is that of the document, e.g. `outcome`.
    ///
    /// # Errors
    /// Everything that is not as documented: the name, the headers, the media type, the body.
    pub(crate) fn check_webhook(
        &self,
        name: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<(), Vec<String>> {
        let webhook = self.webhooks.iter().find(|webhook| webhook.path.as_str() == name);
        let webhook = webhook.ok_or_else(|| vec![format!("the webhook {name} is not documented")])?;
        let content_type = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let mut defects = webhook.parameter_defects("header", headers);
        defects.extend(webhook.request_defects(Some(content_type.map_or("", |(_, value)| value)), body));
        verdict(defects)
    }

    fn find<'a, 'p>(&'a self, method: &str, path: &'p str) -> Result<Found<'a, 'p>, Vec<String>> {
        let mut fitting = self.operations.iter().filter(|operation| operation.method == method);
        fitting
            .find_map(|operation| Some((operation, operation.path.parameters(path)?)))
            .ok_or_else(|| vec![format!("{method} {path} is not documented")])
    }
}

/// An operation with the parameters of a concrete path.
type Found<'a, 'p> = (&'a Operation, Vec<(&'a str, &'p str)>);

/// The documents, in `docs/openapi/`.
pub(super) const FILES: [&str; 11] = [
    "origin.yaml",
    "device.yaml",
    "idp.yaml",
    "cloud.yaml",
    "fido2.yaml",
    "authenticator.yaml",
    "admin-access.yaml",
    "admin-setup.yaml",
    "admin-users.yaml",
    "admin-watch.yaml",
    "portal.yaml",
];

fn verdict(defects: Vec<String>) -> Result<(), Vec<String>> {
    if defects.is_empty() { Ok(()) } else { Err(defects) }
}
